"""Where a CSV file breaks, found by reading it again slowly: the database says it only in words that quote the row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def width_fault(path: Path, width: int, limit: int) -> str:
    """Say which is the first row that has not ``width`` fields; empty where every row has."""
    with path.open(encoding="utf-8-sig", newline="") as stream, _fields_up_to(limit):
        for number, row in enumerate(_rows(stream), start=1):
            if len(row) != width:
                return f"row {number}: {len(row)} fields where the header has {width}"
    return ""


def _rows(lines: Iterator[str]) -> Iterator[Sequence[str]]:
    return (row for row in csv.reader(lines) if row)


@contextmanager
def _fields_up_to(limit: int) -> Iterator[None]:
    """A note may be longer than the csv module's own limit, which is one for the whole process."""
    before = csv.field_size_limit(limit)
    try:
        yield
    finally:
        csv.field_size_limit(before)
