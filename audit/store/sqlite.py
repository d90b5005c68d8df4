"""SQLite: one file in the workspace, write-ahead log, every commit on the disk before it counts."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

FILE = "chartassay.db"
_BUSY_SECONDS = 30
_FULL = 2
WRITE = "chartassay_write"
"""The execution option of a connection that is going to write; its value is ROWS or SCHEMA."""
ROWS, SCHEMA = "rows", "schema"


class StoreRefusedError(InputError):
    """The database refused to write: disk full, read-only, or locked for too long. Nothing was written."""


def path_of(url: str, folder: Path) -> Path:
    """Return the file of an SQLite store; its log lies beside it."""
    from sqlalchemy.engine import make_url

    return folder / (make_url(url).database or FILE)


def engine(path: Path) -> Engine:
    """Return an engine whose every connection has the safety settings."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import URL

    made = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None}
    )
    event.listen(made, "connect", _configure)
    event.listen(made, "begin", _begin)
    return made


def read_only_engine(path: Path) -> Engine:
    """Return an engine that writes nothing, for a database in a folder where nothing can be written.

    Where a log lies beside the database it is read too, for which SQLite needs its index file; without a log the file
    is taken as it stands.
    """
    import sqlite3

    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    quoted = str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    connect = functools.partial(sqlite3.connect, f"file:{quoted}?{mode}", uri=True, isolation_level=None)
    made = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(made, "connect", _read_damaged_text)
    event.listen(made, "begin", _begin)
    return made


def read_schema(connection: Connection) -> list[str]:
    """Return the text of every table, index and trigger, in order of type and name.

    Without Alembic's own table, whose text is its library's affair; its content is compared on opening.
    """
    sql = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' ORDER BY type, name"
    rows = connection.exec_driver_sql(sql).fetchall()
    return ["|".join(str(column) for column in row) for row in rows]


def compact(found: Engine) -> None:
    """Rewrite the file without what was deleted, and empty the log. Waits for no reader: raises where one stands."""
    raw = found.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("VACUUM")
        (busy, _, _) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    if busy:
        raise StoreRefusedError("another command is using the database", hint="let it end, then give the command again")


def copy_to(found: Engine, target: Path) -> None:
    """Copy one state of the database to a new file."""
    import sqlite3

    raw = found.raw_connection()
    copy = sqlite3.connect(target)
    try:
        driver = raw.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - this engine has no other driver
        driver.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        raw.close()


def _configure(connection: Any, _record: object) -> None:
    """Set what SQLite keeps per connection, and hold it to it: a NORMAL sync could lose acknowledged entries."""
    _read_damaged_text(connection, _record)
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "fullfsync=1", "recursive_triggers=1", "secure_delete=1"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA temp_store=MEMORY")
    found = tuple(
        cursor.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "recursive_triggers", "secure_delete")
    )
    cursor.close()
    if found != ("wal", _FULL, 1, 1):
        raise StoreRefusedError(
            "the database does not accept its safety settings",
            hint="the workspace may lie on a network or read-only file system",
        )


def _read_damaged_text(connection: Any, _record: object) -> None:
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE)
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if write else "BEGIN")
