"""Tables of services: add-on codes, physician fee schedule indicators, article groups, places, modifiers, plain lists.

Descriptions in these files belong to the AMA or the ADA where they describe CPT or CDT codes: none is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from audit.codesets.classified import DIAGNOSIS
from audit.codesets.official import HEADER_WITHIN, Row, WrongFileError, code, day, is_code, table_rows
from audit.codesets.sources import Source
from audit.domain.codes import CodeSystem, normalise_code

_PFS_CELLS = 31
_PFS_KEPT = (1, 3, 13, 14, 18, 19, 20, 21, 22)
"""Modifier, status, PC/TC, global days, multiple, bilateral, assistant, co-surgeons, team: places in the row."""
_ADD_ON = {"add_on": r"add-?on code", "primary": r"primary code", "type": r"type"}
_ADD_ON_DATES = {"effective": r"effective date", "deletion": r"(deletion|end) date"}
_CONTRACTOR = "CCCCC"
_TITLE = re.compile(r"CODE|MODIFIER|PLACE|POS|HCPC|CPT")
"""What the header of a plain list is called; codes hold a digit, and no modifier is called so."""
_MCD: Mapping[str, tuple[str, str, str]] = {
    "icd10_code_id": ("icd10_covered_group", "icd10_noncovered_group", "diagnosis"),
    "hcpc_code_id": ("hcpc_code_group", "hcpc_code_group", "procedure"),
}


def read_fee_schedule(source: Source) -> Iterator[Row]:
    """Yield (code, modifier, status, PC/TC, global days, multiple, bilateral, assistant, co-surgeons, team).

    The rows stand below the one that begins with HCPCS. Raises WrongFileError.
    """
    rows = _below(source, "hcpcs")
    for line, cells in rows:
        if not any(cells):
            continue
        if len(cells) < _PFS_CELLS or not is_code(cells[0]):
            raise WrongFileError(source, line, f"expected a code and {_PFS_CELLS} columns, found {len(cells)}")
        yield (cells[0].upper(), *(cells[place] or None for place in _PFS_KEPT))


def read_add_on(source: Source) -> Iterator[Row]:
    """Yield (add-on code, primary code or None where the contractor defines it, type 1-3, effective, deletion).

    Columns are found by their names. Raises WrongFileError.
    """
    rows = _any_rows(source)
    places = _header(source, rows, _ADD_ON, _ADD_ON_DATES)
    for line, cells in rows:
        if not any(cells):
            continue
        given = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        kind = given["type"][-1:]
        if kind not in {"1", "2", "3"}:
            raise WrongFileError(source, line, "expected type 1, 2 or 3")
        primary = None if given["primary"] in {"", _CONTRACTOR} else code(source, line, given["primary"])
        begins, ends = (_day(source, line, given.get(name, "")) for name in ("effective", "deletion"))
        yield code(source, line, given["add_on"]), primary, kind, begins, ends


def read_articles(source: Source) -> Iterator[Row]:
    """Yield (article, version, ``diagnosis`` or ``procedure``, covered, group, code) of an article's code table.

    Tables of diagnoses are told from those of procedures, and covered from not covered, by their columns. Raises
    WrongFileError.
    """
    rows = table_rows(source, ",")
    header = [cell.lower() for cell in next(rows, (1, []))[1]]
    kind = next((column for column in _MCD if column in header), None)
    group = next((column for column in _MCD[kind][:2] if column in header), None) if kind else None
    if kind is None or group is None or not {"article_id", "article_version"} <= set(header):
        raise WrongFileError(source, 1, "expected the header of an article's diagnosis or procedure codes")
    for line, cells in rows:
        if len(cells) != len(header):
            raise WrongFileError(source, line, f"expected {len(header)} columns, found {len(cells)}")
        row = dict(zip(header, cells, strict=True))
        role = _MCD[kind][2]
        said = normalise_code(CodeSystem.ICD10CM, row[kind]) if role == "diagnosis" else code(source, line, row[kind])
        if role == "diagnosis" and not DIAGNOSIS.fullmatch(said):
            raise WrongFileError(source, line, "expected a diagnosis code")
        yield row["article_id"], row["article_version"], role, "noncovered" not in group, row[group], said


def read_codes(source: Source) -> Iterator[Row]:
    """Yield (code,) of a plain list: one code a line or in the first column, a header ``code`` or none."""
    yield from _first_cells(source, r"[0-9A-Z.]{3,8}", "expected a code of three to eight letters and digits")


def read_places(source: Source) -> Iterator[Row]:
    """Yield (place of service,): two digits in the first column. Raises WrongFileError."""
    yield from _first_cells(source, r"[0-9]{2}", "expected a place of service of two digits")


def read_modifiers(source: Source) -> Iterator[Row]:
    """Yield (modifier,): two letters or digits in the first column; names are not kept. Raises WrongFileError."""
    yield from _first_cells(source, r"[0-9A-Z]{2}", "expected a modifier of two letters and digits")


def _first_cells(source: Source, form: str, expected: str) -> Iterator[Row]:
    for line, cells in _any_rows(source):
        said = cells[0].upper() if cells else ""
        if not said or (line == 1 and _TITLE.search(said) and not re.search("[0-9]", said)):
            continue
        if not re.fullmatch(form, said):
            raise WrongFileError(source, line, expected)
        yield (said,)


def _any_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    return table_rows(source, "\t" if source.name.lower().endswith(".txt") else ",")


def _below(source: Source, start: str) -> Iterator[tuple[int, list[str]]]:
    rows = _any_rows(source)
    for line, cells in rows:
        if cells and cells[0].lower() == start:
            return rows
        if line > HEADER_WITHIN:
            break
    raise WrongFileError(source, 1, f"no header that begins with {start.upper()}")


def _header(
    source: Source, rows: Iterator[tuple[int, list[str]]], needed: Mapping[str, str], more: Mapping[str, str]
) -> dict[str, int]:
    """Advance past the row that names every needed column and return where each is; the first that fits counts."""
    for line, cells in rows:
        found = {
            name: next((n for n, cell in enumerate(cells) if re.search(form, cell, re.IGNORECASE)), -1)
            for name, form in {**needed, **more}.items()
        }
        if all(found[name] >= 0 for name in needed):
            return {name: place for name, place in found.items() if place >= 0}
        if line > HEADER_WITHIN:
            break
    raise WrongFileError(source, 1, f"no header with columns {', '.join(needed)}")


def _day(source: Source, line: int, text: str) -> object:
    return day(source, line, text) if text not in {"", "*"} else None
