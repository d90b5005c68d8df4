"""DuckDB, configured before it sees a patient: no spill to disk, no network, no extension, fixed join order.

The settings and the traps behind them: a spill leaves plain text in the working directory, and the optimiser's own
join order on pair edits was measured at 20 GB. Money is DECIMAL everywhere, because sums of doubles differ by run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

DEFAULT_MEMORY = "4GB"

_SETTINGS = (
    "SET temp_directory=''",
    "SET disabled_optimizers='join_order,build_side_probe_side'",
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET allow_community_extensions=false",
    "SET preserve_insertion_order=true",
    "SET TimeZone='UTC'",
)


class DuckDatabase:
    """A ``Database`` on one DuckDB connection in memory."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Wrap a configured connection; use ``open_database``."""
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement."""
        self._connection.execute(sql, list(parameters))

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one query and return every row."""
        return self._connection.execute(sql, list(parameters)).fetchall()


@contextmanager
def open_database(memory: str = DEFAULT_MEMORY) -> Iterator[DuckDatabase]:
    """Open an empty in-memory database; it and all it holds are gone when the block ends."""
    import duckdb

    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET memory_limit=?", [memory])
        for setting in _SETTINGS:
            connection.execute(setting)
        connection.execute("SET lock_configuration=true")
        yield DuckDatabase(connection)
    finally:
        connection.close()
