"""One audited encounter as the auditor reads it. Everything here is PHI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.domain.canonical import text_digest, to_json
from audit.domain.determination import CaseDeterminations
from audit.domain.encounter import CodeLine, Document, Patient
from audit.domain.finding import CodeReading, Finding, Span
from audit.domain.rule import Verdict
from audit.domain.summary import AuditedCase
from audit.errors import CheckFailedError

_WORST_FIRST = (Verdict.ERROR, Verdict.REVIEW, Verdict.ADVISORY)


class ForeignSpanError(CheckFailedError):
    """A span carries the digest of another text than the stored one: its words cannot be shown as evidence."""

    @classmethod
    def of(cls, source: str) -> ForeignSpanError:
        """Build the error for the rule or reading ``source`` whose span it is."""
        return cls(
            f"{source}: a span does not belong to the stored text of its document",
            hint="the document was changed after it was read; run the audit again",
        )


def encounter_row(audited: AuditedCase, descriptions: Mapping[str, str]) -> dict[str, Any]:
    """Return header, lines, findings, determinations and documents with the marks to draw on them.

    Findings are numbered from 1 within the encounter, errors first; marks and lines refer to the number.
    Raises ForeignSpanError where a span's digest is not the stored text's.
    """
    findings = sorted(audited.findings, key=lambda finding: (_WORST_FIRST.index(finding.verdict), finding.sort_key))
    numbered = list(enumerate(findings, start=1))
    documents = audited.case.documents
    return {
        "encounter": to_json(audited.case.encounter),
        "patient": _patient(audited.case.patient),
        "missing_record": audited.case.missing_record,
        "counts": _counts(findings),
        "lines": _lines(audited, numbered, descriptions),
        "findings": [_finding(number, finding, documents) for number, finding in numbered],
        "determinations": _determinations(audited.determinations),
        "documents": [_document(document, numbered, audited.readings) for document in documents],
    }


def worst_first(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Order encounters: most errors, then most reviews, then most advisories, then by id."""
    return (*(-row["counts"][verdict.value] for verdict in _WORST_FIRST), row["encounter"]["encounter_id"])


def _counts(findings: list[Finding]) -> dict[str, int]:
    return {verdict.value: sum(finding.verdict is verdict for finding in findings) for verdict in _WORST_FIRST}


def _patient(patient: Patient | None) -> dict[str, Any] | None:
    # the minimum an auditor needs to see whether a note is this patient's: no address, no number but the record's
    if patient is None:
        return None
    shown = ("patient_id", "given_name", "family_name", "birth_date", "sex", "mrn")
    return {field: to_json(getattr(patient, field)) for field in shown}


def _lines(
    audited: AuditedCase, numbered: list[tuple[int, Finding]], descriptions: Mapping[str, str]
) -> list[dict[str, Any]]:
    readings = {reading.line: reading for reading in audited.readings}
    return [_line(line, readings.get(line.line), numbered, descriptions) for line in audited.case.lines]


def _line(
    line: CodeLine, reading: CodeReading | None, numbered: list[tuple[int, Finding]], descriptions: Mapping[str, str]
) -> dict[str, Any]:
    return {
        **to_json(line),
        "description": descriptions.get(line.code, ""),
        "support": reading.support.value if reading else "not_assessed",
        "category_support": reading.category_support.value if reading else "not_assessed",
        "evidence": [to_json(span) for span in reading.spans] if reading else [],
        "suggested": list(reading.suggested) if reading else [],
        "findings": [number for number, finding in numbered if finding.line == line.line],
    }


def _finding(number: int, finding: Finding, documents: tuple[Document, ...]) -> dict[str, Any]:
    known = {document.document_id for document in documents}
    row: dict[str, Any] = to_json(finding)
    spans = [{**to_json(span), "in_record": span.document_id in known} for span in finding.spans]
    return {"number": number, **row, "spans": spans, "fingerprint": finding.fingerprint}


def _determinations(determined: CaseDeterminations | None) -> dict[str, Any]:
    if determined is None:
        return {"lines": [], "omitted": [], "closing": None, "agreed_in_one_act": []}
    row: dict[str, Any] = to_json(determined)
    row.pop("encounter_id")
    return row


def _document(
    document: Document, numbered: list[tuple[int, Finding]], readings: tuple[CodeReading, ...]
) -> dict[str, Any]:
    digest = text_digest(document.text)
    pointed: list[tuple[int | None, int | None, tuple[Span, ...], str]] = [
        (number, finding.line, finding.spans, finding.rule) for number, finding in numbered
    ]
    pointed += [(None, read.line, read.spans, f"reading of line {read.line}") for read in readings]
    marks = [
        {"start": span.start, "end": span.end, "finding": number, "line": line}
        for number, line, spans, source in pointed
        for span in _own(document, digest, spans, source)
    ]
    marks.sort(key=lambda mark: (mark["start"], mark["end"], mark["finding"] or 0, mark["line"] or 0))
    return {**to_json(document), "sha256": digest, "marks": marks}


def _own(document: Document, digest: str, spans: tuple[Span, ...], source: str) -> list[Span]:
    mine = [span for span in spans if span.document_id == document.document_id]
    if any(span.sha256 != digest or not 0 <= span.start <= span.end <= len(document.text) for span in mine):
        raise ForeignSpanError.of(source)
    return mine
