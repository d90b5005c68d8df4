"""What several rules ask of the same lines is worked out once: pairs of services with their edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from audit.domain.ports import Database
from audit.edits.sql import EditQuery


@contextmanager
def shared_tables(database: Database) -> Iterator[Callable[[EditQuery], None]]:
    """Give a function that makes the shared tables a query reads, each once; they are gone when the block ends.

    ``lines`` and the code-set tables must stay as they are inside the block.
    """
    made: set[str] = set()

    def make(query: EditQuery) -> None:
        for name, rows in query.shared.items():
            if name not in made:
                database.execute(f"CREATE TABLE {name} AS {rows}")
                made.add(name)

    try:
        yield make
    finally:
        for name in made:
            database.execute(f"DROP TABLE {name}")
