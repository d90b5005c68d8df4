"""How values are written for people: labels of the field's words, counts and quantities."""

from __future__ import annotations

from decimal import Decimal

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


def number(value: float) -> str:
    """Return a count with thousands separated; a weighted one with one decimal."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def quantity(text: str) -> str:
    """Return units as a claim says them: the table's 1.000 is 1."""
    return f"{Decimal(text).normalize():f}"


def plural(count: float, one: str, many: str = "") -> str:
    """Return the count with its noun: 1 encounter, 2 encounters."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"
