"""Reading an audit back: its findings, its code readings, its scores, its reports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.domain.canonical import sha256_hex, to_json
from audit.domain.finding import Finding
from audit.domain.membership import MemberRole
from audit.domain.summary import AuditSummary
from audit.errors import UsageError
from audit.flow.audits import find_audit, load_cases, load_summary
from audit.flow.descriptions import descriptions
from audit.flow.ledger import Act, open_ledger
from audit.flow.outputs import report_bytes, report_view, staged_files
from audit.flow.reference import find_reference, tables_folder
from audit.flow.workspace import Unlocked, Workspace

REPORT = "report.write"

_READERS = {"manager": MemberRole.MANAGER, "auditor": MemberRole.AUDITOR, "officer": MemberRole.OFFICER}
"""The least role each report is written for."""


class NoPathNamedError(UsageError):
    """A report with PHI is written only where the user named a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``report`` prints."""

    path: str
    sha256: str


def findings(name: str, workspace: Workspace, unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return every finding of the audit as INTERFACE prints it, in encounter, line, rule order."""
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        cases = load_cases(ledger, find_audit(ledger, name), purpose="findings")
    return [finding_record(finding) for audited in cases.values() for finding in audited.findings]


def finding_record(finding: Finding) -> dict[str, Any]:
    """Return the JSON of one finding, with its fingerprint."""
    record: dict[str, Any] = to_json(finding)
    return {**record, "fingerprint": finding.fingerprint}


def codes(name: str, workspace: Workspace, unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return every submitted line of the sample with what the documentation says of it."""
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        cases = load_cases(ledger, find_audit(ledger, name), purpose="codes")
    return [to_json(reading) for audited in cases.values() for reading in audited.readings]


def summary_of(name: str, workspace: Workspace, unlocked: Unlocked) -> AuditSummary:
    """Return the summary, with the scores, after the latest act on the audit."""
    with open_ledger(workspace, unlocked, need=MemberRole.MANAGER) as ledger:
        return load_summary(ledger, find_audit(ledger, name))


def write_report(
    name: str, workspace: Workspace, unlocked: Unlocked, *, kind: str, form: str, path: Path | None
) -> Report:
    """Write one report. ``path`` left out: ``<audit>-<kind>.<form>`` in the current folder, but never for PHI.

    Raises NoPathNamedError, UnknownAuditError, NotPermittedError.
    """
    phi = kind == "auditor"
    if phi and path is None:
        raise NoPathNamedError("this report holds PHI and needs a path", hint="name one with --out")
    with open_ledger(workspace, unlocked, need=_READERS[kind]) as ledger:
        audit = find_audit(ledger, name)
        cases = list(load_cases(ledger, audit, purpose="auditor report").values()) if phi else []
        texts = descriptions(cases, find_reference(tables_folder(workspace.root)).classification()) if phi else {}
        summary, checkpoint = load_summary(ledger, audit), ledger.checkpoint()
        data = report_bytes(report_view(kind, summary, cases, texts=texts, checkpoint=checkpoint), kind, form)
        final = path or Path(f"{audit.name}-{kind}.{form}")
        with staged_files() as staged:
            staged.write(final, data, phi=phi, own_folder=False)
            act = Act(REPORT, {"audit": audit.name, "audit_id": audit.audit_id, "for": kind, "format": form})
            staged.hand_to(act, "report")
            ledger.write(act)
    return Report(path=str(final), sha256=sha256_hex(data))
