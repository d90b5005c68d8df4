"""The database of a workspace: one way to open it, to read from it and to write to it in one short transaction."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.errors import AuditError, CheckFailedError, InputError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

SQLITE_FILE = "chartassay.db"
REVISION = "0001"
"""The schema this version reads and writes; the newest file of ``migrations/versions``."""
_BUSY_SECONDS = 30
_WRITE = "chartassay_write"
_FULL = 2


class StoreUrlError(UsageError):
    """A store URL that is not accepted."""


class StoreDamagedError(CheckFailedError):
    """The database is no database, or does not answer."""


class StoreAbsentError(StoreDamagedError):
    """There is no database where the workspace says."""


class StoreRefusedError(InputError):
    """The database refused to write: disk full, read-only, or locked for too long. Nothing was written."""


class StoreRevisionError(CheckFailedError):
    """The schema of the database is not the one of this version."""


class Store:
    """One open database. Every reading is a snapshot; every writing holds the head until it commits."""

    def __init__(self, engine: Engine) -> None:
        """Wrap a configured engine; use ``open_store``."""
        self._engine = engine

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database. Raises StoreDamagedError."""
        with _translated(StoreDamagedError), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that alone may write; leaving the block commits. Raises StoreRefusedError."""
        with _translated(StoreRefusedError):
            connection = self._engine.connect().execution_options(**{_WRITE: True})
            with connection, connection.begin():
                yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def default_url() -> str:
    """Return the store URL of a new workspace: a file in the workspace itself."""
    return f"sqlite:///{SQLITE_FILE}"


def check_url(url: str) -> None:
    """Refuse what cannot be a store. Raises StoreUrlError."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreUrlError("the store URL cannot be read", hint=f"the default is {default_url()}") from error
    if parsed.password is not None:
        raise StoreUrlError("the store URL holds a password", hint="use the database's own password file or peer login")
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise StoreUrlError("only an SQLite file can be the store", hint=f"the default is {default_url()}")


@contextlib.contextmanager
def open_store(url: str, folder: Path, *, create: bool = False) -> Iterator[Store]:
    """Open the store of ``url``, relative to ``folder``; with ``create`` it is made and brought to the newest schema.

    Raises StoreUrlError, StoreDamagedError when it is absent or no database, StoreRevisionError for another schema.
    """
    check_url(url)
    path = _sqlite_path(url, folder)
    if not create and not path.is_file():
        raise StoreAbsentError(f"{path}: there is no database", hint="restore it, or check the workspace")
    store = Store(_sqlite_engine(path))
    try:
        if create:
            _migrate(store)
        _check_revision(store)
        yield store
    finally:
        store.close()


def store_path(url: str, folder: Path) -> Path:
    """Return the file of an SQLite store; its log lies beside it."""
    return _sqlite_path(url, folder)


@functools.cache
def expected_schema() -> tuple[str, ...]:
    """Return the schema that the migrations make, as ``rows.read_schema`` reads it."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    from audit.store.rows import read_schema

    store = Store(create_engine("sqlite://", poolclass=StaticPool))
    try:
        _migrate(store)
        with store.reading() as connection:
            return tuple(read_schema(connection))
    finally:
        store.close()


def _sqlite_path(url: str, folder: Path) -> Path:
    from sqlalchemy.engine import make_url

    return folder / (make_url(url).database or SQLITE_FILE)


def _sqlite_engine(path: Path) -> Engine:
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import URL

    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: object) -> None:
    """Set what SQLite keeps per connection, and hold it to it: a NORMAL sync could lose acknowledged entries."""
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")  # damaged text must be readable too
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


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(_WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextlib.contextmanager
def _translated(family: type[AuditError]) -> Iterator[None]:
    """Turn a database error into one line without SQL or values."""
    import sqlite3

    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:  # sqlite3 fails so on a damaged schema's message
        cause = error.orig if isinstance(error, DBAPIError) else error
        name = getattr(cause, "sqlite_errorname", type(cause).__name__)
        raise family(f"the database failed: {name}", hint="nothing was written; see chartassay trail verify") from None


def _check_revision(store: Store) -> None:
    with store.reading() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchall()
        rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchall() if names else []
    if [tuple(row) for row in rows] != [(REVISION,)]:
        raise StoreRevisionError(
            "the database does not have the schema of this version",
            hint="use the version of chartassay that made it, or restore it",
        )


def _migrate(store: Store) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
