"""The database of a workspace: one way to open it, to read from it and to write to it in one short transaction."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from audit.errors import AuditError, CheckFailedError, InputError, UsageError
from audit.store import postgres, sqlite
from audit.store.sqlite import StoreRefusedError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

__all__ = ["Store", "StoreRefusedError", "check_url", "default_url", "expected_schema", "open_store", "store_path"]

SQLITE_FILE = sqlite.FILE
REVISION = "0002"
"""The schema this version reads and writes; the newest file of ``migrations/versions``."""
OLDER = ("0001",)
"""Released schemas that this version brings up to its own before it writes, and verifies as they are."""


class StoreUrlError(UsageError):
    """A store URL that is not accepted."""


class StoreDamagedError(CheckFailedError):
    """The database is no database, or does not answer."""


class StoreAbsentError(StoreDamagedError):
    """There is no database where the workspace says."""


class StoreUnreachableError(InputError):
    """The database server cannot be reached."""


class StoreTakenError(InputError):
    """The database holds a trail already."""


class StoreRevisionError(CheckFailedError):
    """The schema of the database is not one that this version knows."""


class Store:
    """One open database. Every reading is a snapshot; every writing holds the head until it commits."""

    def __init__(self, engine: Engine, revision: str = REVISION) -> None:
        """Wrap a configured engine; use ``open_store``."""
        self._engine = engine
        self.revision = revision
        self._writer: Connection | None = None  # kept: taking one anew costs as much as the writing itself

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database. Raises StoreDamagedError."""
        with _translated(StoreDamagedError), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Give a connection that alone may change the schema. Raises StoreRefusedError."""
        with _translated(StoreRefusedError):
            connection = self._engine.connect().execution_options(**{sqlite.WRITE: sqlite.SCHEMA})
            with connection, connection.begin():
                yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that alone may write; leaving the block commits. Raises StoreRefusedError."""
        with _translated(StoreRefusedError):
            if self._writer is None or self._writer.invalidated:
                self._writer = self._engine.connect().execution_options(**{sqlite.WRITE: sqlite.ROWS})
            with self._writer.begin():
                yield self._writer

    def compact(self) -> None:
        """Take out of the files what was deleted (SQLite; PostgreSQL rewrites its pages by VACUUM FULL)."""
        with _translated(StoreRefusedError):
            if self._engine.dialect.name == "sqlite":
                sqlite.compact(self._engine)
            else:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.exec_driver_sql("VACUUM FULL case_key")
                    connection.exec_driver_sql("CHECKPOINT")

    def copy_to(self, target: Path) -> None:
        """Copy one state of an SQLite database to a new file."""
        with _translated(StoreRefusedError):
            sqlite.copy_to(self._engine, target)

    def close(self) -> None:
        """Close every connection."""
        if self._writer is not None:
            self._writer.close()
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
    if parsed.password is not None or {"password", "passfile", "sslpassword"} & {name.lower() for name in parsed.query}:
        raise StoreUrlError("the store URL holds a password", hint="use the database's own password file or peer login")
    if parsed.drivername not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise StoreUrlError("the store is an SQLite file or PostgreSQL", hint=f"the default is {default_url()}")
    if not parsed.database or parsed.database == ":memory:":
        raise StoreUrlError("the store URL names no database", hint=f"the default is {default_url()}")


@contextlib.contextmanager
def open_store(url: str, folder: Path, *, create: bool = False, upgrade: bool = False) -> Iterator[Store]:
    """Open the store of ``url``, relative to ``folder``; with ``create`` it is made and brought to the newest schema.

    ``upgrade`` brings an older released schema up to this version's first. Raises StoreUrlError, StoreDamagedError when
    it is absent or no database, StoreUnreachableError, StoreTakenError, StoreRevisionError for a schema not known.
    """
    check_url(url)
    store = Store(_engine(url, folder, create=create))
    try:
        if create:
            _refuse_taken(store)
            _migrate(store, "head")
        store.revision = _revision(store)
        if upgrade and store.revision in OLDER:
            _migrate(store, "head")
            store.revision = _revision(store)
        yield store
    finally:
        store.close()


def store_path(url: str, folder: Path) -> Path | None:
    """Return the file of an SQLite store, None for a server; its log lies beside it."""
    return sqlite.path_of(url, folder) if url.startswith("sqlite") else None


def read_schema(connection: Connection) -> list[str]:
    """Return the schema as found: texts of tables, indexes, triggers, functions."""
    return sqlite.read_schema(connection) if connection.dialect.name == "sqlite" else postgres.read_schema(connection)


def expected_schema(connection: Connection, revision: str) -> tuple[str, ...]:
    """Return the schema that the migrations up to ``revision`` make, as ``read_schema`` reads it."""
    if connection.dialect.name == "sqlite":
        return _expected_sqlite(revision)
    return postgres.expected_schema(revision)


@functools.cache
def _expected_sqlite(revision: str) -> tuple[str, ...]:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    store = Store(create_engine("sqlite://", poolclass=StaticPool))
    try:
        _migrate(store, revision)
        with store.reading() as connection:
            return tuple(read_schema(connection))
    finally:
        store.close()


def _engine(url: str, folder: Path, *, create: bool) -> Engine:
    from sqlalchemy.engine import make_url

    path = store_path(url, folder)
    if path is None:
        return postgres.engine(make_url(url))
    if not create and not path.is_file():
        raise StoreAbsentError(f"{path}: there is no database", hint="restore it, or check the workspace")
    if not create and not os.access(path.parent, os.W_OK):
        return sqlite.read_only_engine(path)
    return sqlite.engine(path)


@contextlib.contextmanager
def _translated(family: type[AuditError]) -> Iterator[None]:
    """Turn a database error into one line without SQL or values."""
    import sqlite3

    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:  # sqlite3 fails so on a damaged schema's message
        raise _said(error.orig if isinstance(error, DBAPIError) else error, family) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "psycopg":  # imported only where PostgreSQL is the store
            raise
        raise _said(error, family) from None


def _said(cause: BaseException | None, family: type[AuditError]) -> AuditError:
    sqlstate = getattr(cause, "sqlstate", None)
    if type(cause).__module__.startswith("psycopg") and sqlstate is None:
        return StoreUnreachableError("the database server does not answer", hint="nothing was written; is it running?")
    name = getattr(cause, "sqlite_errorname", sqlstate or type(cause).__name__)
    return family(f"the database failed: {name}", hint="nothing was written; see chartassay trail verify")


def _has_table(connection: Connection, name: str) -> bool:
    from sqlalchemy import inspect

    return bool(inspect(connection).has_table(name))


def _refuse_taken(store: Store) -> None:
    with store.reading() as connection:
        taken = _has_table(connection, "entry") and connection.exec_driver_sql("SELECT 1 FROM entry LIMIT 1").first()
    if taken:
        raise StoreTakenError("the database holds a trail already", hint="name another database, or another schema")


def _revision(store: Store) -> str:
    with store.reading() as connection:
        known = _has_table(connection, "alembic_version")
        rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchall() if known else []
    if len(rows) != 1 or rows[0][0] not in (REVISION, *OLDER):
        raise StoreRevisionError(
            "the database does not have a schema that this version knows",
            hint="use the version of chartassay that made it, or restore it",
        )
    return str(rows[0][0])


def _migrate(store: Store, revision: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with store.migrating() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
