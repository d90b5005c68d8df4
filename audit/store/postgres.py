"""PostgreSQL 15 or newer: the same tables and guards; the head row is the one serial point of all writers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.store.sqlite import SCHEMA, WRITE

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import URL

_LOCK_MILLISECONDS = 30_000
_EXPECTED = Path(__file__).with_name("postgres_schema.json")

_SCHEMA = """
SELECT concat_ws('|', 'column', table_name, column_name, data_type, is_nullable)
  FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'alembic_version'
UNION ALL
SELECT concat_ws('|', 'constraint', c.conrelid::regclass, pg_get_constraintdef(c.oid))
  FROM pg_constraint c WHERE c.connamespace = current_schema()::regnamespace
   AND c.conrelid <> 0 AND c.conrelid::regclass::text <> 'alembic_version' AND c.contype <> 'n'
UNION ALL
SELECT concat_ws('|', 'index', replace(indexdef, quote_ident(current_schema()) || '.', ''))
  FROM pg_indexes WHERE schemaname = current_schema() AND tablename <> 'alembic_version'
UNION ALL
SELECT concat_ws('|', 'trigger', t.tgenabled, pg_get_triggerdef(t.oid, true))
  FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
 WHERE r.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT concat_ws('|', 'function', proname, prosrc)
  FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
UNION ALL
SELECT concat_ws('|', 'relation', relname, relkind, relhasrules)
  FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind NOT IN ('i', 't')
   AND relname <> 'alembic_version'
"""


def engine(url: URL) -> Engine:
    """Return an engine whose writers hold the head row from their first statement to their commit."""
    from sqlalchemy import create_engine, event

    made = create_engine(url.set(drivername="postgresql+psycopg"))
    event.listen(made, "connect", _configure)
    event.listen(made, "begin", _begin)
    return made


def read_schema(connection: Connection) -> list[str]:
    """Return what the catalogue says of tables, constraints, indexes, triggers and functions, sorted."""
    return sorted(str(row[0]) for row in connection.exec_driver_sql(_SCHEMA))


def expected_schema(revision: str) -> tuple[str, ...]:
    """Return ``read_schema`` after the migrations up to ``revision``, as it was recorded."""
    return tuple(json.loads(_EXPECTED.read_text(encoding="utf-8"))[revision])


def _configure(connection: Any, _record: object) -> None:
    connection.execute(f"SET lock_timeout = {_LOCK_MILLISECONDS}")
    connection.execute("SET synchronous_commit = on")  # without it a crash could lose acknowledged entries
    connection.commit()


def _begin(connection: Connection) -> None:
    driver: Any = connection.connection.driver_connection
    writes = connection.get_execution_options().get(WRITE)
    if writes is None:
        driver.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    elif writes != SCHEMA:  # before the first migration there is no head to hold
        driver.execute("SELECT size FROM head WHERE id = 1 FOR UPDATE")
