"""Determinations in and out: what persons decide, merged, sealed, scored again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from audit.domain.determination import CaseDeterminations
from audit.domain.membership import MemberRole
from audit.domain.summary import AuditedCase, AuditSummary
from audit.errors import UnreadableFileError, UsageError
from audit.flow.audits import (
    REVIEW,
    StoredAudit,
    find_audit,
    load_cases,
    load_summary,
    seal_determinations,
    seal_summary,
)
from audit.flow.ledger import Act, Ledger, open_ledger
from audit.flow.outputs import staged_files
from audit.flow.scores import score_cases
from audit.flow.summaries import coder_summaries
from audit.flow.workspace import Unlocked, Workspace
from audit.review.counts import undetermined
from audit.review.jsonl import export_determinations, parse_determinations
from audit.review.merge import Merged, merge

EXPORT = "review.export"


class FormNotKnownError(UsageError):
    """The file's ending is not that of a form this version reads and writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What ``review import`` prints."""

    imported: int
    changed: int
    undetermined: int


def import_determinations(name: str, path: Path, workspace: Workspace, unlocked: Unlocked) -> Imported:
    """Read, merge and seal the determinations of ``path``, all or none, and score the audit again.

    Raises the InputErrors of ``audit.review`` with file, line and field; then nothing was written.
    """
    decided = parse_determinations(_read(path), path.name)
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        audit = find_audit(ledger, name)
        cases = load_cases(ledger, audit, purpose="review import")
        merged = merge(_lines(cases), _decided(cases), decided)
        after = {case_id: _with(audited, merged.after) for case_id, audited in cases.items()}
        changed = {case_id: a for case_id, a in after.items() if a.determinations != cases[case_id].determinations}
        summary = _rescored(load_summary(ledger, audit), list(after.values()))
        left = undetermined(_lines(cases), merged.after)
        if changed:
            _write(ledger, audit, merged, changed, summary)
        return Imported(imported=merged.imported, changed=merged.changed, undetermined=left)


def export_form(name: str, path: Path, workspace: Workspace, unlocked: Unlocked) -> Path:
    """Write the form a reviewer fills, with what is decided so far; it holds PHI and is written for its owner alone."""
    _check_form(path)
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger, staged_files() as staged:
        audit = find_audit(ledger, name)
        cases = list(load_cases(ledger, audit, purpose="review export").values())
        findings = [finding for audited in cases for finding in audited.findings]
        decided = {a.case.encounter.encounter_id: a.determinations for a in cases if a.determinations}
        text = export_determinations([audited.case for audited in cases], findings, decided)
        staged.write(path, text.encode(), phi=True, own_folder=False)
        act = Act(EXPORT, {"audit": audit.name, "audit_id": audit.audit_id, "encounters": len(cases)})
        staged.hand_to(act, "review")
        ledger.write(act)
    return path


def _write(
    ledger: Ledger, audit: StoredAudit, merged: Merged, changed: Mapping[str, AuditedCase], summary: AuditSummary
) -> None:
    counts = {"imported": merged.imported, "changed": merged.changed, "cases": len(changed)}
    act = Act(REVIEW, {"audit": audit.name, "audit_id": audit.audit_id, **counts})
    for case_id, audited in changed.items():
        if audited.determinations:
            seal_determinations(act, case_id, audited.determinations)
    seal_summary(act, summary)
    ledger.write(act)


def _rescored(summary: AuditSummary, cases: list[AuditedCase]) -> AuditSummary:
    per_coder = {coder.coder_id: coder.population for coder in summary.coders}
    scores = score_cases(cases, per_coder, target=summary.target, verdict_on=summary.verdict_on, facts=summary.design)
    return replace(summary, scores=scores, coders=coder_summaries(cases, per_coder))


def _read(path: Path) -> str:
    _check_form(path)
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
    except UnicodeDecodeError:
        raise UnreadableFileError(f"{path.name}: not UTF-8", hint="save the determinations as UTF-8") from None


def _check_form(path: Path) -> None:
    if path.suffix.lower() != ".jsonl":
        raise FormNotKnownError(f"{path.name}: this version reads and writes determinations as .jsonl only")


def _lines(cases: Mapping[str, AuditedCase]) -> dict[str, list[int]]:
    return {a.case.encounter.encounter_id: [line.line for line in a.case.lines] for a in cases.values()}


def _decided(cases: Mapping[str, AuditedCase]) -> dict[str, CaseDeterminations]:
    return {a.case.encounter.encounter_id: a.determinations for a in cases.values() if a.determinations}


def _with(audited: AuditedCase, after: Mapping[str, CaseDeterminations]) -> AuditedCase:
    return replace(audited, determinations=after.get(audited.case.encounter.encounter_id))
