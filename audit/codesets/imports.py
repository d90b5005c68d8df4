"""Which reader reads which kind of official file, and what its name tells of its dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from audit.codesets.classified import read_dates, read_order, read_procedure_order, read_procedure_tables
from audit.codesets.cms import read_hcpcs, read_poa_exempt
from audit.codesets.index import read_index
from audit.codesets.ncci import read_mue, read_ptp
from audit.codesets.official import Row
from audit.codesets.services import (
    read_add_on,
    read_articles,
    read_codes,
    read_fee_schedule,
    read_modifiers,
    read_places,
)
from audit.codesets.sources import Source

Reader = Callable[[Source], Iterator[Row]]

INDEX = "icd10cm-index"
"""The Alphabetic Index: names for the reader of notes."""

READERS: Mapping[str, Reader] = {
    "ncci-ptp-practitioner": read_ptp,
    "ncci-ptp-hospital": read_ptp,
    "mue-practitioner": read_mue,
    "mue-hospital": read_mue,
    "mue-dme": read_mue,
    "poa-exempt": read_poa_exempt,
    "hcpcs": read_hcpcs,
    "icd10cm-order": read_order,
    "icd10-dates": read_dates,
    "icd10pcs-order": read_procedure_order,
    "icd10pcs-tables": read_procedure_tables,
    "ncci-aoc": read_add_on,
    "pfs-rvu": read_fee_schedule,
    "mcd": read_articles,
    "code-list": read_codes,
    "pos": read_places,
    "modifiers": read_modifiers,
    INDEX: read_index,
}
"""Kinds that are read row by row."""

TABULAR = "icd10cm-tabular"
"""The kind that is compiled instead."""

IMPORTABLE = (TABULAR, *READERS)
"""Every kind that ``tables import`` and a plan take."""

YEARLY = frozenset({TABULAR, INDEX, "poa-exempt", "icd10cm-order", "icd10-dates", "icd10pcs-order", "icd10pcs-tables"})
"""Kinds whose edition ends with the fiscal year; the others end with the quarter."""

_EFFECTIVE = re.compile(r"Eff_(\d{2})-(\d{2})-(\d{4})", re.IGNORECASE)
_VERSION = re.compile(r"-v(\d{2})(\d)r\d", re.IGNORECASE)
_FISCAL = re.compile(r"icd-?10-?(?:cm|pcs)[_-](?:order|tables|tabular|e?index)[_-](\d{4})", re.IGNORECASE)
_FIRST_VERSION_YEAR = 1994
_QUARTER = 3


def dates_in_name(name: str) -> date | None:
    """Return the first day in force that an official file name states, or None.

    MUE files say ``Eff_MM-DD-YYYY``; PTP files have a version ``v322r0``: the digits before the last count years from
    1994, the last one quarters from 0. ICD-10 files are named by the fiscal year, which begins on 1 October before.
    """
    if found := _EFFECTIVE.search(name):
        month, day, year = found.groups()
        return _day(f"{year}-{month}-{day}")
    if found := _VERSION.search(name):
        year, quarter = (int(part) for part in found.groups())
        return date(_FIRST_VERSION_YEAR + year, 1 + _QUARTER * (quarter % 4), 1)
    if found := _FISCAL.search(name):
        return date(int(found[1]) - 1, 10, 1)
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def usual_end(kind: str, first: date) -> date:
    """Return the last day of the fiscal year (30 September) or calendar quarter in which ``first`` lies."""
    if kind in YEARLY:
        end = date(first.year, 9, 30)
        return end if first <= end else date(first.year + 1, 9, 30)
    month = (first.month - 1) // _QUARTER * _QUARTER + 1 + _QUARTER
    after = date(first.year + month // 13, month if month < 13 else 1, 1)  # noqa: PLR2004 - the 13th month is January
    return after - timedelta(days=1)
