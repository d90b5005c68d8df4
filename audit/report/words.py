"""How values are written for people: labels of the field's words, and numbers that never round a coder up."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

NARROW_SPACE = "\u202f"

_LABELS = {
    "meets": "meets",
    "below": "below",
    "not_shown": "not shown",
    "tool": "tool-proposed",
    "person": "person-determined",
    "poa": "present on admission",
    "drg": "DRG",
    "not_billable": "not billable",
    "invalid_code": "invalid code",
    "history_as_active": "history coded as active",
    "not_found": "not found",
    "not_assessed": "not assessed",
    "reference_data": "reference data",
    "ICD10CM": "ICD-10-CM",
    "ICD10PCS": "ICD-10-PCS",
    "per_coder": "per coder",
}


def label(word: str) -> str:
    """Return the field's word as a reader sees it."""
    return _LABELS.get(word, word.replace("_", " "))


def percent(share: float) -> str:
    """Return a share of 1 in per cent with one decimal, rounded down: 0.9499 is not shown as 95.0."""
    return _percent(share, ROUND_FLOOR)


def percent_up(share: float) -> str:
    """Return an upper limit in per cent with one decimal, rounded up, so that the interval drawn holds the true one."""
    return _percent(share, ROUND_CEILING)


def whole_percent(share: float) -> str:
    """Return a target in per cent with as many decimals as it was set with: 0.95 is 95 %."""
    return f"{format((Decimal(repr(share)) * 100).normalize(), 'f')}{NARROW_SPACE}%"


def number(value: float) -> str:
    """Return a count with thousands separated; a weighted one with one decimal."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def plural(count: float, one: str, many: str = "") -> str:
    """Return the count with its noun: 1 encounter, 2 encounters."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def _percent(share: float, rounding: str) -> str:
    # repr gives the shortest decimal of the double, so 0.57 is 57.0 and not 56.99…
    shown = (Decimal(repr(float(share))) * 100).quantize(Decimal("0.1"), rounding=rounding)
    return f"{shown}{NARROW_SPACE}%".replace("-", "\u2212")
