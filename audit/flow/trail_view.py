"""What people see of the trail: its entries, who could read and who did, the verdict, the checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from audit.domain.membership import Compartment, MemberRole
from audit.flow.act import Act
from audit.flow.journal import pending_files
from audit.flow.ledger import Ledger, open_ledger
from audit.flow.proving import NotACheckpointError, read_checkpoint
from audit.flow.workspace import Unlocked, Workspace
from audit.store import rows
from audit.store.database import (
    REVISION,
    StoreAbsentError,
    StoreDamagedError,
    StoreRevisionError,
    expected_schema,
    open_store,
    read_schema,
)
from audit.trail.damage import Damage
from audit.trail.mark import raise_mark, read_mark
from audit.trail.note import (
    Checkpoint,
    UnsignedNoteError,
    cosigner_of,
    cosigners,
    parse_checkpoint,
)
from audit.trail.verify import Stored, Verdict, verify_trail


def show_trail(workspace: Workspace, unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return every entry that this member may open, oldest first."""
    with open_ledger(workspace, unlocked, need=MemberRole.MANAGER) as ledger:
        return [
            {
                "seq": entry.seq,
                "recorded_at": entry.recorded_at,
                "actor": entry.actor,
                "kind": entry.kind,
                "objects": len(entry.objects),
                "ops": entry.ops,
            }
            for entry in ledger.entries()
        ]


def show_access(workspace: Workspace, unlocked: Unlocked) -> dict[str, Any]:
    """Return who could read what, and who has read. Needs an officer, and looking is itself an entry."""
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        ledger.write(Act("access.shown", {}))
        return {"could_read": _could_read(ledger), "did_read": _did_read(ledger)}


def _could_read(ledger: Ledger) -> list[dict[str, Any]]:
    members = ledger.walk.roster.members
    return [
        {
            "epoch": epoch.id.hex(),
            "opened_at_entry": epoch.seq,
            "writer": members[epoch.actor].name,
            **{compartment.value: _holders(ledger, epoch.id, compartment) for compartment in Compartment},
        }
        for epoch in ledger.walk.epochs.values()
    ]


def _holders(ledger: Ledger, epoch: bytes, compartment: Compartment) -> list[str]:
    """Return the names of those to whom an epoch's key was wrapped."""
    members = ledger.walk.roster.members
    return [members[holder].name for (e, c, holder) in ledger.walk.wraps if e == epoch and c is compartment]


def _did_read(ledger: Ledger) -> list[dict[str, Any]]:
    return [
        {"seq": entry.seq, "recorded_at": entry.recorded_at, "actor": entry.actor, **entry.ops}
        for entry in ledger.entries("sealed.read")
    ]


def verify_workspace(workspace: Workspace, checkpoint: Path | None) -> dict[str, Any]:
    """Re-read every stored byte and give the verdict. Needs no secret and never fails for a weak anchor.

    ``checkpoint``: a file with a note that was kept elsewhere; the log must have grown from it. ``cosigned`` names the
    members whose cosignature it carries, with the time each claims.
    ``anchor`` says what proves that nothing was rolled back: ``checkpoint``, ``mark`` (this user's own high-water mark)
    or ``none``; ``since`` is the number of entries it vouches for.
    """
    kept = read_checkpoint(checkpoint, workspace.trail_id) if checkpoint else None
    given = parse_checkpoint(kept) if kept else None
    mark = read_mark(workspace.trail_id)
    anchors = [anchor for anchor in (given, mark) if anchor is not None]
    verdict, note = _verdict(workspace, anchors)
    unfinished = _unfinished(workspace, verdict)
    if verdict.damage is None and note:
        raise_mark(workspace.trail_id, note)
    return {
        "verdict": "intact" if verdict.damage is None else "damaged",
        "entries": verdict.entries,
        "first_bad": verdict.first_bad,
        "damage": verdict.damage.value if verdict.damage else None,
        "unfinished": unfinished,
        "recoveries": list(verdict.walk.recoveries) if verdict.walk else [],
        "anchor": "checkpoint" if given else "mark" if mark else "none",
        "cosigned": _cosigned(checkpoint, kept, verdict, workspace.trail_id),
        "since": (given or mark or Checkpoint(origin="", size=0, root=b"")).size if anchors else None,
    }


def _verdict(workspace: Workspace, anchors: Sequence[Checkpoint]) -> tuple[Verdict, str]:
    try:
        with open_store(workspace.store_url, workspace.root) as store, store.reading() as connection:
            notes = rows.read_notes(connection)
            stored = Stored(
                entries=partial(rows.read_entries, connection),
                notes=notes,
                objects=partial(rows.read_objects, connection),
                case_keys=partial(rows.read_case_keys, connection),
                head=rows.read_head(connection),
                schema=read_schema(connection),
                expected_schema=expected_schema(connection, store.revision),
                nodes=partial(rows.read_all_nodes, connection) if store.revision == REVISION else None,
            )
            verdict = verify_trail(stored, workspace.trail_id, anchors=anchors)
            return verdict, notes.get(verdict.entries, "")
    except StoreRevisionError:
        return Verdict(entries=0, damage=Damage.SCHEMA), ""
    except StoreAbsentError:
        return Verdict(entries=0, damage=Damage.REMOVED), ""
    except StoreDamagedError:
        return Verdict(entries=0, damage=Damage.EDITED), ""


def _unfinished(workspace: Workspace, verdict: Verdict) -> list[dict[str, Any]]:
    """Return the files whose entry stands and whose content does not lie under its name."""
    items = verdict.walk.items if verdict.walk else {}
    keys = {pending.file_id: (b"f", bytes.fromhex(pending.file_id), b"") for pending in pending_files(workspace.root)}
    return [
        {"entry": items[keys[pending.file_id]][1], "file": pending.final}
        for pending in pending_files(workspace.root)
        if keys.get(pending.file_id) in items and not pending.is_done()
    ]


def _cosigned(path: Path | None, note: str | None, verdict: Verdict, trail_id: str) -> list[dict[str, Any]]:
    """Return who has cosigned the checkpoint that was given. Raises NotACheckpointError for a false cosignature."""
    if note is None or verdict.walk is None:
        return []
    members = {cosigner_of(trail_id, member.id): member for member in verdict.walk.roster.members.values()}
    try:
        found = cosigners(note, {name: member.sign for name, member in members.items()})
    except UnsignedNoteError as error:
        raise NotACheckpointError(f"{path}: a cosignature does not hold") from error
    return [
        {"name": members[name].name, "at": datetime.fromtimestamp(at, UTC).isoformat()} for name, at in found.items()
    ]
