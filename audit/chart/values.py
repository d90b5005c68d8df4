"""Evidence that is a number: the body mass index behind Z68 (ICD-10-CM tabular list, Z68: adults by kg/m2)."""

from __future__ import annotations

import re

from audit.chart.decide import Decision, Reason
from audit.chart.scan import Scanned
from audit.domain.finding import Span, Support

_BODY_MASS = re.compile(r"(?i)\b(?:bmi|body mass index)\b[^\d\n;]{0,25}(\d{2}(?:\.\d{1,2})?)(?![\d/%])")
_ADULT = "Z68.5"
_STEPS = ((70.0, "Z68.45"), (60.0, "Z68.44"), (50.0, "Z68.43"), (45.0, "Z68.42"), (40.0, "Z68.41"))
_LOWEST = 20


def body_mass(decision: Decision, scanned: Scanned) -> Decision:
    """Return the decision on a Z68 code by the stated values: supported by one, contradicted where all differ."""
    if not decision.code.startswith("Z68") or decision.code.startswith(_ADULT):
        return decision
    stated = [
        (_code(float(match[1])), scanned.span(number, match.start(), match.end()))
        for number, document in enumerate(scanned.documents)
        for match in _BODY_MASS.finditer(document.text)
    ]
    if not stated:
        return decision
    agreeing = tuple(span for code, span in stated if code == decision.code)
    return _by_value(decision, agreeing) if agreeing else _contrary(decision, stated)


def _by_value(decision: Decision, spans: tuple[Span, ...]) -> Decision:
    return Decision(
        code=decision.code,
        support=Support.SUPPORTED,
        category_support=Support.SUPPORTED,
        reason=Reason.EVIDENCE,
        spans=spans[:3],
    )


def _contrary(decision: Decision, stated: list[tuple[str, Span]]) -> Decision:
    return Decision(
        code=decision.code,
        support=Support.CONTRADICTED,
        category_support=Support.SUPPORTED,
        reason=Reason.ATTRIBUTE,
        spans=tuple(span for _, span in stated[:3]),
        suggested=tuple(dict.fromkeys(code for code, _ in stated)),
        detail="body mass index",
    )


def _code(value: float) -> str:
    for least, code in _STEPS:
        if value >= least:
            return code
    return "Z68.1" if value < _LOWEST else f"Z68.{int(value)}"
