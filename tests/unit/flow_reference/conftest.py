from __future__ import annotations

from pathlib import Path

import pytest

from audit.flow.founding import Officer, found_workspace
from audit.flow.reference import cache_folder, find_reference
from audit.flow.workspace import Unlocked, Workspace
from audit.vault import identity as vault


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Workspace, Unlocked]:
    """Return a new workspace and its first officer."""
    monkeypatch.setenv("CHARTASSAY_STATE", str(tmp_path / "state"))
    officer = Unlocked(vault.new_identity())
    first = Officer(identity=officer.identity, path=tmp_path / "olga.key", locked=None)
    made = found_workspace(tmp_path / "workspace", first, "olga", store_url=None, recovery=False)
    return made.workspace, officer


@pytest.fixture(scope="session")
def shipped() -> Path:
    """Return the cache with the ICD-10-CM that ships compiled, so that a test's own cache need not do it again."""
    find_reference(None)
    return cache_folder()
