"""Other tables as CMS publishes them: codes exempt from POA reporting, and HCPCS Level II."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from audit.codesets.official import HEADER_WITHIN, Row, WrongFileError, day, table_rows, text_lines
from audit.codesets.sources import Source
from audit.domain.codes import CodeSystem, normalise_code

_DIAGNOSIS = re.compile(r"[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{1,4})?")
_LICENSED = re.compile(r"\d{4}[0-9AFMTU]|D\d{4}")
"""Codes whose descriptions belong to the AMA or the ADA: their text is dropped."""
_HCPCS_WIDTH = 293
_END_OF_FILE = "\x1a"
_SHEET = ("HCPC", "RECID", "LONG DESCRIPTION", "COV", "ADD DT", "ACT EFF DT", "TERM DT")


def read_poa_exempt(path: Source) -> Iterator[Row]:
    """Yield (code,) of the tab-delimited list: order number, code, description. Raises WrongFileError."""
    header = False
    for line, cells in table_rows(path, "\t"):
        if not any(cells):
            continue
        if not header:
            header = any("exempt" in cell.lower() or cell.lower() == "code" for cell in cells)
            if not header and line > HEADER_WITHIN:
                break
            continue
        code = normalise_code(CodeSystem.ICD10CM, cells[1] if len(cells) > 1 else "")
        if not _DIAGNOSIS.fullmatch(code):
            raise WrongFileError(path, line, "expected an order number and a diagnosis code")
        yield (code,)
    if not header:
        raise WrongFileError(path, 1, "no header that names the exempt codes")


def read_hcpcs(path: Source) -> Iterator[Row]:
    """Yield (code, is a modifier, description or None, coverage, added, effective, terminated) of the ANWEB file.

    The long description goes on over continuation lines; a workbook has it in the same rows. Raises WrongFileError.
    """
    yield from _sheet(path) if path.name.lower().endswith(".xlsx") else _fixed_width(path)


def _sheet(path: Source) -> Iterator[Row]:
    rows = table_rows(path, ",")
    header = [cell.upper() for cell in next(rows, (1, []))[1]]
    if not set(_SHEET) <= set(header):
        raise WrongFileError(path, 1, "expected the header HCPC, SEQNUM, RECID, LONG DESCRIPTION, …")
    places = [header.index(name) for name in _SHEET]
    record: list[str] | None = None
    fields: Row = ()
    for line, cells in rows:
        code, kind, text, coverage, *dates = (cells[place] if place < len(cells) else "" for place in places)
        if kind in {"3", "7"}:
            if record is not None:
                yield _finished(fields, record)
            if not re.fullmatch(r"[A-Z0-9]{2}" if kind == "7" else r"[A-Z0-9]{5}", code):
                raise WrongFileError(path, line, "expected a code in column HCPC")
            fields = (code, kind == "7", coverage or None, *(_day(path, line, text) for text in dates))
            record = [text]
        elif kind in {"4", "8"} and record is not None:
            record.append(text)
        elif any(cells):
            raise WrongFileError(path, line, "expected record id 3, 4, 7 or 8 in column RECID")
    if record is not None:
        yield _finished(fields, record)


def _fixed_width(path: Source) -> Iterator[Row]:
    record: list[str] | None = None
    fields: Row = ()
    for line, text in text_lines(path):
        if not text.strip() or text == _END_OF_FILE:
            continue
        kind = text[10:11]
        if kind in {"3", "7"}:
            if record is not None:
                yield _finished(fields, record)
            fields, record = _first_line(path, line, text), [text[11:91].strip()]
        elif kind in {"4", "8"} and record is not None:
            record.append(text[11:91].strip())
        else:
            raise WrongFileError(path, line, "expected record id 3, 4, 7 or 8 in column 11")
    if record is not None:
        yield _finished(fields, record)


def _first_line(path: Source, line: int, text: str) -> Row:
    if len(text) < _HCPCS_WIDTH:
        raise WrongFileError(path, line, f"expected at least {_HCPCS_WIDTH} columns, found {len(text)}")
    modifier = text[10] == "7"
    code = text[:5].strip()
    if not re.fullmatch(r"[A-Z0-9]{2}" if modifier else r"[A-Z0-9]{5}", code):
        raise WrongFileError(path, line, "expected a code in columns 1 to 5")
    dates = [_day(path, line, text[start : start + 8]) for start in (268, 276, 284)]
    return (code, modifier, text[229].strip() or None, *dates)


def _finished(fields: Row, description: list[str]) -> Row:
    code, modifier, coverage, *dates = fields
    kept = None if _LICENSED.fullmatch(str(code)) else " ".join(part for part in description if part)
    return (code, modifier, kept, coverage, *dates)


def _day(path: Source, line: int, text: str) -> date | None:
    return day(path, line, text) if text.strip() else None
