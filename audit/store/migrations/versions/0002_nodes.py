"""Roots of the tree's complete subtrees of 256, 65 536, … entries, so that a proof need not read the whole log.

They can all be recomputed from the entries, and the verifier does so. An index finds the entries that change rights.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLE = """CREATE TABLE node (
       level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, number))"""
_INDEX = "CREATE INDEX entry_of_rights ON entry (kind, seq) WHERE kind <> 'act'"
_FAN = 256

_SQLITE_GUARDS = (
    """CREATE TRIGGER node_is_new BEFORE INSERT ON node
       WHEN EXISTS (SELECT 1 FROM node WHERE level = NEW.level AND number = NEW.number)
       BEGIN SELECT RAISE(ABORT, 'node is append-only'); END""",
    *(
        f"""CREATE TRIGGER node_no_{verb.lower()} BEFORE {verb} ON node
            BEGIN SELECT RAISE(ABORT, 'node is append-only'); END"""
        for verb in ("UPDATE", "DELETE")
    ),
)
_POSTGRES_GUARDS = (
    *(
        f"CREATE TRIGGER node_no_{verb.lower()} BEFORE {verb} ON node {each} EXECUTE FUNCTION refuse_change()"
        for verb, each in (("UPDATE", "FOR EACH ROW"), ("DELETE", "FOR EACH ROW"), ("TRUNCATE", ""))
    ),
    *(f"ALTER TABLE node ENABLE ALWAYS TRIGGER node_no_{verb}" for verb in ("update", "delete", "truncate")),
)


def upgrade() -> None:
    """Make the table, its guards and the index, and fill the table from the entries."""
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    op.execute(_TABLE if is_sqlite else _TABLE.replace("BLOB", "BYTEA").replace("INTEGER", "BIGINT"))
    op.execute(_INDEX)
    for guard in _SQLITE_GUARDS if is_sqlite else _POSTGRES_GUARDS:
        op.execute(guard)
    rows = connection.exec_driver_sql("SELECT record FROM entry ORDER BY seq")
    hashes = [hashlib.sha256(b"\x00" + row[0]).digest() for row in rows]
    level, mark = 0, "?" if is_sqlite else "%s"
    while len(hashes) >= _FAN:
        level += 8
        hashes = [_root(hashes[at : at + _FAN]) for at in range(0, len(hashes) - _FAN + 1, _FAN)]
        made = [(level, number, each) for number, each in enumerate(hashes)]
        connection.exec_driver_sql(f"INSERT INTO node (level, number, hash) VALUES ({mark}, {mark}, {mark})", made)


def _root(hashes: Iterable[bytes]) -> bytes:
    level = list(hashes)
    while len(level) > 1:
        level = [hashlib.sha256(b"\x01" + level[n] + level[n + 1]).digest() for n in range(0, len(level), 2)]
    return level[0]
