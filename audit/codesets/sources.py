"""Where rows come from: a file as published, or a file inside a zip, read in place; text, CSV or a workbook."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import InputError, UnreadableFileError

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Source = Path | zipfile.Path
"""A file, or a file inside a zip: both open, read and have a name alike."""

_FORMATS = (".txt", ".csv", ".xml", ".xlsx")
"""CMS packs one table in several formats: the first of these that is there is read."""
_NAMED: Mapping[str, str] = {
    "icd10cm-order": "order",
    "icd10pcs-order": "order",
    "icd10cm-tabular": "tabular",
    "icd10cm-index": "index",
    "icd10pcs-tables": "tables",
    "hcpcs": "anweb",
    "pfs-rvu": "pprrvu",
}
"""What the name of the table's file contains, where a zip holds other tables too."""
_NEVER = ("layout", "readme", "addenda", "__macosx")


class WrongZipError(InputError):
    """The file is called a zip and is none, or holds no file of the kind asked for."""


def sources_of(kind: str, path: Path) -> list[Source]:
    """Return the file itself, or the files of the kind inside a zip, in the order of their names.

    Raises WrongZipError, UnreadableFileError.
    """
    if path.suffix.lower() != ".zip":
        return [path]
    try:
        members = sorted(_members(zipfile.Path(path)), key=str)
    except OSError as error:
        raise UnreadableFileError.at(path, error) from None
    except zipfile.BadZipFile:
        raise WrongZipError(f"{path.name}: not a zip file", hint="download it again; nothing was imported") from None
    fitting = [member for member in members if _NAMED.get(kind, "") in member.name.lower()]
    for suffix in _FORMATS:
        chosen: list[Source] = [member for member in fitting if member.name.lower().endswith(suffix)]
        if chosen:
            return chosen
    raise WrongZipError(f"{path.name}: holds no file of kind {kind}", hint="unpack it and give the file itself")


def sheet_rows(source: Source) -> Iterator[list[str]]:
    """Yield the rows of the first sheet of a workbook as text; a whole number has no point, a day is YYYYMMDD.

    Raises WrongZipError where the file is no workbook.
    """
    from python_calamine import CalamineError

    try:
        sheet = _workbook(source).get_sheet_by_index(0)
        for row in sheet.iter_rows():
            yield [_text(cell) for cell in row]
    except (CalamineError, IndexError):
        raise WrongZipError(f"{source.name}: not a workbook", hint="download it again; nothing was imported") from None


def _workbook(source: Source) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(source.read_bytes()))


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    written = getattr(cell, "strftime", None)
    return str(written("%Y%m%d")) if written else " ".join(str(cell).split())


def _members(folder: zipfile.Path) -> Iterator[zipfile.Path]:
    for member in folder.iterdir():
        if member.is_dir():
            yield from _members(member)
        elif not any(word in str(member).lower() for word in _NEVER):
            yield member
