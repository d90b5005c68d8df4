"""The ledger: the one way to write an act, to seal content with it, and to read sealed content back.

It joins three rooms: the store keeps rows, the vault seals, the trail says what the bytes are and proves them.
No entry, no act: rows, entry and checkpoint are one transaction, and reading patients' content begins with an entry.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from audit.domain.membership import Compartment, MemberRole
from audit.errors import CheckFailedError, InputError, NotPermittedError
from audit.flow.act import Act
from audit.flow.entries import ObjectRef, TrailEntry, open_record
from audit.flow.journal import PendingFile, drop, finish, note_pending, pending_files
from audit.flow.keyring import (
    Keyring,
    NoKeyError,
    RoleError,
    UnknownCaseError,
    WriterEpoch,
    body_sealer,
    entry_plaintext,
    epoch_opening,
    new_epoch,
)
from audit.flow.sealing import SealedAct, seal_act
from audit.flow.workspace import Unlocked, Workspace
from audit.store import rows
from audit.store.database import Store, StoreRefusedError, open_store
from audit.trail.append import Place, epoch_record, grown, sealed_record, sign_root
from audit.trail.damage import Damage, DamagedTrailError
from audit.trail.form import Kind, parse_record
from audit.trail.mark import raise_mark, read_mark
from audit.trail.rights import Member, member_id
from audit.trail.walk import Walk
from audit.vault.seal import object_parent, open_object, pad

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Act", "Ledger", "ObjectRef", "RoleError", "TrailEntry", "open_ledger"]


_MARK_SECONDS = 1.0
"""How often a command that writes on and on raises the mark, because each raise waits for the disk."""


class NotAMemberError(NotPermittedError):
    """The identity is not, or no longer, a member of this workspace."""


class UnfinishedFileError(CheckFailedError):
    """An act is written and its file did not get its name."""


class OvertakenError(InputError):
    """Another command has written meanwhile what this act would have written."""


class WriteMismatchError(CheckFailedError):
    """What the database gave back is not what was written; nothing was signed."""


@contextmanager
def open_ledger(
    workspace: Workspace, unlocked: Unlocked, *, need: MemberRole, anchored: bool = True, recovering: bool = False
) -> Iterator[Ledger]:
    """Open the ledger for a member whose role admits ``need``.

    The whole trail is walked first (hashes, signatures, rights), so that keys only ever go to proven members.
    It must pass through the user's mark, unless ``anchored`` is False, which only the acceptance of a restore may say.
    ``recovering`` admits the recovery identity, which may make an officer and hand him keys.
    Raises NotAMemberError or RoleError (exit 4) before anything sealed is opened, DamagedTrailError (exit 1).
    """
    with open_store(workspace.store_url, workspace.root, upgrade=True) as store:
        ledger = Ledger(workspace, store, unlocked, anchored=anchored, recovering=recovering)
        ledger.require(need)
        ledger.finish_files()
        try:
            yield ledger
        finally:
            ledger.keep_mark()


class Ledger:
    """An open ledger; use ``open_ledger``."""

    def __init__(
        self, workspace: Workspace, store: Store, unlocked: Unlocked, *, anchored: bool, recovering: bool
    ) -> None:
        """Walk the trail and find the member whose identity this is. Raises NotAMemberError, DamagedTrailError."""
        self._workspace = workspace
        self._anchored, self._recovering = anchored, recovering
        self._store = store
        self._identity = unlocked.identity
        public = unlocked.identity.public
        self._id = member_id(public.hpke, public.sign)
        self._keys = Keyring(workspace.trail_id, self._id, unlocked.identity)
        self._epoch: WriterEpoch | None = None
        self._note = ""
        self._marked = -_MARK_SECONDS
        self._walk = self._new_walk()
        with store.reading() as connection:
            self._catch_up(connection)
        member = self._member()
        self.actor = member.name
        self.role: MemberRole = member.role or MemberRole.OFFICER

    @property
    def walk(self) -> Walk:
        """The proven state of the trail: members, epochs, wraps."""
        return self._walk

    @property
    def member_id(self) -> str:
        """The id of the member who has opened the ledger."""
        return self._id

    def require(self, need: MemberRole) -> None:
        """Refuse (exit 4) unless the member's role admits ``need``."""
        if not self.role.admits(need):
            article = "an" if need.value[0] in "aeiou" else "a"
            raise RoleError(
                f"{self.actor} is {self.role} here; this needs {article} {need}",
                hint="nothing was opened; ask an officer of this workspace",
            )

    def checkpoint(self) -> str:
        """Return the latest signed checkpoint note."""
        with self._store.reading() as connection:
            self._catch_up(connection)
        return self._note

    # -- writing ----------------------------------------------------------------------------------------------------

    def write(self, act: Act, *, unless: Callable[[TrailEntry], bool] | None = None) -> int:
        """Seal and write one act in one short transaction, then give its files their names. Returns its seq.

        ``unless`` is asked of every entry with the head locked: where one says yes, OvertakenError and nothing written.
        """
        return self.write_all([act], unless=unless)

    def write_all(self, acts: Sequence[Act], *, unless: Callable[[TrailEntry], bool] | None = None) -> int:
        """Seal and write several acts in one transaction, all or none, in this order. Returns the seq of the last."""
        if self._walk.size == 0:  # the last attempt failed: begin from what the database holds
            self.checkpoint()
        while True:
            epoch = self._epoch or new_epoch(self._member(), self._walk.roster)
            self._epoch = epoch
            sealed = [self._seal(act, epoch) for act in acts]
            seq = self._commit(acts, epoch, sealed, unless)
            if seq is not None:
                break
            self._epoch = None
        epoch.opened = True
        self._keys.keep_epoch(epoch)
        for one in sealed:
            self._keys.keep_cases(one.case_keys)
        if time.monotonic() - self._marked > _MARK_SECONDS:
            self.keep_mark()
        self._name_files([pending for one in sealed for pending in one.pending], seq)
        return seq

    def _commit(
        self,
        acts: Sequence[Act],
        epoch: WriterEpoch,
        sealed: Sequence[SealedAct],
        unless: Callable[[TrailEntry], bool] | None,
    ) -> int | None:
        """Write everything, or nothing. Returns None when the members have changed since the keys were made."""
        files = [pending for one in sealed for pending in one.pending]
        try:
            with self._store.writing() as connection:
                self._catch_up(connection)
                if epoch.roster is not self._walk.roster:
                    self._member()
                    return None
                self._refuse_overtaken(connection, unless)
                for pending in files:
                    note_pending(self._workspace.root, pending)
                return self._append(connection, acts, epoch, sealed)
        except BaseException as error:
            self._walk, self._epoch = self._new_walk(), None  # the next act starts from what the database holds
            if isinstance(error, Exception):  # an interrupt may come after the commit: then the journal must stay
                self._drop_journals(files)
            if isinstance(error, OSError):
                reason = (error.strerror or "input or output failed").lower()
                raise StoreRefusedError(
                    f"the act could not be written: {reason}", hint="nothing was written"
                ) from error
            raise

    def _refuse_overtaken(self, connection: Connection, unless: Callable[[TrailEntry], bool] | None) -> None:
        if unless is not None and any(unless(entry) for entry in self._opened(connection)):
            raise OvertakenError("another command has done this meanwhile", hint="nothing was written; try again")

    def _drop_journals(self, files: Sequence[PendingFile]) -> None:
        for pending in files:
            drop(self._workspace.root, pending)

    def _name_files(self, files: Sequence[PendingFile], seq: int) -> None:
        unnamed = [pending.final for pending in files if not finish(self._workspace.root, pending)]
        if unnamed:
            raise UnfinishedFileError(
                f"entry {seq} is written, but {unnamed[0]} did not get its content",
                hint="make room at that path; the next command tries again, and trail verify lists what is open",
            )

    def _append(
        self, connection: Connection, acts: Sequence[Act], epoch: WriterEpoch, sealed: Sequence[SealedAct]
    ) -> int:
        start = self._walk.size
        written = self._records(acts, epoch, sealed)
        rows.insert_objects(connection, [row for one in sealed for row in one.objects])
        rows.insert_case_keys(connection, [row for one in sealed for row in one.case_rows])
        rows.delete_case_keys(connection, [case for act in acts for case in act.shredded])
        rows.insert_entries(connection, written)
        stored = rows.read_back(connection, start)
        if stored != written:
            raise WriteMismatchError("the database gave back other bytes than were written", hint="check the disk")
        tree = grown(self._walk.frontier, [record for _, _, record in stored])
        size = tree.size
        note = sign_root(self._workspace.trail_id, tree, public=epoch.public, sign=epoch.signing.sign)
        rows.insert_checkpoint(connection, size, note)
        rows.insert_nodes(connection, tree.nodes)
        self._walk.feed(stored, {size: note}, own=tree)
        self._note = note
        return size - 1

    def _records(
        self, acts: Sequence[Act], epoch: WriterEpoch, sealed: Sequence[SealedAct]
    ) -> list[tuple[int, str, bytes]]:
        start = seq = self._walk.size
        seal, made = body_sealer(epoch.keys[Compartment.OPS]), []
        if not epoch.opened:
            opening = epoch_opening(epoch, self._member(), self._workspace.trail_id)
            plaintext = pad(entry_plaintext(Kind.EPOCH_OPEN.label, {}, [], []))
            place = self._place(epoch, start, start)
            record = epoch_record(place, opening, plaintext, seal, self._identity.sign)
            made.append((seq, Kind.EPOCH_OPEN.label, record))
            seq += 1
        for act, one in zip(acts, sealed, strict=True):
            place = self._place(epoch, start, seq)
            record = sealed_record(place, act.record_kind, one.plaintext, seal, clear=act.clear, items=one.items)
            made.append((seq, act.record_kind.label, record))
            seq += 1
        return made

    def _place(self, epoch: WriterEpoch, commit: int, seq: int) -> Place:
        return Place(trail=self._walk.trail_id, epoch=epoch.id, commit=commit, seq=seq)

    def _seal(self, act: Act, epoch: WriterEpoch) -> SealedAct:
        known = [p.case_id for p in act.parts if p.case_id is not None and p.case_id not in act.new_cases]
        if known:
            self._learn([bytes.fromhex(case) for case in known])
        return seal_act(act, epoch, self._keys, self._walk.trail_id)

    # -- reading ----------------------------------------------------------------------------------------------------

    def entries(self, *kinds: str) -> Iterator[TrailEntry]:
        """Yield the entries (of ``kinds``, or all) that this member has the keys to open, oldest first."""
        with self._store.reading() as connection:
            self._catch_up(connection)
            found = self._opened(connection)
        return iter([entry for entry in found if not kinds or entry.kind in kinds])

    def _opened(self, connection: Connection) -> list[TrailEntry]:
        records = [parse_record(data) for _, _, data in rows.read_entries(connection)]
        found = [open_record(record, self._keys, self._walk) for record in records]
        return [entry for entry in found if entry is not None]

    def read(self, refs: Sequence[ObjectRef], *, purpose: str) -> dict[str, bytes]:
        """Return the content of ``refs`` by object id.

        For patients' content the entry ``sealed.read`` (cases, purpose, count) is written first. Raises RoleError or
        NoKeyError before anything is opened, DamagedTrailError when the bytes are not those that the entry named.
        """
        cases = sorted({ref.case_id for ref in refs if ref.case_id is not None})
        if cases:
            self.require(MemberRole.AUDITOR)
            self._learn([bytes.fromhex(case) for case in cases])
            for case in cases:
                self._keys.case_key(bytes.fromhex(case))
            count = sum(ref.case_id is not None for ref in refs)
            self.write(Act("sealed.read", {"cases": cases, "purpose": purpose, "count": count}))
        wanted = {bytes.fromhex(ref.object_id): ref for ref in refs}
        with self._store.reading() as connection:
            found = dict(rows.read_objects(connection, wanted))
        return {ref.object_id: self._open_object(ref, found.get(object_id)) for object_id, ref in wanted.items()}

    def _open_object(self, ref: ObjectRef, sealed: bytes | None) -> bytes:
        if sealed is None or hashlib.sha256(sealed).hexdigest() != ref.sha256:
            _, seq = self._walk.items.get(
                (b"p" if ref.case_id else b"o", bytes.fromhex(ref.object_id), b""), (b"", None)
            )
            raise DamagedTrailError(Damage.REMOVED if sealed is None else Damage.EDITED, seq)
        compartment, _, parent = object_parent(sealed)
        if compartment is Compartment.PHI:
            if parent.hex() != ref.case_id:  # named as something else, it would be opened without its entry
                raise NoKeyError("a sealed object is not of the case it is asked for as")
            key: bytes | None = self._keys.case_key(parent)
        else:
            key = self._keys.epoch_key(self._walk, parent, Compartment.OPS)
        if key is None:
            raise NoKeyError(
                "this identity has no key for a sealed object",
                hint="an officer can hand over earlier keys: chartassay keys grant NAME",
            )
        return open_object(key, trail=self._walk.trail_id, sealed=sealed)

    # -- state ------------------------------------------------------------------------------------------------------

    def keep_mark(self) -> None:
        """Raise the high-water mark to what this command has written: with its first act, each second, at its end."""
        if self._walk.size:
            raise_mark(self._workspace.trail_id, self._note)
            self._marked = time.monotonic()

    def finish_files(self) -> None:
        """Give their names to files whose entry was committed by a command that was then killed."""
        for pending in pending_files(self._workspace.root):
            if (b"f", bytes.fromhex(pending.file_id), b"") in self._walk.items:
                finish(self._workspace.root, pending)

    def epoch_keys(self) -> dict[tuple[bytes, Compartment], bytes]:
        """Return every epoch key that this member can open; for handing them on to another member."""
        found = {
            (epoch.id, compartment): self._keys.epoch_key(self._walk, epoch.id, compartment)
            for epoch in self._walk.epochs.values()
            for compartment in epoch.commitments
        }
        return {place: key for place, key in found.items() if key is not None}

    def _learn(self, cases: Sequence[bytes]) -> None:
        missing = self._keys.missing_cases(cases)
        if not missing:
            return
        with self._store.reading() as connection:
            self._catch_up(connection)
            found = list(rows.read_case_keys(connection, missing))
        if {case for case, _, _ in found} != set(missing):
            raise UnknownCaseError(
                "the key of a sealed case is not in the database", hint="see chartassay trail verify"
            )
        self._keys.learn_cases(self._walk, found)

    def _new_walk(self) -> Walk:
        mark = read_mark(self._workspace.trail_id) if self._anchored else None
        return Walk(self._workspace.trail_id, anchors=[mark] if mark else [], trust_anchors=True)

    def _catch_up(self, connection: Connection) -> None:
        """Walk what others have appended since; at the command's beginning the mark is raised to what was proven."""
        size, head = self._walk.size, rows.read_head(connection)
        if size and head == size:
            return
        notes = rows.read_notes(connection, size)
        self._walk.feed(rows.read_entries(connection, size), notes)
        self._walk.finish(head)
        self._note = notes[self._walk.size]
        if not size:
            raise_mark(self._workspace.trail_id, self._note)

    def _member(self) -> Member:
        member = self._walk.roster.find(self._id)
        if member is None or (member.role is None) != self._recovering:
            raise NotAMemberError(
                "this identity is not a member of this workspace", hint="an officer adds members: chartassay user add"
            )
        return member
