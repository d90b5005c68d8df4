"""A workspace with members, and a hand that reaches past the program into the database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from audit.domain.membership import MemberRole
from audit.flow.founding import Officer, found_workspace
from audit.flow.ledger import Act, Ledger, open_ledger
from audit.flow.membership import add_user
from audit.flow.workspace import Unlocked, Workspace, read_workspace
from audit.vault import identity as vault


@dataclass
class Office:
    """A workspace whose first officer is olga."""

    workspace: Workspace
    officer: Unlocked
    folder: Path
    recovery: str | None = None

    def join(self, name: str, role: MemberRole) -> Unlocked:
        """Add a member with a new identity."""
        unlocked = Unlocked(vault.new_identity())
        public = self.folder / f"{name}.pub"
        public.write_text(unlocked.identity.public.text())
        add_user(self.workspace, self.officer, name, role=role, public=public, coder=None)
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


class MakeOffice(Protocol):
    """Makes a workspace in a new folder of that name."""

    def __call__(self, name: str, *, recovery: bool = False) -> Office: ...


@pytest.fixture
def make_office(tmp_path: Path) -> MakeOffice:
    def make(name: str, *, recovery: bool = False) -> Office:
        officer = Unlocked(vault.new_identity())
        first = Officer(identity=officer.identity, path=tmp_path / f"{name}.key", locked=None)
        made = found_workspace(tmp_path / name, first, "olga", store_url=None, recovery=recovery)
        return Office(workspace=made.workspace, officer=officer, folder=tmp_path, recovery=made.recovery)

    return make


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Unlocked]:
    """Found one workspace for all tests, because every commit waits for the disk."""
    folder = tmp_path_factory.mktemp("template")
    officer = Unlocked(vault.new_identity())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHARTASSAY_STATE", str(folder / "state"))
        first = Officer(identity=officer.identity, path=folder / "olga.key", locked=None)
        found_workspace(folder / "workspace", first, "olga", store_url=None, recovery=False)
    return folder, officer


@pytest.fixture
def office(_template: tuple[Path, Unlocked], tmp_path: Path) -> Office:
    folder, officer = _template
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return Office(workspace=read_workspace(tmp_path / "workspace"), officer=officer, folder=tmp_path)
