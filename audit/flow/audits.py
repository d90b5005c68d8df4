"""Audits as they stand in the trail: found by name, their summary, their cases, their determinations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.domain.canonical import canonical_bytes, from_json
from audit.domain.determination import CaseDeterminations
from audit.domain.encounter import Case
from audit.domain.finding import CodeReading, Finding
from audit.domain.summary import AuditedCase, AuditSummary
from audit.errors import UsageError
from audit.flow.ledger import Act, Ledger, ObjectRef, TrailEntry

RUN = "audit.run"
REVIEW = "review.import"
_CASE, _CHECKS, _DETERMINATIONS, _SUMMARY = "case", "checks", "determinations", "summary"


class UnknownAuditError(UsageError):
    """No audit of that name or id is in the workspace."""


class NotYetReadableError(UsageError):
    """The audit's entries exist, but were written before this member could read them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAudit:
    """One audit: the entry of its run and those of the reviews since, oldest first."""

    name: str
    audit_id: str
    run: TrailEntry
    reviews: tuple[TrailEntry, ...]

    @property
    def case_ids(self) -> tuple[str, ...]:
        """The random ids of its cases, in the order they were sealed."""
        return tuple(ref.case_id for ref in self.run.objects if ref.name == _CASE and ref.case_id)


def stored_audits(ledger: Ledger) -> list[StoredAudit]:
    """Return every audit this member can read, oldest first; a revision stands beside what it revises."""
    entries = list(ledger.entries(RUN, REVIEW))
    runs = [entry for entry in entries if entry.kind == RUN]
    return [
        StoredAudit(
            name=str(run.ops["audit"]),
            audit_id=str(run.ops["audit_id"]),
            run=run,
            reviews=tuple(e for e in entries if e.kind == REVIEW and e.ops["audit"] == run.ops["audit"]),
        )
        for run in runs
    ]


def find_audit(ledger: Ledger, name: str) -> StoredAudit:
    """Return the latest audit of that name, or the one with that audit id. Raises UnknownAuditError."""
    audits = stored_audits(ledger)
    for audit in reversed(audits):
        if name in (audit.name, audit.audit_id):
            return audit
    known = ", ".join(sorted({audit.name for audit in audits})) or "none"
    raise UnknownAuditError(
        f"no audit {name} that you can read is in this workspace",
        hint=f"there are: {known}; earlier ones need an officer's chartassay keys grant",
    )


def seal_case(act: Act, case_id: str | None, audited: AuditedCase) -> str:
    """Seal one case and what was found in it into the act; returns its random case id."""
    checks = {"readings": audited.readings, "findings": audited.findings}
    case_id = act.seal_case(case_id, _CASE, canonical_bytes(audited.case))
    act.seal_case(case_id, _CHECKS, canonical_bytes(checks))
    return case_id


def seal_determinations(act: Act, case_id: str, determinations: CaseDeterminations) -> None:
    """Seal what persons have decided of one case so far."""
    act.seal_case(case_id, _DETERMINATIONS, canonical_bytes(determinations))


def seal_summary(act: Act, summary: AuditSummary) -> None:
    """Seal the summary for every role."""
    act.seal_ops(_SUMMARY, canonical_bytes(summary))


def load_summary(ledger: Ledger, audit: StoredAudit) -> AuditSummary:
    """Return the summary after the latest act on the audit."""
    later = [entry for entry in audit.reviews if entry.ops["audit_id"] == audit.audit_id]
    ref = _object(later[-1] if later else audit.run, _SUMMARY)
    return from_json(AuditSummary, json.loads(ledger.read([ref], purpose="summary")[ref.object_id]))


def load_cases(ledger: Ledger, audit: StoredAudit, *, purpose: str) -> dict[str, AuditedCase]:
    """Open every case of the audit, by case id in encounter order; the reading is itself an entry of the trail."""
    wanted = [*audit.run.objects, *_latest_determinations(audit)]
    refs = [ref for ref in wanted if ref.case_id is not None]
    opened = ledger.read(refs, purpose=purpose)
    by_case: dict[str, dict[str, Any]] = {}
    for ref in refs:
        by_case.setdefault(ref.case_id or "", {})[ref.name] = json.loads(opened[ref.object_id])
    cases = {case_id: _audited(objects) for case_id, objects in by_case.items()}
    return dict(sorted(cases.items(), key=lambda item: item[1].case.encounter.encounter_id))


def _latest_determinations(audit: StoredAudit) -> Iterable[ObjectRef]:
    latest: dict[str | None, ObjectRef] = {}
    for entry in audit.reviews:
        for ref in entry.objects:
            if ref.name == _DETERMINATIONS and ref.case_id in audit.case_ids:
                latest[ref.case_id] = ref
    return latest.values()


def _audited(objects: Mapping[str, Any]) -> AuditedCase:
    decided = objects.get(_DETERMINATIONS)
    return AuditedCase(
        case=from_json(Case, objects[_CASE]),
        readings=_all(CodeReading, objects[_CHECKS]["readings"]),
        findings=_all(Finding, objects[_CHECKS]["findings"]),
        determinations=from_json(CaseDeterminations, decided) if decided else None,
    )


def _all(kind: type[Any], records: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(from_json(kind, record) for record in records)


def _object(entry: TrailEntry, name: str) -> ObjectRef:
    return next(ref for ref in entry.objects if ref.name == name)
