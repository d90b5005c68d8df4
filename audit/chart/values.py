"""Evidence that is a number: the body mass index behind Z68 (adults by kg/m2), the weeks of gestation behind Z3A."""

from __future__ import annotations

import re

from audit.chart.decide import Decision, Reason
from audit.chart.scan import Scanned
from audit.domain.finding import Span, Support

_BODY_MASS = re.compile(r"(?i)\b(?:bmi|body mass index)\b[^\d\n;]{0,25}(\d{2}(?:\.\d{1,2})?)(?![\d/%])")
_ADULT = "Z68.5"
_WEEKS = re.compile(
    r"(?i)\b(\d{1,2})(?:\s*w(?:ee)?ks?\s*(?:and\s*)?\d\s*d(?:ays?)?|w\d?d?|\s+[0-6]/7\s*w(?:ee)?ks?|[\s-]*w(?:ee)?ks?)"
    r"(?:\s*(?:of\s*)?(?:gestation|pregnan\w+|ga\b|iup\b)|(?=\s*gestation))"
    r"|\b(?:gestational age|ega|ga|iup at)\b[^\d\n;]{0,15}(\d{1,2})\s*(?:w|\+|[0-6]/7)"
    r"|\bg\d+\s?p\d+\D{0,20}(\d{1,2})\s*(?:w|\+|[0-6]/7)"
)
_NO_WEEKS = ("Z3A.00",)
_FIRST_WEEK = 8
_LAST_WEEK = 42
_STEPS = ((70.0, "Z68.45"), (60.0, "Z68.44"), (50.0, "Z68.43"), (45.0, "Z68.42"), (40.0, "Z68.41"))
_LOWEST = 20


def by_value(decision: Decision, scanned: Scanned) -> Decision:
    """Return the decision on a code that a number decides: supported by one stated, contradicted where all differ."""
    kind = next((kind for kind in _KINDS if decision.code.startswith(kind[0])), None)
    if kind is None or decision.code.startswith((_ADULT, *_NO_WEEKS)):
        return decision
    _, pattern, code_of, detail = kind
    stated = [
        (code_of(float(match[match.lastindex or 0])), scanned.span(number, match.start(), match.end()))
        for number, document in enumerate(scanned.documents)
        for match in pattern.finditer(document.text)
    ]
    if not stated:
        return decision
    agreeing = tuple(span for code, span in stated if code == decision.code)
    return _by_value(decision, agreeing) if agreeing else _contrary(decision, stated, detail)


def _by_value(decision: Decision, spans: tuple[Span, ...]) -> Decision:
    return Decision(
        code=decision.code,
        support=Support.SUPPORTED,
        category_support=Support.SUPPORTED,
        reason=Reason.EVIDENCE,
        spans=spans[:3],
    )


def _contrary(decision: Decision, stated: list[tuple[str, Span]], detail: str) -> Decision:
    return Decision(
        code=decision.code,
        support=Support.CONTRADICTED,
        category_support=Support.SUPPORTED,
        reason=Reason.ATTRIBUTE,
        spans=tuple(span for _, span in stated[:3]),
        suggested=tuple(dict.fromkeys(code for code, _ in stated)),
        detail=detail,
    )


def _body_mass_code(value: float) -> str:
    for least, code in _STEPS:
        if value >= least:
            return code
    return "Z68.1" if value < _LOWEST else f"Z68.{int(value)}"


def _weeks_code(weeks: float) -> str:
    if weeks < _FIRST_WEEK:
        return "Z3A.01"
    return f"Z3A.{int(weeks)}" if weeks <= _LAST_WEEK else "Z3A.49"


_KINDS = (
    ("Z68", _BODY_MASS, _body_mass_code, "body mass index"),
    ("Z3A", _WEEKS, _weeks_code, "weeks of gestation"),
)
