"""The ICD-10-CM Alphabetic Index: the official XML (main, external causes, neoplasm table), or its flat CSV form.

A row is a path of headings, outermost first, and the code it leads to. "See" references are followed to the row they
name; one that names no row (``by site``, ``condition``) is guidance for a person and yields nothing. Columns of the
neoplasm table become headings: ``Malignant neoplasm > breast``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from audit.codesets.official import Row, WrongFileError, table_rows
from audit.codesets.sources import Source
from audit.errors import UnreadableFileError

LEVELS = " > "
"""Stands between the headings of a path."""

_HEADER = ("RowID", "Letter", "Level", "Term", "See", "SeeAlso", "NonEssModif", "Code")
_CODE = re.compile(r"([A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?)\.?-?")
_COLUMNS = {
    "2": "Malignant neoplasm",
    "3": "Secondary malignant neoplasm",
    "4": "Carcinoma in situ",
    "5": "Benign neoplasm",
    "6": "Neoplasm of uncertain behavior",
    "7": "Neoplasm of unspecified behavior",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    path: tuple[str, ...]
    code: str
    see: str


def read_index(path: Source) -> Iterator[Row]:
    """Yield (path of headings joined by ``LEVELS``, code with dot, incomplete codes without their dash).

    Raises WrongFileError, UnreadableFileError.
    """
    is_xml = path.name.lower().endswith(".xml")
    return _rows(list(_from_xml(path) if is_xml else _from_csv(path)))


def _rows(entries: list[_Entry]) -> Iterator[Row]:
    known = _by_reference(entries)
    for entry in entries:
        code = entry.code or known.get(_plain(entry.see), "")
        if code:
            yield LEVELS.join(entry.path), code


def _by_reference(entries: Iterable[_Entry]) -> Mapping[str, str]:
    """Map what a "see" may say of a row to the row's code: all its headings, or the first form of each."""
    known: dict[str, str] = {}
    for entry in entries:
        if entry.code:
            firsts = [heading.partition(",")[0] for heading in entry.path]
            known.setdefault(_plain(", ".join(entry.path)), entry.code)
            known.setdefault(_plain(", ".join(firsts)), entry.code)
    return known


def _plain(text: str) -> str:
    return text.lower().removesuffix(" nec").strip()


def _from_csv(path: Source) -> Iterator[_Entry]:
    rows = table_rows(path, ",")
    line, header = next(rows, (1, []))
    if tuple(header) != _HEADER:
        raise WrongFileError(path, line, f"expected the header {','.join(_HEADER)}")
    above: list[str] = []
    for line, cells in rows:
        if not any(cells):
            continue
        if len(cells) != len(_HEADER) or not cells[2].isdigit() or int(cells[2]) > len(above):
            raise WrongFileError(path, line, "expected eight cells and a level that follows the row above")
        above = [*above[: int(cells[2])], cells[3]]
        yield _Entry(tuple(above), _code(path, line, cells[7]), cells[4])


def _from_xml(path: Source) -> Iterator[_Entry]:
    try:
        root = ET.fromstring(path.read_bytes())  # noqa: S314 - expat bounds entity expansion and opens no external entity
    except OSError as error:
        raise UnreadableFileError.at(str(path), error) from None
    except ET.ParseError as error:
        raise WrongFileError(path, error.position[0], "not xml") from None
    if root.tag != "ICD10CM.index":
        raise WrongFileError(path, 1, "not the icd-10-cm index")
    for term in root.iterfind("letter/mainTerm"):
        yield from _walk(path, term, ())


def _walk(path: Source, term: ET.Element, above: tuple[str, ...]) -> Iterator[_Entry]:
    headings = (*above, _title(term.find("title")))
    code = _code(path, None, _text(term.find("code")))
    cells = {column: _text(cell) for cell in term.iterfind("cell") if (column := cell.get("col", "")) in _COLUMNS}
    for column, text in cells.items():
        yield _Entry((_COLUMNS[column], *headings[1:]), _code(path, None, text), "")
    if not cells:
        yield _Entry(headings, code, _text(term.find("see")))
    for below in term.iterfind("term"):
        yield from _walk(path, below, headings)


def _title(element: ET.Element | None) -> str:
    """Return the heading without its nonessential modifiers, which a speaker may leave out."""
    if element is None:
        return ""
    parts = [element.text or "", *(child.tail or "" for child in element)]
    return " ".join(" ".join(parts).split())


def _text(element: ET.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _code(path: Source, line: int | None, text: str) -> str:
    """Return the code without the dash of an incomplete one; '' and '-' are no code. Raises WrongFileError."""
    if text in {"", "-"}:
        return ""
    found = _CODE.match(text)
    if not found:
        raise WrongFileError(path, line, "expected a code of icd-10-cm")
    return found[1]
