"""How values are written for people: labels of the field's words, and numbers that never round a coder up."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

NARROW_SPACE = "\u202f"
_MOST_DIGITS = 6

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


def percent(share: float, target: float | None = None) -> str:
    """Return a share of 1 in per cent with one decimal, rounded down: 0.9499 is not shown as 95.0.

    With a ``target``, with as many decimals more as it takes to stay on its own side of it.
    """
    return _percent(share, ROUND_FLOOR, target)


def percent_up(share: float, target: float | None = None) -> str:
    """Return an upper limit in per cent, rounded up, so that the interval printed holds the true one; else the same."""
    return _percent(share, ROUND_CEILING, target)


def whole_percent(share: float) -> str:
    """Return a target in per cent with as many decimals as it was set with: 0.95 is 95 %."""
    return f"{format((Decimal(repr(share)) * 100).normalize(), 'f')}{NARROW_SPACE}%"


def number(value: float) -> str:
    """Return a count with thousands separated; a weighted one with one decimal."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def quantity(text: str) -> str:
    """Return units as a claim says them: the table's 1.000 is 1."""
    return f"{Decimal(text).normalize():f}"


def plural(count: float, one: str, many: str = "") -> str:
    """Return the count with its noun: 1 encounter, 2 encounters."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def _percent(share: float, rounding: str, target: float | None) -> str:
    # repr gives the shortest decimal of the double, so 0.57 is 57.0 and not 56.99…
    exact = Decimal(repr(float(share))) * 100
    aim = None if target is None else Decimal(repr(float(target))) * 100
    steps = (exact.quantize(Decimal(1).scaleb(-digits), rounding=rounding) for digits in range(1, _MOST_DIGITS))
    shown = next((step for step in steps if aim is None or (step >= aim) == (exact >= aim)), exact)
    return f"{shown:f}{NARROW_SPACE}%".replace("-", "\u2212")
