"""The tabular description of every diagnosis code in a set of cases, for those who read a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from audit.domain.classification import Classification
from audit.domain.codes import CodeSystem
from audit.domain.summary import AuditedCase

_SEVENTH_AT = 8
"""Length of a code with a 7th character, its dot included."""


def descriptions(cases: Iterable[AuditedCase], classification: Classification) -> dict[str, str]:
    """Return code → description for every ICD-10-CM code submitted or suggested; an unknown code has none.

    A code with a 7th character is described by the code it extends.
    """
    known = {entry.code: entry.description for entry in classification.entries}
    found = ((code, _description(code, known)) for code in sorted(set(_codes(cases))))
    return {code: text for code, text in found if text}


def _codes(cases: Iterable[AuditedCase]) -> Iterator[str]:
    for audited in cases:
        yield from (line.code for line in audited.case.lines if line.system is CodeSystem.ICD10CM)
        yield from (code for finding in audited.findings for code in finding.suggested)


def _description(code: str, known: Mapping[str, str]) -> str:
    if code in known or len(code) != _SEVENTH_AT:
        return known.get(code, "")
    return known.get(code[:-1].rstrip("X").rstrip("."), "")
