"""What a room may ask of another without knowing it: handed over by the flow as a value with these methods."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol


class Database(Protocol):
    """A place where SQL runs over the canonical tables. One connection, one thread."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement."""
        ...

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one query and return every row."""
        ...


class FileDatabase(Database, Protocol):
    """A database that can also load table files, every column as text, with the row number in ``_row``."""

    def load_csv(
        self, table: str, path: Path, columns: Sequence[str], *, long_text: bool, chosen: str = "*", where: str = "true"
    ) -> None:
        """Load the expressions ``chosen`` of the rows of a CSV file with these header names that meet ``where``."""
        ...

    def load_parquet(
        self, table: str, path: Path, columns: Sequence[str], *, chosen: str = "*", where: str = "true"
    ) -> None:
        """Load the expressions ``chosen``, over these columns, of the rows of a Parquet file that meet ``where``."""
        ...

    def parquet_columns(self, path: Path) -> list[str]:
        """Return the column names of a Parquet file."""
        ...
