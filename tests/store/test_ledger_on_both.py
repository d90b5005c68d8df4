"""The ledger on SQLite and on PostgreSQL: the same acts, the same verdicts, the same damage, many writers at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from audit.domain.membership import MemberRole
from audit.flow.founding import Officer, found_workspace
from audit.flow.ledger import Act, open_ledger
from audit.flow.proving import prove_entry
from audit.flow.trail_view import verify_workspace
from audit.flow.workspace import Unlocked, Workspace
from audit.store.database import StoreTakenError, StoreUnreachableError
from audit.trail import verify_alone
from audit.trail.damage import DamagedTrailError
from audit.vault import identity as vault

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.store.conftest import Server

CHECKOUT = Path(__file__).parents[2]
WRITERS, APPENDS = 8, 200
WRITER = """
import sys
from pathlib import Path
from audit.domain.membership import MemberRole
from audit.flow.ledger import Act, open_ledger
from audit.flow.workspace import Unlocked, read_workspace
from audit.vault.identity import recovery_from_text
me = Unlocked(recovery_from_text(sys.stdin.read()))
with open_ledger(read_workspace(Path(sys.argv[1])), me, need=MemberRole.AUDITOR) as ledger:
    for n in range(int(sys.argv[3])):
        print(ledger.write(Act("append", {"writer": sys.argv[2], "n": n})), flush=True)
