"""Rows in and out, on the driver's own cursor: SQLAlchemy's insert() is five times slower, its rows a third.

Every function takes the connection of ``Store.reading`` or ``Store.writing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CHUNK = 500

EntryRow = tuple[int, str, bytes]


def insert_entries(connection: Connection, rows: Sequence[EntryRow]) -> None:
    """Append entries: seq, kind, record."""
    _cursor(connection).executemany("INSERT INTO entry (seq, kind, record) VALUES (?, ?, ?)", rows)


def insert_objects(connection: Connection, rows: Sequence[tuple[bytes, bytes]]) -> None:
    """Add sealed objects: object id, sealed bytes."""
    if rows:
        _cursor(connection).executemany("INSERT INTO object (object_id, sealed) VALUES (?, ?)", rows)


def insert_case_keys(connection: Connection, rows: Sequence[tuple[bytes, bytes, bytes]]) -> None:
    """Add case-key wraps: case id, epoch id, wrap."""
    if rows:
        _cursor(connection).executemany("INSERT INTO case_key (case_id, epoch, wrapped) VALUES (?, ?, ?)", rows)


def insert_checkpoint(connection: Connection, size: int, note: str) -> None:
    """Keep the signed note of a commit and move the head."""
    cursor = _cursor(connection)
    cursor.execute("INSERT INTO checkpoint (size, note) VALUES (?, ?)", (size, note))
    cursor.execute("UPDATE head SET size = ? WHERE id = 1", (size,))


def read_entries(connection: Connection, start: int = 0) -> Iterator[EntryRow]:
    """Yield entries from ``start`` on, in seq order."""
    for row in _cursor(connection).execute("SELECT seq, kind, record FROM entry WHERE seq >= ? ORDER BY seq", (start,)):
        if type(row[1]) is str and type(row[2]) is bytes:
            yield row
        else:
            yield row[0], _text(row[1]), _blob(row[2])


def read_notes(connection: Connection, beyond: int = 0) -> dict[int, str]:
    """Return the checkpoint notes of sizes greater than ``beyond``, by size."""
    result = _cursor(connection).execute("SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size", (beyond,))
    return {size: _text(note) for size, note in result}


def read_head(connection: Connection) -> int:
    """Return the number of entries the head row tells; -1 when there is no such row."""
    row = _cursor(connection).execute("SELECT size FROM head WHERE id = 1").fetchone()
    return row[0] if row and isinstance(row[0], int) else -1


def read_objects(connection: Connection, ids: Iterable[bytes] | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Yield (object id, sealed bytes): of ``ids``, or of all in stored order."""
    if ids is None:
        for object_id, sealed in _cursor(connection).execute("SELECT object_id, sealed FROM object"):
            yield _blob(object_id), _blob(sealed)
        return
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        chunk = tuple(wanted[start : start + _CHUNK])
        marks = ",".join("?" * len(chunk))
        sql = f"SELECT object_id, sealed FROM object WHERE object_id IN ({marks})"
        for object_id, sealed in _cursor(connection).execute(sql, chunk):
            yield _blob(object_id), _blob(sealed)


def read_case_keys(
    connection: Connection, case_ids: Iterable[bytes] | None = None
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield (case id, epoch id, wrap): of ``case_ids``, or of all."""
    if case_ids is None:
        for row in _cursor(connection).execute("SELECT case_id, epoch, wrapped FROM case_key"):
            yield _blob(row[0]), _blob(row[1]), _blob(row[2])
        return
    wanted = list(case_ids)
    for start in range(0, len(wanted), _CHUNK):
        chunk = tuple(wanted[start : start + _CHUNK])
        marks = ",".join("?" * len(chunk))
        sql = f"SELECT case_id, epoch, wrapped FROM case_key WHERE case_id IN ({marks})"
        for case_id, epoch, wrapped in _cursor(connection).execute(sql, chunk):
            yield _blob(case_id), _blob(epoch), _blob(wrapped)


def read_schema(connection: Connection) -> list[str]:
    """Return the text of every table, index and trigger, in order of type and name.

    Without Alembic's own table, whose text is its library's affair; its content is compared on opening.
    """
    sql = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' ORDER BY type, name"
    rows = _cursor(connection).execute(sql).fetchall()
    return ["|".join(str(column) for column in row) for row in rows]


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def _blob(value: object) -> bytes:
    """Return stored bytes; text or a number in their place is kept as bytes that no digest will match."""
    return value if isinstance(value, bytes) else repr(value).encode("utf-8", "replace")


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
