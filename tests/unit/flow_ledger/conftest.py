"""A workspace with members, and a hand that reaches past the program into the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from audit.domain.membership import MemberRole
from audit.flow.founding import Officer, found_workspace
from audit.flow.ledger import Act, Ledger, open_ledger
from audit.flow.membership import add_user
from audit.flow.workspace import Unlocked, Workspace
from audit.vault import identity as vault


@dataclass
class Office:
    """A workspace whose first officer is olga."""

    workspace: Workspace
    officer: Unlocked
    folder: Path
    people: dict[str, Unlocked] = field(default_factory=dict)

    def join(self, name: str, role: MemberRole) -> Unlocked:
        """Add a member with a new identity."""
        unlocked = Unlocked(vault.new_identity())
        public = self.folder / f"{name}.pub"
        public.write_text(unlocked.identity.public.text())
        add_user(self.workspace, self.officer, name, role=role, public=public, coder=None)
        self.people[name] = unlocked
        return unlocked

    def ledger(
        self, unlocked: Unlocked | None = None, need: MemberRole = MemberRole.MANAGER
    ) -> AbstractContextManager[Ledger]:
        """Open the ledger, as the officer unless told otherwise."""
        return open_ledger(self.workspace, unlocked or self.officer, need=need)

    @property
    def database(self) -> Path:
        return self.workspace.root / "chartassay.db"

    def write(self, *kinds: str, unlocked: Unlocked | None = None) -> None:
        """Write one act of each kind, each with one case and one ops object."""
        with self.ledger(unlocked) as ledger:
            for kind in kinds:
                act = Act(kind, {"n": 1})
                act.seal_case(None, "case", b"patient " * 20)
                act.seal_ops("summary", b"counts")
                ledger.write(act)

    @contextmanager
    def raw(self) -> Iterator[sqlite3.Connection]:
        """Give the database without its triggers, which are back in their own words when the block ends."""
        connection = sqlite3.connect(self.database)
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()
        connection.close()


@pytest.fixture(autouse=True)
def _quick_and_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock with a quick Argon2id, and keep marks and identities out of the user's own folders."""
    monkeypatch.setattr(vault, "PARAMETERS", vault.Argon2Parameters(memory_kib=64, iterations=1, lanes=1))
    monkeypatch.setenv("CHARTASSAY_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def make_office(tmp_path: Path) -> Callable[[str], Office]:
    def make(name: str) -> Office:
        officer = Unlocked(vault.new_identity())
        first = Officer(identity=officer.identity, path=tmp_path / f"{name}.key", locked=None)
        made = found_workspace(tmp_path / name, first, "olga", store_url=None, recovery=False)
        return Office(workspace=made.workspace, officer=officer, folder=tmp_path)

    return make


@pytest.fixture
def office(make_office: Callable[[str], Office]) -> Office:
    return make_office("workspace")
