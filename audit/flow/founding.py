"""Found a workspace: its folder, database, first officer, recovery identity, genesis entry."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from audit.domain.membership import Compartment
from audit.errors import InputError, UnreadableFileError
from audit.flow.keyring import body_sealer, entry_plaintext, epoch_opening, new_epoch
from audit.flow.workspace import CONFIG_FILE, Workspace, identity_path, unlock_file, write_private, write_workspace
from audit.store import rows
from audit.store.database import check_url, default_url, open_store, store_path
from audit.trail.append import Place, epoch_record, genesis_record, sign_checkpoint
from audit.trail.form import Kind, parse_record
from audit.trail.mark import raise_mark
from audit.trail.rights import check_name, founded
from audit.trail.tree import Frontier
from audit.vault.identity import Identity, lock_identity, new_identity, recovery_text
from audit.vault.seal import pad


class WorkspaceExistsError(InputError):
    """There is a workspace or a database already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """The first officer: keys, the file they are to lie in, and its content unless it lies there already."""

    identity: Identity
    path: Path | None
    locked: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """A new workspace. ``recovery`` is the text of the recovery identity when it was not written to a file."""

    workspace: Workspace
    identity: Path
    recovery: str | None


def new_officer(passphrase: str, path: Path | None) -> Officer:
    """Make the officer's identity, to lie at ``path`` or the default place of the trail. Raises WeakPassphraseError."""
    identity = new_identity()
    return Officer(identity=identity, path=path, locked=lock_identity(identity, passphrase))


def old_officer(path: Path, passphrase_file: Path | None, *, ask: Callable[[str], str] | None) -> Officer:
    """Take an identity that exists. Errors as ``unlock``."""
    return Officer(identity=unlock_file(path, passphrase_file, ask=ask).identity, path=path, locked=None)


def found_workspace(
    directory: Path,
    officer: Officer,
    name: str,
    *,
    store_url: str | None,
    recovery: Path | bool,
) -> Founded:
    """Make a workspace in ``directory`` whose first officer is ``name``.

    ``recovery``: a file to write the recovery identity to, True to hand its text back, False for none.
    Raises StoreUrlError (2), WorkspaceExistsError, UnreadableFileError (3); then nothing new is left behind.
    """
    check_name(name)
    url = store_url or default_url()
    check_url(url)
    root = directory.resolve()
    database = store_path(url, root)
    _refuse_existing(root / CONFIG_FILE, *([database] if database else []))
    spare = new_identity() if recovery is not False else None
    genesis = _genesis(officer.identity, name, spare)
    workspace = Workspace(root=root, trail_id=sha256(genesis).hexdigest(), store_url=url)
    key_file = identity_path(workspace.trail_id, officer.path)
    with _undone_on_failure(root, database) as made:
        if officer.locked is not None:
            write_private(key_file, officer.locked)
            made.append(key_file)
        if spare is not None and isinstance(recovery, Path):
            write_private(recovery, recovery_text(spare).encode() + b"\n")
            made.append(recovery)
        note = _write_first_commit(workspace, officer.identity, genesis)
        write_workspace(workspace)
        raise_mark(workspace.trail_id, note)
    text = recovery_text(spare) if spare is not None and recovery is True else None
    return Founded(workspace=workspace, identity=key_file, recovery=text)


def _refuse_existing(*paths: Path) -> None:
    for path in paths:
        if path.exists():
            raise WorkspaceExistsError(f"{path}: exists already", hint="choose another folder")


def _genesis(officer: Identity, name: str, spare: Identity | None) -> bytes:
    clear = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "nonce": os.urandom(16).hex(),
        "officer": {"name": name, **_keys(officer)},
        "recovery": _keys(spare) if spare is not None else None,
    }
    return genesis_record(clear, officer.sign)


def _keys(identity: Identity) -> dict[str, str]:
    return {"hpke": identity.public.hpke.hex(), "sign": identity.public.sign.hex()}


def _write_first_commit(workspace: Workspace, officer: Identity, genesis: bytes) -> str:
    """Write genesis and the officer's first epoch, and return the first checkpoint."""
    roster = founded(parse_record(genesis).clear)
    member = roster.officers()[0]
    epoch = new_epoch(member, roster)
    opening = epoch_opening(epoch, member, workspace.trail_id)
    plaintext = pad(entry_plaintext(Kind.EPOCH_OPEN.label, {}, [], []))
    place = Place(trail=bytes.fromhex(workspace.trail_id), epoch=epoch.id, commit=0, seq=1)
    ops_key = epoch.keys[Compartment.OPS]
    record = epoch_record(place, opening, plaintext, body_sealer(ops_key), officer.sign)
    written = [(0, Kind.GENESIS.label, genesis), (1, Kind.EPOCH_OPEN.label, record)]
    with open_store(workspace.store_url, workspace.root, create=True) as store, store.writing() as connection:
        rows.insert_entries(connection, written)
        stored = [data for _, _, data in rows.read_entries(connection)]
        size, note = sign_checkpoint(
            workspace.trail_id, Frontier(), stored, public=epoch.public, sign=epoch.signing.sign
        )
        rows.insert_checkpoint(connection, size, note)
    return note


@contextlib.contextmanager
def _undone_on_failure(root: Path, database: Path | None) -> Iterator[list[Path]]:
    """Leave no half workspace behind; the block adds the files it makes elsewhere."""
    existed = root.is_dir()
    made = [root / CONFIG_FILE]
    if database is not None:
        made += [database.with_name(f"{database.name}{end}") for end in ("", "-wal", "-shm")]
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield made
    except BaseException as error:
        for path in made:
            path.unlink(missing_ok=True)
        if not existed:
            with contextlib.suppress(OSError):  # the user's own files may stand in it by now
                root.rmdir()
        if isinstance(error, OSError):
            raise UnreadableFileError.at(root, error) from error
        raise
