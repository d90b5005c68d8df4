"""The guards of the database: each way past them is tried. They stop accidents; the signed tree stops the rest."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from audit.errors import AuditError
from audit.store import postgres, rows
from audit.store.database import (
    REVISION,
    Store,
    StoreDamagedError,
    StoreRevisionError,
    StoreTakenError,
    StoreUrlError,
    _migrate,
    check_url,
    expected_schema,
    open_store,
    read_schema,
)

RELEASED = {
    "0001": "a7b74a9ea4724efc41cf5df84fd3fa75285b5c477790b4728c2af2fe3e4e33df",
    "0002": "de3f9d06a4c95d3b419d507cf832fc60c764c6e0401712e5e5101a6f3fa670d5",
}
URL = "sqlite:///chartassay.db"


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    with open_store(url, tmp_path, create=True) as opened:
        with opened.writing() as connection:
            rows.insert_entries(connection, [(0, "act", b"zero"), (1, "act", b"one")])
            rows.insert_checkpoint(connection, 2, "note")
            rows.insert_nodes(connection, [(8, 0, b"root")])
            rows.insert_objects(connection, [(b"id", b"sealed")])
            rows.insert_case_keys(connection, [(b"case", b"epoch", b"wrap")])
        yield opened


FORBIDDEN = (
    "UPDATE entry SET record = '0' WHERE seq = 1",
    "DELETE FROM entry",
    "INSERT INTO entry VALUES (3, 'act', '0')",
    "INSERT INTO entry VALUES (1, 'act', '0') ON CONFLICT (seq) DO UPDATE SET record = '0'",
    "INSERT INTO entry VALUES (1, 'act', '0') ON CONFLICT (seq) DO NOTHING",
    "UPDATE checkpoint SET note = 'x'",
    "DELETE FROM checkpoint",
    "INSERT INTO checkpoint VALUES (1, 'x')",
    "UPDATE object SET sealed = '0'",
    "DELETE FROM object",
    "UPDATE case_key SET wrapped = '0'",
    "UPDATE node SET hash = '0'",
    "DELETE FROM node",
    "UPDATE head SET size = 1",
    "DELETE FROM head",
    "INSERT INTO head VALUES (2, 1)",
)
ON_SQLITE = (
    "INSERT OR REPLACE INTO entry VALUES (1, 'act', x'00')",
    "INSERT OR IGNORE INTO entry VALUES (5, 'act', x'00')",
    "REPLACE INTO entry VALUES (0, 'act', x'00')",
    "INSERT OR REPLACE INTO checkpoint VALUES (2, 'x')",
    "INSERT OR REPLACE INTO object VALUES (x'6964', x'00')",
    "INSERT OR REPLACE INTO case_key VALUES (x'63617365', x'65706f6368', x'00')",
    "INSERT OR REPLACE INTO node VALUES (8, 0, x'00')",
    "INSERT OR REPLACE INTO head VALUES (1, 1)",
)
ON_POSTGRESQL = (
    "TRUNCATE entry",
    "TRUNCATE checkpoint, entry, object, case_key, head, node",
    "TRUNCATE object",
    "TRUNCATE case_key",
    "TRUNCATE head",
    "TRUNCATE node",
    *(f"SET LOCAL session_replication_role = replica; {sql}" for sql in FORBIDDEN if "ON CONFLICT" not in sql),
    "SET LOCAL session_replication_role = replica; TRUNCATE entry",
)


def content(store: Store) -> tuple[object, ...]:
    with store.reading() as connection:
        return (
            list(rows.read_entries(connection)),
            rows.read_notes(connection),
            rows.read_head(connection),
            list(rows.read_objects(connection)),
            list(rows.read_case_keys(connection)),
            rows.read_all_nodes(connection),
        )


def is_refused(store: Store, sql: str) -> None:
    before = content(store)
    with pytest.raises(AuditError), store.writing() as connection:
        connection.exec_driver_sql(sql)
    assert content(store) == before


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_what_was_written_is_not_changed_by_accident(store: Store, sql: str) -> None:
    is_refused(store, sql)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("sql", ON_SQLITE)
def test_replace_does_not_slip_past_even_where_recursive_triggers_are_off(
    store: Store, tmp_path: Path, sql: str
) -> None:
    is_refused(store, sql)
    store.close()
    plain = sqlite3.connect(tmp_path / "chartassay.db")
    with pytest.raises(sqlite3.IntegrityError):
        plain.execute(sql)
    plain.close()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("sql", ON_POSTGRESQL)
def test_truncate_and_replica_mode_do_not_slip_past(store: Store, sql: str) -> None:
    is_refused(store, sql)


def test_a_case_key_can_be_deleted_and_nothing_else(store: Store) -> None:
    with store.writing() as connection:
        rows.delete_case_keys(connection, [b"case"])
    with store.reading() as connection:
        assert list(rows.read_case_keys(connection)) == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_every_connection_keeps_its_safety_settings(store: Store) -> None:
    for _ in range(2):
        with store.reading() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "recursive_triggers", "secure_delete", "temp_store")
            }
        assert found == {
            "journal_mode": "wal",
            "synchronous": 2,
            "recursive_triggers": 1,
            "secure_delete": 1,
            "temp_store": 2,
        }


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(AuditError), store.writing() as connection:
        rows.insert_entries(connection, [(2, "act", b"two"), (4, "act", b"four")])
    with store.reading() as connection:
        assert [seq for seq, _, _ in rows.read_entries(connection)] == [0, 1]


def test_the_migrated_schema_is_the_expected_one(store: Store) -> None:
    with store.reading() as connection:
        assert tuple(read_schema(connection)) == expected_schema(connection, REVISION)
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISION


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("revision", RELEASED)
def test_a_released_schema_never_changes_its_text(store: Store, revision: str) -> None:
    """Existing databases are compared with it word for word; a change is a new migration."""
    with store.reading() as connection:
        text = "\n".join(expected_schema(connection, revision))
    assert hashlib.sha256(text.encode()).hexdigest() == RELEASED[revision]


def test_the_newest_migration_is_the_one_the_store_asks_for() -> None:
    from audit.store.migrations import versions

    folder = Path(str(versions.__file__)).parent
    assert max(path.name[:4] for path in folder.glob("[0-9]*.py")) == REVISION


def test_a_database_of_another_version_is_not_touched(store: Store, url: str, tmp_path: Path) -> None:
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreRevisionError), open_store(url, tmp_path, upgrade=True):
        pass


def test_a_database_that_holds_a_trail_takes_no_second_one(store: Store, url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreTakenError), open_store(url, tmp_path, create=True):
        pass
    assert len(content(store)) == 6


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_the_schema_of_postgresql_is_the_recorded_one_of_every_release(url: str) -> None:
    store = Store(postgres.engine(make_url(url)))
    recorded = Path(postgres.__file__).with_name("postgres_schema.json")
    found = {}
    for revision in RELEASED:
        _migrate(store, revision)
        with store.reading() as connection:
            found[revision] = read_schema(connection)
    store.close()
    assert found == json.loads(recorded.read_text())


@pytest.mark.parametrize("content", [None, b"not a database at all" * 300])
def test_an_absent_or_foreign_file_is_said_in_one_line(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "chartassay.db").write_bytes(content)
    with pytest.raises((StoreDamagedError, StoreRevisionError)) as said, open_store(URL, tmp_path):
        pass
    assert "\n" not in said.value.message
    assert said.value.exit_code == 1


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:secret@host/db",
        "postgresql://host/db?password=secret",
        "mysql://host/db",
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense",
        "",
    ],
)
def test_a_url_that_cannot_be_a_store_is_wrong_usage_and_never_repeated(url: str) -> None:
    with pytest.raises(StoreUrlError) as refused:
        check_url(url)
    assert refused.value.exit_code == 2
    assert "secret" not in refused.value.message + refused.value.hint
