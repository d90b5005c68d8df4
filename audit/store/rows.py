"""Rows in and out, on the driver's own cursor: SQLAlchemy's insert() is five times slower, its rows a third.

Every function takes the connection of ``Store.reading`` or ``Store.writing``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CHUNK = 500
_PORTION = 2000
_SCANS = itertools.count()

_KINDS = ("act", "genesis", "epoch.open", "user.add", "user.revoke", "keys.grant", "case.shred", "recovery.seen")

EntryRow = tuple[int, str, bytes]


def insert_entries(connection: Connection, rows: Sequence[EntryRow]) -> None:
    """Append entries: seq, kind, record."""
    _insert(connection, "entry (seq, kind, record)", rows)


def insert_objects(connection: Connection, rows: Sequence[tuple[bytes, bytes]]) -> None:
    """Add sealed objects: object id, sealed bytes."""
    _insert(connection, "object (object_id, sealed)", rows)


def insert_case_keys(connection: Connection, rows: Sequence[tuple[bytes, bytes, bytes]]) -> None:
    """Add case-key wraps: case id, epoch id, wrap."""
    _insert(connection, "case_key (case_id, epoch, wrapped)", rows)


def insert_nodes(connection: Connection, rows: Sequence[tuple[int, int, bytes]]) -> None:
    """Add roots of complete subtrees: level, number, hash."""
    _insert(connection, "node (level, number, hash)", rows)


def insert_checkpoint(connection: Connection, size: int, note: str) -> None:
    """Keep the signed note of a commit and move the head."""
    _insert(connection, "checkpoint (size, note)", [(size, note)])
    _run(connection, "UPDATE head SET size = ? WHERE id = 1", (size,))


def delete_case_keys(connection: Connection, case_ids: Iterable[bytes]) -> None:
    """Delete every wrap of these cases' keys; nothing else can be deleted."""
    for case_id in case_ids:
        _run(connection, "DELETE FROM case_key WHERE case_id = ?", (case_id,))


def read_entries(connection: Connection, start: int = 0) -> Iterator[EntryRow]:
    """Return the entries from ``start`` on, in seq order, as they are read."""
    if start == 0 and connection.dialect.name == "sqlite" and not _has_odd_entry(connection):
        return _plain_entries(connection)
    return _any_entries(connection, start)


def read_back(connection: Connection, start: int) -> list[EntryRow]:
    """Return the rows from ``start`` on just as the database gives them, to be held against what was written."""
    sql = "SELECT seq, kind, record FROM entry WHERE seq >= ? ORDER BY seq"
    return list(_run(connection, sql, (start,)).fetchall())


def _any_entries(connection: Connection, start: int) -> Iterator[EntryRow]:
    read = _run if start else _scan  # what others have added meanwhile is little
    for row in read(connection, "SELECT seq, kind, record FROM entry WHERE seq >= ? ORDER BY seq", (start,)):
        if type(row[1]) is str and type(row[2]) is bytes:
            yield row
        else:
            yield row[0], _text(row[1]), _blob(row[2])


def _has_odd_entry(connection: Connection) -> bool:
    """Whether an entry is of another type than was written, or of a kind that need not even be text."""
    sql = "SELECT 1 FROM entry WHERE typeof(record) <> 'blob' OR typeof(seq) <> 'integer' OR kind NOT IN"
    return _run(connection, f"{sql} ({', '.join(['?'] * len(_KINDS))}) LIMIT 1", _KINDS).fetchone() is not None


def _plain_entries(connection: Connection) -> Iterator[EntryRow]:
    """Yield every entry with the driver's own, much faster, reading of text; damaged text would stop it."""
    raw: Any = connection.connection.driver_connection
    careful, raw.text_factory = raw.text_factory, str
    try:
        for row in _run(connection, "SELECT seq, kind, record FROM entry ORDER BY seq"):  # noqa: UP028 - else: close()
            yield row
    finally:
        raw.text_factory = careful


def read_records(connection: Connection, start: int, count: int) -> list[bytes]:
    """Return the records of the entries ``start`` to ``start + count`` (exclusive), as far as there are."""
    sql = "SELECT record FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq"
    return [_blob(row[0]) for row in _run(connection, sql, (start, start + count))]


def read_rights(connection: Connection) -> list[EntryRow]:
    """Return the entries that are no acts: genesis, epochs, members, grants."""
    sql = "SELECT seq, kind, record FROM entry WHERE kind <> 'act' ORDER BY seq"
    return [(row[0], _text(row[1]), _blob(row[2])) for row in _run(connection, sql)]


