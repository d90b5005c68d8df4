"""Attacks on more than rows: a stolen signing key, a clock that lies, text that wants to be printed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.flow import keyring
from audit.flow.ledger import Act
from audit.flow.proving import trail_checkpoint
from audit.flow.trail_view import verify_workspace
from audit.trail.mark import mark_path

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import Office


def test_a_clock_that_goes_back_changes_no_order(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([2_000_000_000_000_000_000, 1_000_000_000_000_000_000, 1_500_000_000_123_000_000])
    with office.ledger() as ledger:
        ledger.write(Act("zero", {}))
        monkeypatch.setattr(keyring.time, "time_ns", lambda: next(times))
        for kind in ("one", "two", "three"):
            ledger.write(Act(kind, {}))
        assert [entry.kind for entry in ledger.entries()][-3:] == ["one", "two", "three"]
        assert [entry.recorded_at for entry in ledger.entries()][-3:] == [
            "2033-05-18T03:33:20.000+00:00",
            "2001-09-09T01:46:40.000+00:00",
            "2017-07-14T02:40:00.123+00:00",
        ]
    assert verify_workspace(office.workspace, None)["verdict"] == "intact"


def test_a_stolen_signing_key_cannot_rewrite_what_a_checkpoint_elsewhere_saw(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thief has the epoch's key and the officer's session: everything he writes verifies by itself."""
    stolen = Ed25519PrivateKey.generate()
    monkeypatch.setattr(keyring.Ed25519PrivateKey, "generate", staticmethod(lambda: stolen))
    shutil.copy(office.database, tmp_path / "before.db")
    office.write("true")
    witnessed = tmp_path / "witnessed.txt"
    witnessed.write_text(trail_checkpoint(office.workspace))
    shutil.copy(tmp_path / "before.db", office.database)
    mark_path(office.workspace.trail_id).unlink()
    office.write("false", "and more")
    assert verify_workspace(office.workspace, None)["verdict"] == "intact"
    assert verify_workspace(office.workspace, witnessed)["damage"] == "forked"


def test_no_stored_text_is_repeated_in_a_verdict(office: Office) -> None:
    office.write("one")
    for sql in (
        "UPDATE entry SET kind = 'EVILTEXT' WHERE seq = 3",
        "UPDATE checkpoint SET note = 'EVILTEXT'",
        "CREATE TABLE EVILTEXT (x)",
    ):
        with office.raw() as database:
            database.execute(sql)
        found = verify_workspace(office.workspace, None)
        assert found["verdict"] == "damaged"
        assert "EVILTEXT" not in json.dumps(found)
