"""Walk over stored entries, commit by commit: hashes, checkpoints, signatures and rights, without any secret.

The same walk serves the verifier and every writer: a writer wraps keys only to members that this walk has proven.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audit.domain.membership import Compartment, MemberRole
from audit.trail.commit import Commit, StoredEntry
from audit.trail.damage import Damage, DamagedTrailError
from audit.trail.form import NO_ID, SIGNED_BY_IDENTITY, Item, Kind, MalformedRecordError, Record, parse_record
from audit.trail.note import (
    Checkpoint,
    MalformedNoteError,
    UnsignedNoteError,
    origin_of,
    parse_checkpoint,
    verify_note,
)
from audit.trail.rights import Member, RightsError, Roster, added, founded, revoked
from audit.trail.tree import Frontier


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What one command wrote under: who opened it, its signing key, and the commitments of its keys."""

    id: bytes
    actor: str
    key: bytes
    commitments: Mapping[Compartment, bytes]
    seq: int


class Walk:
    """The state of a trail up to ``size``: tree, members, epochs, wraps. Raises DamagedTrailError where it breaks."""

    def __init__(self, trail_id: str, *, anchors: Sequence[Checkpoint] = (), trust_anchors: bool = False) -> None:
        """Start before the genesis record. With ``trust_anchors`` signatures up to the newest anchor count as checked.

        An anchor is a checkpoint kept outside the database; the tree must pass through each of them.
        """
        self.trail_id = bytes.fromhex(trail_id)
        self.origin = origin_of(trail_id)
        self.frontier = Frontier()
        self.roster = Roster()
        self.epochs: dict[bytes, Epoch] = {}
        self.wraps: dict[tuple[bytes, Compartment, str], bytes] = {}
        self.items: dict[tuple[bytes, bytes, bytes], tuple[bytes, int]] = {}
        self.shredded: dict[bytes, int] = {}
        """Cases whose keys an officer has had deleted, with the entry that had begun each."""
        self.recoveries: list[int] = []
        """The entries by which the recovery identity was used and that no officer has acknowledged."""
        self.last_epoch = NO_ID
        """The epoch of the latest entry."""
        self._anchors = {anchor.size: anchor.root for anchor in anchors}
        self._trusted = max(self._anchors, default=0) if trust_anchors else 0

    @property
    def size(self) -> int:
        """The number of entries walked."""
        return self.frontier.size

    def feed(self, entries: Iterable[StoredEntry], notes: Mapping[int, str], *, own: Frontier | None = None) -> None:
        """Walk on over ``entries`` in seq order, with every checkpoint note beyond the present size by its size.

        ``own``: the tree after them, which this process has just made and signed, so that they need no second look.
        """
        commit: Commit | None = None
        closed: set[int] = set()
        stream = iter(entries)
        entry = next(stream, None)
        while entry is not None:
            seq, kind, data = entry
            record = self._read(seq, kind, data, self.size if commit is None else commit.end)
            if commit is not None and record.commit == seq:
                closed.add(self._close(commit, notes, own=own, last=False))
                commit = None
            commit = commit or Commit(self.trail_id, seq)
            if record.commit != commit.start:
                raise DamagedTrailError(Damage.EDITED, seq)
            commit.take(record, data)
            entry = commit.take_run(stream)
        if commit is not None:
            closed.add(self._close(commit, notes, own=own, last=True))
        self._refuse_stray_notes(notes, closed)

    def finish(self, head: int) -> None:
        """Compare the end of the walk with the stored head and with the anchors."""
        if head > self.size or self.size == 0:
            raise DamagedTrailError(Damage.REMOVED, self.size)
        if head < self.size:
            raise DamagedTrailError(Damage.EDITED, None)
        if max(self._anchors, default=0) > self.size:
            raise DamagedTrailError(Damage.ROLLED_BACK, self.size)

    def _read(self, seq: int, kind: str, data: bytes, expected: int) -> Record:
        if seq != expected:
            raise DamagedTrailError(Damage.REMOVED, expected)
        if seq == 0 and hashlib.sha256(data).digest() != self.trail_id:
            raise DamagedTrailError(Damage.EDITED, 0)
        try:
            record = parse_record(data)
        except MalformedRecordError as error:
            raise DamagedTrailError(Damage.EDITED, seq) from error
        if seq and record.trail != self.trail_id:
            raise DamagedTrailError(Damage.INSERTED, seq)
        if record.seq != seq:
            raise DamagedTrailError(Damage.REORDERED, seq)
        if record.kind.label != kind or (record.kind is Kind.GENESIS) != (seq == 0):
            raise DamagedTrailError(Damage.EDITED, seq)
        return record

    def _close(self, commit: Commit, notes: Mapping[int, str], *, own: Frontier | None, last: bool) -> int:
        if own is None:
            self.frontier.extend(commit.records)
        else:
            own.nodes[:0] = self.frontier.nodes
            self.frontier = own
        note = notes.get(self.size)
        if note is None:
            raise DamagedTrailError(*_without_note(notes, commit.start, self.size, last=last))
        root = self.frontier.root()
        if own is None and not self._agrees(note, root):
            raise DamagedTrailError(Damage.EDITED, self._suspect(commit))
        self._pass_anchors(commit.start, root)
        checked = own is not None or self.size <= self._trusted
        for record in commit.read:
            self._admit(record, may_open=record.seq <= commit.start + (commit.start == 0), checked=checked)
        self._check_author(commit, note, checked=checked)
        return self.size

    def _agrees(self, note: str, root: bytes) -> bool:
        try:
            return parse_checkpoint(note) == Checkpoint(origin=self.origin, size=self.size, root=root)
        except MalformedNoteError:
            return False

    def _suspect(self, commit: Commit) -> int:
        """Return the first entry of a commit that cannot vouch for itself."""
        vouching = {record.seq for record in commit.read if self._vouches(record)}
        return next((seq for seq in range(commit.start, commit.end) if seq not in vouching), commit.start)

    def _vouches(self, record: Record) -> bool:
        if record.kind is Kind.GENESIS:
            return True
        if record.kind is not Kind.EPOCH_OPEN:
            return False
        member = self.roster.find(str(record.clear.get("actor", "")))
        return member is not None and _signed_by(member, record)

    def _pass_anchors(self, start: int, root: bytes) -> None:
        passed = [size for size in self._anchors if start < size <= self.size]
        if any(size != self.size or self._anchors[size] != root for size in passed):
            raise DamagedTrailError(Damage.FORKED, start)

    def _admit(self, record: Record, *, may_open: bool, checked: bool) -> None:
        try:
            if record.kind is Kind.GENESIS:
                self._found(record)
            elif record.kind is Kind.EPOCH_OPEN:
                self._open_epoch(record, may_open=may_open, checked=checked)
            else:
                self._write_in_epoch(record)
        except RightsError as error:
            raise DamagedTrailError(Damage.UNAUTHORISED, record.seq) from error
        for item in record.items:
            self._note_item(record, item)

    def _found(self, record: Record) -> None:
        self.roster = founded(record.clear)
        if not _signed_by(self.roster.officers()[0], record):
            raise RightsError("the genesis record is not signed by its officer")

    def _open_epoch(self, record: Record, *, may_open: bool, checked: bool) -> None:
        epoch, wraps = _epoch_of(record)
        member = self.roster.find(epoch.actor)
        if member is None or not may_open or epoch.id in self.epochs:
            raise RightsError("an epoch is opened without the right")
        if not checked and not _signed_by(member, record):
            raise RightsError("an epoch is not signed by the member it names")
        for compartment in epoch.commitments:
            if not member.may_hold(compartment):
                raise RightsError("an epoch holds a key that its writer may not have")
        if member.role is None:
            self.recoveries.append(record.seq)
        self.epochs[epoch.id] = epoch
        for (compartment, holder), wrap in wraps.items():
            self._wrap(epoch.id, compartment, holder, wrap)

    def _write_in_epoch(self, record: Record) -> None:
        member = self.author(record.epoch)
        if member is None:
            raise RightsError("an entry is written without the right")
        if member.role is None:
            _check_recovery(record)
        elif record.kind is Kind.ACT:
            return
        elif member.role is not MemberRole.OFFICER:
            raise RightsError("only an officer changes members and keys")
        if record.kind is Kind.USER_ADD:
            self.roster = added(self.roster, record.clear, record.seq)
        elif record.kind is Kind.USER_REVOKE:
            self.roster = revoked(self.roster, record.clear, record.seq)
        elif record.kind is Kind.CASE_SHRED:
            self._shred(record)
        elif record.kind is Kind.RECOVERY_SEEN:
            self.recoveries.clear()
        else:
            holder, grants = _grants_of(record)
            for (epoch, compartment), wrap in grants.items():
                self._wrap(epoch, compartment, holder, wrap)

    def _wrap(self, epoch: bytes, compartment: Compartment, holder: str, wrap: bytes) -> None:
        member = self.roster.find(holder)
        if member is None or not member.may_hold(compartment) or epoch not in self.epochs:
            raise RightsError("a key is wrapped to someone who may not hold it")
        self.wraps[epoch, compartment, holder] = wrap

    def _shred(self, record: Record) -> None:
        """From here on no wrap of these cases' keys may lie in the database."""
        for case in _cases_of(record):
            held = [key for key in self.items if key[0] == b"c" and key[1] == case]
            if not held:
                raise RightsError("a case is shredded that was never sealed, or twice")
            for key in held:
                self.shredded[case] = self.items.pop(key)[1]

    def _note_item(self, record: Record, item: Item) -> None:
        key = (item.type, item.id, record.epoch if item.type == b"c" else b"")
        if key in self.items or (item.type == b"c" and item.id in self.shredded):
            raise DamagedTrailError(Damage.INSERTED, record.seq)
        self.items[key] = (item.sha256, record.seq)

    def _check_author(self, commit: Commit, note: str, *, checked: bool) -> None:
        epochs = {record.epoch for record in commit.read if record.kind is not Kind.GENESIS}
        if len(epochs) != 1:
            raise DamagedTrailError(Damage.UNAUTHORISED, commit.start)
        self.last_epoch = epochs.pop()
        if checked:
            return
        try:
            verify_note(note, {self.origin: self.epochs[self.last_epoch].key})
        except (MalformedNoteError, UnsignedNoteError) as error:
            raise DamagedTrailError(Damage.UNAUTHORISED, commit.start) from error

    def _refuse_stray_notes(self, notes: Mapping[int, str], closed: set[int]) -> None:
        stray = set(notes) - closed
        if stray:
            beyond = max(stray) > self.size
            raise DamagedTrailError(Damage.REMOVED if beyond else Damage.INSERTED, self.size if beyond else min(stray))

    def author(self, epoch: bytes) -> Member | None:
        """Return the member who opened ``epoch``, while active."""
        opened = self.epochs.get(epoch)
        return self.roster.find(opened.actor) if opened else None


