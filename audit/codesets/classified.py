"""ICD-10 files beside the tabular list: order files, PCS tables, and the effective-dated master of codes.

Layouts: the order file is fixed width (order number 1-5, code 7-13, flag 15, short title 17-76, long title from 78);
PCS tables are XML of axes 1-3 and rows of axes 4-7; the master is CSV ``code,begin,end,attributes``, days YYYYMMDD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from audit.codesets.official import Row, WrongFileError, day, table_rows, text_lines
from audit.codesets.sources import Source
from audit.domain.codes import CodeSystem, normalise_code

DIAGNOSIS = re.compile(r"[A-Z][0-9A-Z]{2}(\.[0-9A-Z]{1,4})?")
_PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_PROCEDURE_OR_TABLE = re.compile(r"[0-9A-HJ-NP-Z]{3,7}")
_AXES = 3


def read_order(source: Source) -> Iterator[Row]:
    """Yield (code with dot, billable, short title, long title) of the ICD-10-CM order file. Raises WrongFileError."""
    for line, code, billable, short, long in _ordered(source):
        dotted = normalise_code(CodeSystem.ICD10CM, code)
        if not DIAGNOSIS.fullmatch(dotted):
            raise WrongFileError(source, line, "expected a diagnosis code in columns 7 to 13")
        yield dotted, billable, short, long


def read_procedure_order(source: Source) -> Iterator[Row]:
    """Yield (code, billable, short title, long title) of the ICD-10-PCS order file. Raises WrongFileError."""
    for line, code, billable, short, long in _ordered(source):
        if not (_PROCEDURE if billable else _PROCEDURE_OR_TABLE).fullmatch(code):
            raise WrongFileError(source, line, "expected a procedure code in columns 7 to 13")
        yield code, billable, short, long


def _ordered(source: Source) -> Iterator[tuple[int, str, bool, str, str]]:
    for line, text in text_lines(source):
        if not text.strip():
            continue
        if not re.fullmatch(r"[0-9]{5} [0-9A-Z ]{7} [01] ", text[:16]):
            raise WrongFileError(source, line, "expected order number, code and flag in columns 1 to 15")
        yield line, text[6:13].strip(), text[14] == "1", text[16:76].strip(), text[77:].strip()


def read_dates(source: Source) -> Iterator[Row]:
    """Yield (system, code, first day, last day or None, attributes with ``;``). Raises WrongFileError.

    A file is of one system: procedure codes begin with a digit in its first row, diagnosis codes never do.
    """
    rows = table_rows(source, ",")
    if next(rows, (1, []))[1][:4] != ["code", "begin", "end", "attributes"]:
        raise WrongFileError(source, 1, "expected the header code,begin,end,attributes")
    system: CodeSystem | None = None
    for line, cells in rows:
        if len(cells) != _AXES + 1:
            raise WrongFileError(source, line, f"expected 4 columns, found {len(cells)}")
        system = system or (CodeSystem.ICD10PCS if cells[0][:1].isdigit() else CodeSystem.ICD10CM)
        code = normalise_code(system, cells[0])
        if not (DIAGNOSIS if system is CodeSystem.ICD10CM else _PROCEDURE).fullmatch(code):
            raise WrongFileError(source, line, "expected a code of the system of the first row")
        yield (
            system.value,
            code,
            day(source, line, cells[1]),
            day(source, line, cells[2]) if cells[2] else None,
            cells[3],
        )


def read_procedure_tables(source: Source) -> Iterator[Row]:
    """Yield (first three characters, row of the table, position 4-7, character, title). Raises WrongFileError."""
    root = xml_root(source, "ICD10PCS.tabular")
    for table in root.iter("pcsTable"):
        labels = [axis.find("label") for axis in table.iterfind("axis")][:_AXES]
        prefix = "".join(label.get("code", "") for label in labels if label is not None)
        if len(prefix) != _AXES:
            raise WrongFileError(source, None, "a table without its three first axes")
        for number, row in enumerate(table.iterfind("pcsRow"), start=1):
            for axis in row.iterfind("axis"):
                for label in axis.iterfind("label"):
                    title = " ".join("".join(label.itertext()).split())
                    yield prefix, number, int(axis.get("pos", "0")), label.get("code", ""), title


def xml_root(source: Source, tag: str) -> ET.Element:
    """Return the root of an XML file. Raises WrongFileError where it is not ``tag``."""
    try:
        root = ET.fromstring(source.read_bytes())  # noqa: S314 - expat bounds entity expansion and opens no entity
    except ET.ParseError as error:
        raise WrongFileError(source, error.position[0], "not xml") from None
    if root.tag != tag:
        raise WrongFileError(source, 1, f"expected the xml of {tag}")
    return root
