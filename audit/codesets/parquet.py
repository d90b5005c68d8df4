"""Rows of a code set → one Parquet file, streamed: a table of millions of rows never stands in memory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from audit.domain.ports import Database

Columns = Mapping[str, str]
"""Column names with their SQL types."""


def write_table(database: Database, path: Path, columns: Columns, rows: Iterable[Sequence[object]]) -> int:
    """Write ``rows`` as Parquet to ``path`` and return their number; None and the empty string are NULL.

    ``database`` must be allowed to read and write the folder of ``path``.
    """
    text = path.with_suffix(".csv")
    try:
        count = _write_csv(text, rows)
        kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        database.execute(
            f"COPY (SELECT * FROM read_csv({_quoted(text)}, columns={{{kinds}}}, auto_detect=false, header=false,"
            f" delim=',', quote='\"', escape='\"', nullstr='')) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd)"
        )
    finally:
        text.unlink(missing_ok=True)
    return count


def _write_csv(path: Path, rows: Iterable[Sequence[object]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
