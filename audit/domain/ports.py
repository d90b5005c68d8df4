"""What a room may ask of another without knowing it: handed over by the flow as a value with these methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Database(Protocol):
    """A place where SQL runs over the canonical tables. One connection, one thread."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement."""
        ...

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one query and return every row."""
        ...
