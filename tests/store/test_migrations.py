"""A database of every released schema is brought up to the newest, whatever it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.store import rows
from audit.store.database import OLDER, REVISION, Store, _migrate, expected_schema, open_store, read_schema
from audit.store.sqlite import engine
from audit.trail.tree import Frontier

URL = "sqlite:///chartassay.db"
RECORDS = [b"record %d" % n for n in range(600)]


@pytest.mark.parametrize("revision", OLDER)
def test_an_older_database_is_brought_up_with_its_content(tmp_path: Path, revision: str) -> None:
    old = Store(engine(tmp_path / "chartassay.db"))
    _migrate(old, revision)
    with old.writing() as connection:
        rows.insert_entries(connection, [(n, "act", record) for n, record in enumerate(RECORDS)])
        rows.insert_checkpoint(connection, len(RECORDS), "note")
    old.close()
    with open_store(URL, tmp_path) as store, store.reading() as connection:
        assert store.revision == revision
        assert tuple(read_schema(connection)) == expected_schema(connection, revision)
    tree = Frontier()
    tree.extend(RECORDS)
    with open_store(URL, tmp_path, upgrade=True) as store, store.reading() as connection:
        assert store.revision == REVISION
        assert tuple(read_schema(connection)) == expected_schema(connection, REVISION)
        assert [record for _, _, record in rows.read_entries(connection)] == RECORDS
        assert rows.read_all_nodes(connection) == set(tree.nodes)
        assert {(level, number) for level, number, _ in tree.nodes} == {(8, 0), (8, 1)}