def _without_note(notes: Mapping[int, str], start: int, size: int, *, last: bool) -> tuple[Damage, int]:
    """Tell why the checkpoint at ``size`` is absent: entries nobody signed, an end cut off, or the checkpoint gone."""
    if max(notes, default=0) < size:
        return Damage.INSERTED, start
    return Damage.REMOVED, size if last else start


def _signed_by(member: Member, record: Record) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(member.sign)
        key.verify(record.signature, SIGNED_BY_IDENTITY + record.before_signature)
    except (InvalidSignature, ValueError):
        return False
    return True


def _epoch_of(record: Record) -> tuple[Epoch, dict[tuple[Compartment, str], bytes]]:
    from base64 import b64decode

    try:
        clear = record.clear
        commitments = {Compartment(name): bytes.fromhex(value) for name, value in clear["commit"].items()}
        wraps = {(Compartment(name), str(to)): b64decode(wrap, validate=True) for name, to, wrap in clear["wraps"]}
        key = bytes.fromhex(clear["key"])
        actor = str(clear["actor"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RightsError("an epoch's record is incomplete") from error
    return Epoch(id=record.epoch, actor=actor, key=key, commitments=commitments, seq=record.seq), wraps


def _check_recovery(record: Record) -> None:
    """The recovery identity may do two things: make an officer, and hand him keys."""
    makes_officer = record.kind is Kind.USER_ADD and record.clear.get("role") == MemberRole.OFFICER.value
    if not makes_officer and record.kind is not Kind.KEYS_GRANT:
        raise RightsError("the recovery identity only makes an officer")


def _cases_of(record: Record) -> list[bytes]:
    try:
        return [bytes.fromhex(case) for case in record.clear["cases"]]
    except (KeyError, TypeError, ValueError) as error:
        raise RightsError("a shredding's record is incomplete") from error


def _grants_of(record: Record) -> tuple[str, dict[tuple[bytes, Compartment], bytes]]:
    from base64 import b64decode

    try:
        grants = {
            (bytes.fromhex(epoch), Compartment(name)): b64decode(wrap, validate=True)
            for epoch, name, wrap in record.clear["wraps"]
        }
        return str(record.clear["to"]), grants
    except (KeyError, TypeError, ValueError) as error:
        raise RightsError("a grant's record is incomplete") from error