def read_nodes(connection: Connection, level: int, first: int, count: int) -> list[bytes]:
    """Return the roots of complete subtrees of one level, from number ``first`` on, as far as there are."""
    sql = "SELECT hash FROM node WHERE level = ? AND number >= ? AND number < ? ORDER BY number"
    return [_blob(row[0]) for row in _run(connection, sql, (level, first, first + count))]


def read_all_nodes(connection: Connection) -> set[tuple[int, int, bytes]]:
    """Return every stored root of a complete subtree: level, number, hash."""
    return {(row[0], row[1], _blob(row[2])) for row in _run(connection, "SELECT level, number, hash FROM node")}


def read_notes(connection: Connection, beyond: int = 0) -> dict[int, str]:
    """Return the checkpoint notes of sizes greater than ``beyond``, by size."""
    result = _run(connection, "SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size", (beyond,))
    return {size: _text(note) for size, note in result}


def read_note(connection: Connection, beyond: int) -> tuple[int, str] | None:
    """Return size and note of the first checkpoint of more than ``beyond`` entries."""
    row = _run(
        connection, "SELECT size, note FROM checkpoint WHERE size > ? ORDER BY size LIMIT 1", (beyond,)
    ).fetchone()
    return (row[0], _text(row[1])) if row else None


def read_last_note(connection: Connection) -> tuple[int, str] | None:
    """Return size and note of the newest checkpoint."""
    row = _run(connection, "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    return (row[0], _text(row[1])) if row else None


def read_head(connection: Connection) -> int:
    """Return the number of entries the head row tells; -1 when there is no such row."""
    row = _run(connection, "SELECT size FROM head WHERE id = 1").fetchone()
    return row[0] if row and isinstance(row[0], int) else -1


def read_objects(connection: Connection, ids: Iterable[bytes] | None = None) -> Iterator[tuple[bytes, bytes]]:
    """Yield (object id, sealed bytes): of ``ids``, or of all in stored order."""
    for object_id, sealed in _select(connection, "SELECT object_id, sealed FROM object", "object_id", ids):
        yield _blob(object_id), _blob(sealed)


def read_case_keys(
    connection: Connection, case_ids: Iterable[bytes] | None = None
) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield (case id, epoch id, wrap): of ``case_ids``, or of all."""
    for row in _select(connection, "SELECT case_id, epoch, wrapped FROM case_key", "case_id", case_ids):
        yield _blob(row[0]), _blob(row[1]), _blob(row[2])


def _select(connection: Connection, sql: str, column: str, ids: Iterable[bytes] | None) -> Iterator[Any]:
    if ids is None:
        yield from _scan(connection, sql)
        return
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        chunk = tuple(wanted[start : start + _CHUNK])
        yield from _run(connection, f"{sql} WHERE {column} IN ({','.join('?' * len(chunk))})", chunk)


def _insert(connection: Connection, into: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    marks = ", ".join("?" * len(rows[0]))
    sql = _dialect(connection, f"INSERT INTO {into} VALUES ({marks})")
    cursor = connection.connection.cursor()
    if len(rows) == 1:
        cursor.execute(sql, rows[0])
    else:
        cursor.executemany(sql, rows)


def _run(connection: Connection, sql: str, values: tuple[Any, ...] = ()) -> Any:
    cursor = connection.connection.cursor()
    cursor.execute(_dialect(connection, sql), values)
    return cursor


def _scan(connection: Connection, sql: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
    """Run a query of any number of rows; PostgreSQL hands them over in portions through a cursor of its own."""
    if connection.dialect.name == "sqlite":
        return iter(_run(connection, sql, values))
    return _portions(connection.connection.driver_connection, _dialect(connection, sql), values)


def _portions(raw: Any, sql: str, values: tuple[Any, ...]) -> Iterator[Any]:
    with raw.cursor(name=f"scan_{next(_SCANS)}", binary=True) as cursor:
        cursor.itersize = _PORTION
        yield from cursor.execute(sql, values)


def _dialect(connection: Connection, sql: str) -> str:
    return sql if connection.dialect.name == "sqlite" else sql.replace("?", "%s")


def _blob(value: object) -> bytes:
    """Return stored bytes; text or a number in their place is kept as bytes that no digest will match."""
    return value if isinstance(value, bytes) else repr(value).encode("utf-8", "replace")


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)
