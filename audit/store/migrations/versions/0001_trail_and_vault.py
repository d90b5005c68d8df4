"""The first schema: entries, checkpoints, head, sealed objects, case keys, and the triggers that guard them.

The triggers stop accidents; whoever owns the database can drop them, and then the signed tree tells. An insert must
continue the numbering, because INSERT OR REPLACE walks past a trigger on DELETE where recursive triggers are off.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

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


def upgrade() -> None:
    """Make the tables; on SQLite also the guards."""
    op.create_table(
        "entry",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "head",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
        sa.Column("size", sa.Integer, nullable=False),
    )
    op.create_table(
        "object",
        sa.Column("object_id", sa.LargeBinary, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "case_key",
        sa.Column("case_id", sa.LargeBinary, primary_key=True),
        sa.Column("epoch", sa.LargeBinary, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.execute("INSERT INTO head (id, size) VALUES (1, 0)")
    if op.get_bind().dialect.name == "sqlite":
        for guard in _SQLITE_GUARDS:
            op.execute(guard)
