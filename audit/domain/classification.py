"""A diagnosis classification as the chart reader needs it: plain entries, handed over by the flow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry:
    """One node of ICD-10-CM below the block: category, subcategory or code. ``parent`` is None for a category.

    ``code`` is printed with dot. ``billable``: valid for submission. ``inclusion_terms`` and ``includes``
    are the notes' text.
    Codes that end in a 7th character have ``seventh`` set to it, and their parent is the code they extend.
    """

    code: str
    description: str
    parent: str | None
    billable: bool
    inclusion_terms: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    seventh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """One edition of the classification: its entries in tabular order and the dates it is in force."""

    edition: str
    digest: str
    in_force_from: date
    in_force_to: date
    entries: tuple[CodeEntry, ...]
