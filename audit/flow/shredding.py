"""Shredding a case: its key's wraps are deleted, so that nobody can read it again; the tree stays whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from audit.domain.membership import MemberRole
from audit.errors import CheckFailedError, InputError, UsageError
from audit.flow.act import Act
from audit.flow.ledger import Ledger, open_ledger
from audit.flow.workspace import Unlocked, Workspace
from audit.store.database import open_store
from audit.trail.form import Kind

_FEBRUARY_28 = 28


class NoSuchCaseError(InputError):
    """No case of that id was ever sealed here."""


class RetainedCaseError(InputError):
    """The case is younger than the time it must be kept."""


class ShredReasonError(UsageError):
    """A case is to be shredded without saying why."""


class UnknownAgeError(CheckFailedError):
    """The entry that began a case cannot be opened, so that nobody can tell its age."""


def shred_cases(
    workspace: Workspace, unlocked: Unlocked, cases: Sequence[str], *, reason: str, today: date
) -> dict[str, Any]:
    """Delete the keys of ``cases`` (ids in hex), write it down, and take the old bytes out of the files.

    An officer's act. The content stays in the store as bytes that nobody can open; backups made before still hold the
    keys. Given again for a case that is shredded already, only the files are cleaned again. Raises NoSuchCaseError,
    RetainedCaseError before its retention date, ShredReasonError, StoreRefusedError where another command holds the
    files (the keys are gone by then; give the command again).
    """
    if not reason.strip():
        raise ShredReasonError("say why the cases are shredded", hint="--reason TEXT")
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        begun = _begun(ledger, cases)
        for case, seq in begun.items():
            _refuse_retained(workspace, ledger, case, seq, today)
        open_cases = [case for case in begun if case not in ledger.walk.shredded]
        entry = _write(ledger, open_cases, reason) if open_cases else None
    with open_store(workspace.store_url, workspace.root) as store:
        store.compact()
    return {"entry": entry, "shredded": len(open_cases)}


def _write(ledger: Ledger, cases: Sequence[bytes], reason: str) -> int:
    act = Act.of_rights(Kind.CASE_SHRED, {"cases": [case.hex() for case in cases]}, {"reason": reason})
    act.shredded = tuple(cases)
    return ledger.write(act)


def _begun(ledger: Ledger, cases: Sequence[str]) -> dict[bytes, int]:
    """Return for each case the entry that began it."""
    known = {item[1]: seq for item, (_, seq) in ledger.walk.items.items() if item[0] == b"c"}
    known |= ledger.walk.shredded
    found = {}
    for number, case in enumerate(cases, start=1):
        try:
            case_id = bytes.fromhex(case)
            found[case_id] = known[case_id]
        except (ValueError, KeyError) as error:
            raise NoSuchCaseError(
                f"case {number}: no such case in this workspace", hint="trail show names the cases of each act"
            ) from error
    return found


def _refuse_retained(workspace: Workspace, ledger: Ledger, case: bytes, seq: int, today: date) -> None:
    entry = next((entry for entry in ledger.entries() if entry.seq == seq), None)
    if entry is None:
        raise UnknownAgeError(
            f"entry {seq} cannot be opened", hint="another officer can hand over its keys: keys grant"
        )
    until = _years_after(datetime.fromisoformat(entry.recorded_at).date(), workspace.retention_years)
    if today < until and case not in ledger.walk.shredded:
        raise RetainedCaseError(
            f"a case begun in entry {seq} is kept until {until.isoformat()}",
            hint=f"it is kept for {workspace.retention_years} years (retention_years in chartassay.toml, 6 at least)",
        )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=_FEBRUARY_28)
