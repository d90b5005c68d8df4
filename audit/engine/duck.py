"""DuckDB, configured before it sees a patient: no spill to disk, no network, no extension, fixed join order.

The settings and the traps behind them: a spill leaves plain text in the working directory, and the optimiser's own
join order on pair edits was measured at 20 GB. Only the files and folders named at opening can be read or written.
Money is DECIMAL everywhere, because sums of doubles differ from run to run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.engine.fault import width_fault
from audit.errors import InputError

if TYPE_CHECKING:
    import duckdb

DEFAULT_MEMORY = "4GB"
MAX_ROW_BYTES = 64 * 1024 * 1024

_SETTINGS = (
    "SET temp_directory=''",
    "SET disabled_optimizers='join_order,build_side_probe_side'",
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET allow_community_extensions=false",
    "SET preserve_insertion_order=true",
    "SET TimeZone='UTC'",
    "SET enable_external_access=false",
    "SET lock_configuration=true",
)


class MalformedTableError(InputError):
    """A table file is not what its ending says: broken quoting, a row of another width, not Parquet."""


class OutOfMemoryError(InputError):
    """A statement needs more memory than the connection may take."""


class DuckDatabase:
    """A ``Database`` on one DuckDB connection in memory."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Wrap a configured connection; use ``open_database``."""
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement. Raises OutOfMemoryError."""
        self._run(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one query and return every row. Raises OutOfMemoryError."""
        return self._run(sql, parameters).fetchall()

    def _run(self, sql: str, parameters: Sequence[object]) -> duckdb.DuckDBPyConnection:
        import duckdb

        try:
            return self._connection.execute(sql, list(parameters))
        except duckdb.OutOfMemoryException:
            raise OutOfMemoryError(
                "the tables need more memory than was allowed", hint="nothing is ever spilled to disk; allow more"
            ) from None

    def load_csv(
        self, table: str, path: Path, columns: Sequence[str], *, long_text: bool, chosen: str = "*", where: str = "true"
    ) -> None:
        """Load a CSV file as ``table``, every column as text, with its row number in ``_row`` (the header is row 1).

        ``columns`` are the file's own header names in order. ``long_text``: rows may span lines, so one thread reads.
        ``chosen``: expressions over the columns and ``_row``; ``where``: which rows. Raises MalformedTableError with
        file and line.
        """
        source = _csv_source(columns, parallel=not long_text)
        try:
            self._load(table, path, f"(SELECT *, row_number() OVER () + 1 AS _row FROM {source})", chosen, where)
        except _LoadError:
            raise _malformed(path, len(columns)) from None

    def load_parquet(
        self, table: str, path: Path, columns: Sequence[str], *, chosen: str = "*", where: str = "true"
    ) -> None:
        """Load the named columns of a Parquet file as text with ``_row`` as in ``load_csv``."""
        texts = ", ".join(f"CAST({_name(name)} AS VARCHAR) AS {_name(name)}" for name in columns)
        numbered = f"(SELECT {texts}, file_row_number + 2 AS _row FROM read_parquet(?, file_row_number=true))"
        try:
            self._load(table, path, numbered, chosen, where)
        except _LoadError:
            raise MalformedTableError(f"{path.name}: not a readable Parquet file", hint="write it again") from None

    def count_rows(self, path: Path, columns: Sequence[str]) -> int:
        """Return the rows of a Parquet or CSV file with these header names. Raises MalformedTableError."""
        import duckdb

        source = "read_parquet(?)" if path.suffix.lower() == ".parquet" else _csv_source(columns, parallel=True)
        try:
            ((rows,),) = self.rows(f"SELECT count(*) FROM {source}", [str(path)])
        except duckdb.Error:
            raise _malformed(path, len(columns)) from None
        return int(rows)

    def parquet_columns(self, path: Path) -> list[str]:
        """Return the column names of a Parquet file. Raises MalformedTableError where it is none."""
        import duckdb

        try:
            return [row[0] for row in self.rows("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)])]
        except duckdb.Error as error:
            raise MalformedTableError(f"{path.name}: not a readable Parquet file") from error

    def _load(self, table: str, path: Path, numbered: str, chosen: str, where: str) -> None:
        import duckdb

        statement = f"CREATE TABLE {_name(table)} AS SELECT {chosen} FROM {numbered} WHERE {where}"
        try:
            self.execute(statement, [str(path)])
        except duckdb.Error:
            raise _LoadError from None


class _LoadError(Exception):
    """DuckDB refused a file. Its message quotes the row, which may hold a patient's values, and goes no further."""


def _csv_source(columns: Sequence[str], *, parallel: bool) -> str:
    spec = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in columns)
    return (
        f"read_csv(?, columns={{{spec}}}, auto_detect=false, header=true, delim=',', quote='\"', escape='\"',"
        f" strict_mode=true, max_line_size={MAX_ROW_BYTES}, parallel={str(parallel).lower()})"
    )


def _malformed(path: Path, width: int) -> MalformedTableError:
    fault = width_fault(path, width, MAX_ROW_BYTES)
    if fault:
        return MalformedTableError(f"{path.name}, {fault}", hint="put quotes around a field that holds a comma")
    return MalformedTableError(
        f"{path.name}: its rows do not all end alike, or a quote stands where none may",
        hint="write the table as RFC 4180 CSV with one kind of line end, or as Parquet",
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@contextmanager
def open_database(readable: Iterable[Path] = (), *, memory: str = DEFAULT_MEMORY) -> Iterator[DuckDatabase]:
    """Open an empty in-memory database; it and all it holds are gone when the block ends.

    ``readable`` are the only files and folders it may touch; folders may also be written to.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET memory_limit=?", [memory])
        paths = [path.resolve() for path in readable]
        connection.execute(f"SET allowed_paths=[{', '.join(_quoted(str(p)) for p in paths if not p.is_dir())}]")
        connection.execute(f"SET allowed_directories=[{', '.join(_quoted(f'{p}/') for p in paths if p.is_dir())}]")
        for setting in _SETTINGS:
            connection.execute(setting)
        yield DuckDatabase(connection)
    finally:
        connection.close()
