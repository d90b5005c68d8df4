"""What an outsider is handed, without any secret: proofs of entries, checkpoints, the growth between two of them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import InputError, UnreadableFileError
from audit.flow.workspace import Workspace
from audit.store import rows
from audit.store.database import StoreDamagedError, open_store
from audit.trail.form import Kind, Record, parse_record
from audit.trail.nodes import Nodes
from audit.trail.note import MalformedNoteError, origin_of, parse_checkpoint
from audit.trail.proof import EntryProof, consistency_of, inclusion_of, verify_consistency, verify_proof
from audit.trail.rights import founded, member_id
from audit.trail.tree import leaf_hash

if TYPE_CHECKING:
    from sqlalchemy import Connection


class NotACheckpointError(InputError):
    """A file that holds no checkpoint of this trail."""


class NoSuchEntryError(InputError):
    """The trail is shorter than the entry that was asked for."""


def prove_entry(workspace: Workspace, seq: int, *, chain: bool = False) -> str:
    """Return the C2SP tlog-proof of one entry under the latest checkpoint, reading a few hundred rows of the log.

    With ``chain`` the proofs follow of the records by which a stranger who knows the trail id comes to trust the key
    that signed: genesis, and the epochs and members between (FORMAT.md §7). Raises NoSuchEntryError.
    """
    with _snapshot(workspace) as connection:
        size, note = _last_note(connection)
        if not 0 <= seq < size:
            raise NoSuchEntryError(f"the trail has no entry {seq}", hint=f"its entries are 0 to {size - 1}")
        nodes = _nodes(connection)
        proofs = [_proof(connection, nodes, seq, size, note)]
        if chain:
            ends = [parse_record(rows.read_records(connection, end, 1)[0]) for end in (seq, size - 1)]
            proofs += [_own_proof(connection, nodes, link) for link in _links(connection, ends)]
    for proof in proofs:
        verify_proof(proof)
    return "".join(proof.text() for proof in proofs)


def trail_checkpoint(workspace: Workspace) -> str:
    """Return the latest signed note, as stored."""
    with _snapshot(workspace) as connection:
        return _last_note(connection)[1]


def trail_growth(workspace: Workspace, since: Path) -> str:
    """Return the proof that the log only grew since the checkpoint in ``since``, as a witness takes it.

    The text is the request body of c2sp.org/tlog-witness: ``old`` and its size, the consistency proof, the checkpoint.
    Raises NotACheckpointError, ProofRefusedError where the log did not grow from it.
    """
    old = parse_checkpoint(read_checkpoint(since, workspace.trail_id))
    with _snapshot(workspace) as connection:
        size, note = _last_note(connection)
        path = consistency_of(_nodes(connection).root, old.size, size)
    verify_consistency(old.size, size, path, old.root, parse_checkpoint(note).root)
    return "".join([f"old {old.size}\n", *(f"{b64encode(item).decode()}\n" for item in path), "\n", note])


def read_checkpoint(path: Path, trail_id: str) -> str:
    """Return the note in a file, once it is a checkpoint of this trail."""
    try:
        note = path.read_text(encoding="utf-8")
        found = parse_checkpoint(note)
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
    except (UnicodeDecodeError, MalformedNoteError) as error:
        raise NotACheckpointError(
            f"{path}: not a checkpoint", hint="as chartassay trail checkpoint prints it"
        ) from error
    if found.origin != origin_of(trail_id):
        raise NotACheckpointError(f"{path}: a checkpoint of another trail")
    return note


@contextmanager
def _snapshot(workspace: Workspace) -> Iterator[Connection]:
    with open_store(workspace.store_url, workspace.root, upgrade=True) as store, store.reading() as connection:
        yield connection


def _last_note(connection: Connection) -> tuple[int, str]:
    found = rows.read_last_note(connection)
    if found is None:
        raise StoreDamagedError("the database holds no checkpoint", hint="see chartassay trail verify")
    return found


def _nodes(connection: Connection) -> Nodes:
    return Nodes(partial(_hashes, connection))


def _hashes(connection: Connection, level: int, first: int, count: int) -> list[bytes]:
    if level == 0:
        return [leaf_hash(record) for record in rows.read_records(connection, first, count)]
    return rows.read_nodes(connection, level, first, count)


def _proof(connection: Connection, nodes: Nodes, seq: int, size: int, note: str) -> EntryProof:
    (record,) = rows.read_records(connection, seq, 1)
    return EntryProof(record=record, index=seq, path=tuple(inclusion_of(nodes.root, seq, size)), note=note)


def _own_proof(connection: Connection, nodes: Nodes, seq: int) -> EntryProof:
    """Prove a record under the checkpoint of its own commit, which its own epoch signed."""
    found = rows.read_note(connection, seq)
    if found is None:
        raise StoreDamagedError("the database lacks a checkpoint", hint="see chartassay trail verify")
    return _proof(connection, nodes, seq, *found)


def _links(connection: Connection, ends: list[Record]) -> list[int]:
    """Return the entries by which the epochs of ``ends`` are trusted, in order: genesis, epochs, members."""
    records = [parse_record(data) for _, _, data in rows.read_rights(connection)]
    openings = {record.epoch: record for record in records if record.kind is Kind.EPOCH_OPEN}
    additions = {_member(record): record for record in records if record.kind is Kind.USER_ADD}
    first = founded(records[0].clear).members
    needed: set[int] = {0}
    wanted = {end.epoch for end in ends if end.kind is not Kind.GENESIS}
    while wanted:
        opening = openings[wanted.pop()]
        needed.add(opening.seq)
        actor = str(opening.clear["actor"])
        if actor not in first and additions[actor].seq not in needed:
            needed.add(additions[actor].seq)
            wanted.add(additions[actor].epoch)
    return sorted(needed)


def _member(record: Record) -> str:
    return member_id(*(bytes.fromhex(record.clear[key]) for key in ("hpke", "sign")))
