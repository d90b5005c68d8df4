"""What the readers of official files share: numbered lines, codes, days, and one way to refuse a file whole."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from typing import TextIO

from audit.codesets.sources import Source, sheet_rows
from audit.errors import InputError, UnreadableFileError

Row = Sequence[object]
"""The cells of one row in the order of the table's columns; None where there is nothing."""

HEADER_WITHIN = 40
"""Lines of notices that may stand before the header of an official file."""

_CODE = re.compile(r"[0-9A-Z]{5}")


class WrongFileError(InputError):
    """The file is not the official file of its kind: another layout, truncated, or an error page saved as a table."""

    def __init__(self, path: Source, line: int | None, problem: str) -> None:
        """Name the file, the first line that does not fit, and what was expected there."""
        place = path.name if line is None else f"{path.name}, line {line}"
        super().__init__(f"{place}: {problem}", hint="give the file as CMS or CDC publishes it; nothing was imported")


def text_lines(path: Source) -> Iterator[tuple[int, str]]:
    """Yield (line number, line without its end). Raises UnreadableFileError."""
    with _opened(path) as stream:
        for number, line in enumerate(stream, start=1):
            yield number, line.rstrip("\r\n")


def table_rows(path: Source, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the line where the row ends, cells without surrounding blanks). Raises WrongFileError.

    A workbook (``.xlsx``) gives the rows of its first sheet, whatever the delimiter.
    """
    if path.name.lower().endswith(".xlsx"):
        yield from enumerate(sheet_rows(path), start=1)
        return
    with _opened(path) as stream:
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield reader.line_num, [" ".join(cell.split()) for cell in cells]
        except csv.Error:
            raise WrongFileError(path, reader.line_num, "not text, or a quote is not closed") from None


def code(path: Source, line: int, text: str) -> str:
    """Return a procedure code of five letters and digits. Raises WrongFileError."""
    if not _CODE.fullmatch(text.upper()):
        raise WrongFileError(path, line, "expected a code of five letters and digits")
    return text.upper()


def is_code(text: str) -> bool:
    """Whether ``text`` is a procedure code of five letters and digits."""
    return _CODE.fullmatch(text.upper()) is not None


@lru_cache(maxsize=4096)
def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{8}", text) else None
    except ValueError:
        return None


def day(path: Source, line: int, text: str) -> date:
    """Return a day written YYYYMMDD. Raises WrongFileError."""
    found = _day_of(text)
    if found is None:
        raise WrongFileError(path, line, "expected a date written YYYYMMDD")
    return found


@contextmanager
def _opened(path: Source) -> Iterator[TextIO]:
    """Open as UTF-8. Older files hold a few Windows-1252 signs in their prose, which become the replacement sign."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            yield stream
    except OSError as error:
        raise UnreadableFileError.at(str(path), error) from None