"""


@dataclass
class Office:
    workspace: Workspace
    officer: Unlocked

    def write(self, *kinds: str) -> None:
        with open_ledger(self.workspace, self.officer, need=MemberRole.AUDITOR) as ledger:
            for kind in kinds:
                act = Act(kind, {"n": 1})
                act.seal_case(None, "case", b"patient " * 20)
                act.seal_ops("summary", b"counts")
                ledger.write(act)

    def start(self, name: str, count: int) -> subprocess.Popen[str]:
        """Append ``count`` entries in a process of its own; the key travels over a pipe."""
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(self.workspace.root), name, str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )
        assert process.stdin is not None
        process.stdin.write(vault.recovery_text(self.officer.identity))
        process.stdin.close()
        process.stdin = None
        return process

    @contextmanager
    def raw(self) -> Iterator[Connection]:
        """Reach past every guard, which are back when the block ends."""
        url = make_url(self.workspace.store_url)
        if url.get_backend_name() == "sqlite":
            engine = create_engine(f"sqlite:///{self.workspace.root / 'chartassay.db'}")
            with engine.begin() as connection:
                sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                triggers = connection.exec_driver_sql(sql).fetchall()
                for name, _ in triggers:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
                yield connection
                for _, text in triggers:
                    connection.exec_driver_sql(text)
        else:
            engine = create_engine(url.set(drivername="postgresql+psycopg"))
            with engine.begin() as connection:
                tables = ("entry", "checkpoint", "object", "case_key", "head", "node")
                for table in tables:
                    connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
                yield connection
                for table in tables:
                    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
                names = connection.exec_driver_sql(
                    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
                ).fetchall()
                for table, name in names:
                    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
        engine.dispose()

    def verdict(self) -> tuple[str, str | None, int | None]:
        found = verify_workspace(self.workspace, None)
        return found["verdict"], found["damage"], found["first_bad"]


@pytest.fixture
def office(url: str, tmp_path: Path) -> Office:
    officer = Unlocked(vault.new_identity())
    first = Officer(identity=officer.identity, path=tmp_path / "olga.key", locked=None)
    made = found_workspace(tmp_path / "ws", first, "olga", store_url=url, recovery=False)
    return Office(made.workspace, officer)


def test_acts_are_written_read_back_and_proven(office: Office) -> None:
    office.write("one", "two")
    with open_ledger(office.workspace, office.officer, need=MemberRole.AUDITOR) as ledger:
        (entry,) = ledger.entries("two")
        found = ledger.read(entry.objects, purpose="test")
    assert sorted(found.values()) == [b"counts", b"patient " * 20]
    assert office.verdict() == ("intact", None, None)
    said = verify_alone.prove(prove_entry(office.workspace, 3, chain=True), office.workspace.trail_id)
    assert said.startswith("entry 3 (act) written by olga")


def test_several_acts_are_one_commit(office: Office) -> None:
    with open_ledger(office.workspace, office.officer, need=MemberRole.AUDITOR) as ledger:
        assert ledger.write_all([Act("batch", {"n": n}) for n in range(300)]) == 302
        assert [entry.ops["n"] for entry in ledger.entries("batch")] == list(range(300))
    assert office.verdict() == ("intact", None, None)


# genesis 0, epoch.open 1 | epoch.open 2, one 3 | two 4 | three 5
ATTACKS: dict[str, tuple[str, str, int | None]] = {
    "an entry is changed": ("UPDATE entry SET record = '0' WHERE seq = 4", "edited", 4),
    "the last entry is deleted": ("DELETE FROM entry WHERE seq = 5", "removed", 5),
    "an entry in the middle is deleted": ("DELETE FROM entry WHERE seq = 4", "removed", 4),
    "all is deleted": ("DELETE FROM entry", "removed", 0),
    "a checkpoint is deleted": ("DELETE FROM checkpoint WHERE size = 5", "removed", 4),
    "the head is moved back": ("UPDATE head SET size = 3", "edited", None),
    "an object is deleted": (
        "DELETE FROM object WHERE object_id = (SELECT object_id FROM object LIMIT 1)",
        "removed",
        -1,
    ),
    "the case keys are deleted": ("DELETE FROM case_key", "removed", 3),
    "a node is added": ("INSERT INTO node VALUES (8, 0, '0')", "edited", None),
    "a table is added": ("CREATE TABLE more (x INTEGER)", "schema", None),
    "an index is added": ("CREATE INDEX more ON entry (kind)", "schema", None),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_named_on_both(office: Office, name: str) -> None:
    sql, damage, first_bad = ATTACKS[name]
    office.write("one", "two", "three")
    assert office.verdict() == ("intact", None, None)
    with office.raw() as connection:
        connection.exec_driver_sql(sql)
    verdict = office.verdict()
    assert verdict[:2] == ("damaged", damage)
    assert first_bad == -1 or verdict[2] == first_bad
    if damage in ("edited", "removed") and "entry" in sql:
        with pytest.raises(DamagedTrailError):
            office.write("more")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "sql",
    [
        "DROP TRIGGER entry_no_delete ON entry",
        "ALTER TABLE entry DISABLE TRIGGER entry_no_delete",
        "ALTER TABLE entry ENABLE TRIGGER entry_no_delete",
        "ALTER TABLE entry ENABLE REPLICA TRIGGER entry_no_truncate",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN OLD; END$$",
        "CREATE RULE silent AS ON INSERT TO entry DO INSTEAD NOTHING",
    ],
)
def test_a_weakened_guard_of_postgresql_is_seen(office: Office, sql: str) -> None:
    engine = create_engine(make_url(office.workspace.store_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql(sql)
    engine.dispose()
    assert office.verdict() == ("damaged", "schema", None)


def test_eight_writers_at_once_lose_nothing_and_fork_nothing(office: Office) -> None:
    writers = [office.start(str(n), APPENDS) for n in range(WRITERS)]
    said = [writer.communicate()[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    acknowledged = sorted(int(seq) for lines in said for seq in lines)
    assert len(set(acknowledged)) == WRITERS * APPENDS
    found: Any = verify_workspace(office.workspace, None)
    assert (found["verdict"], found["entries"]) == ("intact", 2 + WRITERS * (APPENDS + 1))
    with open_ledger(office.workspace, office.officer, need=MemberRole.AUDITOR) as ledger:
        entries = {entry.seq: entry for entry in ledger.entries("append")}
    for n, lines in enumerate(said):
        assert [entries[int(seq)].ops for seq in lines] == [{"writer": str(n), "n": m} for m in range(APPENDS)]


def test_a_killed_writer_loses_nothing_that_it_was_told(office: Office) -> None:
    writer = office.start("killed", 100_000)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(12)]
    writer.kill()
    writer.communicate()
    assert office.verdict() == ("intact", None, None)
    with open_ledger(office.workspace, office.officer, need=MemberRole.AUDITOR) as ledger:
        assert set(told) <= {entry.seq for entry in ledger.entries("append")}
    office.write("after")
    assert office.verdict() == ("intact", None, None)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_server_that_dies_leaves_a_whole_trail_and_a_plain_message(office: Office, server: Server) -> None:
    writer = office.start("cut off", 100_000)
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(12)]
    server.stop("immediate")
    try:
        writer.communicate()
        assert writer.returncode != 0
        with pytest.raises(StoreUnreachableError) as refused:
            verify_workspace(office.workspace, None)
        assert refused.value.exit_code == 3
    finally:
        server.start()
    assert office.verdict() == ("intact", None, None)
    with open_ledger(office.workspace, office.officer, need=MemberRole.AUDITOR) as ledger:
        assert set(told) <= {entry.seq for entry in ledger.entries("append")}


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_database_with_a_trail_takes_no_second_workspace(office: Office, tmp_path: Path) -> None:
    first = Officer(identity=vault.new_identity(), path=tmp_path / "eve.key", locked=None)
    with pytest.raises(StoreTakenError):
        found_workspace(tmp_path / "other", first, "eve", store_url=office.workspace.store_url, recovery=False)
    assert not (tmp_path / "other").exists()
    assert office.verdict() == ("intact", None, None)
