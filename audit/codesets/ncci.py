"""NCCI files as CMS publishes them: PTP edits (tab-delimited text) and MUE values (CSV).

Their rationale columns are not read. A copyright notice and a header over several lines come first.
"""

from __future__ import annotations

from collections.abc import Iterator

from audit.codesets.official import HEADER_WITHIN, Row, WrongFileError, code, day, is_code, table_rows
from audit.codesets.sources import Source

_INDICATORS = frozenset({"0", "1", "9"})
_ADJUDICATIONS = frozenset({"1", "2", "3"})
_PTP_CELLS = 6
_MUE_CELLS = 3


def read_ptp(path: Source) -> Iterator[Row]:
    """Yield (column1, column2, effective, deletion or None, modifier indicator). Raises WrongFileError."""
    rows = table_rows(path, "\t")
    _skip_to(path, rows, "column 1")
    before_data = True
    for line, cells in rows:
        if not any(cells) or (before_data and not is_code(cells[0])):
            continue  # the header goes on over several lines
        before_data = False
        if len(cells) < _PTP_CELLS:
            raise WrongFileError(path, line, f"expected {_PTP_CELLS} columns or more, found {len(cells)}")
        if cells[5] not in _INDICATORS:
            raise WrongFileError(path, line, "expected modifier indicator 0, 1 or 9")
        deleted = None if cells[4] in {"", "*"} else day(path, line, cells[4])
        yield code(path, line, cells[0]), code(path, line, cells[1]), day(path, line, cells[3]), deleted, cells[5]


def read_mue(path: Source) -> Iterator[Row]:
    """Yield (code, value, adjudication indicator 1, 2 or 3). Raises WrongFileError."""
    rows = table_rows(path, ",")
    _skip_to(path, rows, "hcpcs")
    for line, cells in rows:
        if not any(cells):
            continue
        if len(cells) < _MUE_CELLS:
            raise WrongFileError(path, line, f"expected {_MUE_CELLS} columns or more, found {len(cells)}")
        if not (cells[1].isascii() and cells[1].isdigit()):
            raise WrongFileError(path, line, "expected a whole number of units")
        if cells[2][:1] not in _ADJUDICATIONS:
            raise WrongFileError(path, line, "expected adjudication indicator 1, 2 or 3")
        yield code(path, line, cells[0]), int(cells[1]), cells[2][:1]


def _skip_to(path: Source, rows: Iterator[tuple[int, list[str]]], start: str) -> None:
    """Advance past the header, whose first cell begins with ``start``."""
    for line, cells in rows:
        if cells and cells[0].lower().startswith(start):
            return
        if line > HEADER_WITHIN:
            break
    raise WrongFileError(path, 1, f"no header that begins with {start}")
