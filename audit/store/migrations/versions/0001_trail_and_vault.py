"""The first schema: entries, checkpoints, head, sealed objects, case keys, and the triggers that guard them.

The triggers stop accidents; whoever owns the database can drop them, and then the signed tree tells. An insert must
continue the numbering, because INSERT OR REPLACE walks past a trigger on DELETE where recursive triggers are off.

The statements are text, not SQLAlchemy tables: the verifier compares the stored schema with them word for word, and a
later version of a library that lays them out differently must not look like damage.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "CREATE TABLE entry (seq INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL, record BLOB NOT NULL)",
    "CREATE TABLE checkpoint (size INTEGER NOT NULL PRIMARY KEY, note TEXT NOT NULL)",
    "CREATE TABLE head (id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL)",
    "CREATE TABLE object (object_id BLOB NOT NULL PRIMARY KEY, sealed BLOB NOT NULL)",
    """CREATE TABLE case_key (
       case_id BLOB NOT NULL, epoch BLOB NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (case_id, epoch))""",
)

_SQLITE_GUARDS = (
    """CREATE TRIGGER entry_continues BEFORE INSERT ON entry
       WHEN NEW.seq <> (SELECT COALESCE(MAX(seq) + 1, 0) FROM entry)
       BEGIN SELECT RAISE(ABORT, 'entries are only appended'); END""",
    """CREATE TRIGGER checkpoint_continues BEFORE INSERT ON checkpoint
       WHEN NEW.size <= (SELECT COALESCE(MAX(size), 0) FROM checkpoint)
       BEGIN SELECT RAISE(ABORT, 'checkpoints are only appended'); END""",
    """CREATE TRIGGER object_is_new BEFORE INSERT ON object
       WHEN EXISTS (SELECT 1 FROM object WHERE object_id = NEW.object_id)
       BEGIN SELECT RAISE(ABORT, 'objects are only added'); END""",
    """CREATE TRIGGER case_key_is_new BEFORE INSERT ON case_key
       WHEN EXISTS (SELECT 1 FROM case_key WHERE case_id = NEW.case_id AND epoch = NEW.epoch)
       BEGIN SELECT RAISE(ABORT, 'case keys are only added'); END""",
    """CREATE TRIGGER head_advances BEFORE UPDATE ON head WHEN NEW.size <= OLD.size OR NEW.id <> OLD.id
       BEGIN SELECT RAISE(ABORT, 'the head only advances'); END""",
    """CREATE TRIGGER head_is_one BEFORE INSERT ON head WHEN EXISTS (SELECT 1 FROM head)
       BEGIN SELECT RAISE(ABORT, 'there is one head'); END""",
    """CREATE TRIGGER head_stays BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'the head stays'); END""",
    """CREATE TRIGGER case_key_unchanged BEFORE UPDATE ON case_key
       BEGIN SELECT RAISE(ABORT, 'case keys are not changed'); END""",
    *(
        f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for table in ("entry", "checkpoint", "object")
        for verb in ("UPDATE", "DELETE")
    ),
)


_POSTGRES_GUARDS = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
       $$BEGIN RAISE EXCEPTION '% is not changed', TG_TABLE_NAME; END$$""",
    """CREATE FUNCTION entry_continues() RETURNS trigger LANGUAGE plpgsql AS
       $$BEGIN IF NEW.seq <> (SELECT COALESCE(MAX(seq) + 1, 0) FROM entry) THEN
       RAISE EXCEPTION 'entries are only appended'; END IF; RETURN NEW; END$$""",
    """CREATE FUNCTION checkpoint_continues() RETURNS trigger LANGUAGE plpgsql AS
       $$BEGIN IF NEW.size <= (SELECT COALESCE(MAX(size), 0) FROM checkpoint) THEN
       RAISE EXCEPTION 'checkpoints are only appended'; END IF; RETURN NEW; END$$""",
    "CREATE TRIGGER entry_continues BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION entry_continues()",
    """CREATE TRIGGER checkpoint_continues BEFORE INSERT ON checkpoint
       FOR EACH ROW EXECUTE FUNCTION checkpoint_continues()""",
    """CREATE TRIGGER head_advances BEFORE UPDATE ON head FOR EACH ROW
       WHEN (NEW.size <= OLD.size OR NEW.id <> OLD.id) EXECUTE FUNCTION refuse_change()""",
    "CREATE TRIGGER head_stays BEFORE DELETE ON head FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER case_key_unchanged BEFORE UPDATE ON case_key FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    *(
        f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
        for table in ("entry", "checkpoint", "object")
        for verb in ("UPDATE", "DELETE")
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()"
        for table in ("entry", "checkpoint", "object", "case_key", "head")
    ),
)
"""A session in replica mode passes ordinary triggers, TRUNCATE those on rows: hence ALWAYS, and one on statements."""

_POSTGRES_TRIGGERS = (
    *(("entry", name) for name in ("continues", "no_update", "no_delete", "no_truncate")),
    *(("checkpoint", name) for name in ("continues", "no_update", "no_delete", "no_truncate")),
    *(("object", name) for name in ("no_update", "no_delete", "no_truncate")),
    *(("case_key", name) for name in ("unchanged", "no_truncate")),
    *(("head", name) for name in ("advances", "stays", "no_truncate")),
)


def upgrade() -> None:
    """Make the tables and their guards."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _TABLES:
        op.execute(table if is_sqlite else table.replace("BLOB", "BYTEA").replace("INTEGER", "BIGINT"))
    op.execute("INSERT INTO head (id, size) VALUES (1, 0)")
    for guard in _SQLITE_GUARDS if is_sqlite else _POSTGRES_GUARDS:
        op.get_bind().exec_driver_sql(guard.replace("%", "%%") if not is_sqlite else guard)
    for table, name in () if is_sqlite else _POSTGRES_TRIGGERS:
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{name}")
