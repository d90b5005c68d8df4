"""A backup is sealed and whole; restoring an older one is seen by everyone until an officer has said why."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.domain.membership import MemberRole
from audit.errors import AuditError
from audit.flow.ledger import Act, RoleError
from audit.flow.restoring import (
    BackupTargetError,
    NoReasonError,
    NothingToAcceptError,
    accept_restore,
    back_up,
    restore,
)
from audit.flow.trail_view import verify_workspace
from audit.flow.workspace import read_workspace
from audit.trail.damage import DamagedTrailError
from audit.trail.mark import mark_path

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import Office


def rolled_back(office: Office) -> None:
    """Back up, write on, and put the backup in place of the workspace."""
    back_up(office.workspace, office.officer, office.folder / "backup")
    office.write("lost one", "lost two")
    shutil.rmtree(office.workspace.root)
    assert restore(office.folder / "backup", office.workspace.root)["older"]


def test_a_backup_verifies_and_reads_as_the_original(office: Office) -> None:
    office.write("one")
    done = back_up(office.workspace, office.officer, office.folder / "backup")
    moved = restore(office.folder / "backup", office.folder / "again")
    assert (moved["entries"], moved["older"]) == (done["entries"], False)
    copy = replace(office, workspace=read_workspace(office.folder / "again"))
    found = verify_workspace(copy.workspace, office.folder / "backup" / "checkpoint.txt")
    assert (found["verdict"], found["anchor"]) == ("intact", "checkpoint")
    with copy.ledger() as ledger:
        (entry,) = ledger.entries("one")
        assert b"counts" in ledger.read(entry.objects, purpose="test").values()


def test_until_it_is_accepted_every_command_but_the_verifier_stops(office: Office) -> None:
    office.write("one")
    rolled_back(office)
    assert verify_workspace(office.workspace, None)["damage"] == "rolled_back"
    with pytest.raises(DamagedTrailError):
        office.write("more")
    before = mark_path(office.workspace.trail_id).read_text()
    done = accept_restore(office.workspace, office.officer, "disk lost on Friday")
    assert (done["lost"], done["kept"]) == (done["kept"] + 3, 6)
    office.write("more")
    assert verify_workspace(office.workspace, None)["verdict"] == "intact"
    with office.ledger() as ledger:
        (entry,) = ledger.entries("restore.accepted")
    assert entry.ops["reason"] == "disk lost on Friday"
    kept = mark_path(office.workspace.trail_id)
    assert kept.with_name(f"{kept.name}.lost-{done['lost']}").read_text() == before


def test_keys_after_a_restore_are_fresh(office: Office) -> None:
    """A restored counter would repeat nonces under the same key; here every command has keys of its own."""
    rolled_back(office)
    accept_restore(office.workspace, office.officer, "disk lost")
    with office.ledger() as ledger:
        ledger.write(Act("after", {}))
        commitments = [tuple(epoch.commitments.values()) for epoch in ledger.walk.epochs.values()]
    assert len({value for pair in commitments for value in pair}) == 2 * len(commitments)


def test_only_an_officer_accepts_first_and_others_may_follow(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = office.join("ada", MemberRole.AUDITOR)
    rolled_back(office)
    own = mark_path(office.workspace.trail_id)
    shutil.copytree(own.parent, office.folder / "state-of-ada")
    with pytest.raises(RoleError):
        accept_restore(office.workspace, auditor, "I wish to")
    accept_restore(office.workspace, office.officer, "disk lost")
    office.write("one", "two", "three", "four")
    monkeypatch.setenv("CHARTASSAY_STATE", str(office.folder / "state-of-ada"))
    assert verify_workspace(office.workspace, None)["damage"] == "forked"
    accept_restore(office.workspace, auditor, "as olga said")
    assert verify_workspace(office.workspace, None)["verdict"] == "intact"


def test_nothing_else_is_accepted(office: Office) -> None:
    office.write("one")
    with pytest.raises(NothingToAcceptError):
        accept_restore(office.workspace, office.officer, "because")
    with pytest.raises(NoReasonError):
        accept_restore(office.workspace, office.officer, " ")
    with office.raw() as database:
        database.execute("DELETE FROM entry WHERE seq = 2")
    with pytest.raises(DamagedTrailError):
        accept_restore(office.workspace, office.officer, "because")


def test_a_damaged_backup_and_a_taken_place_are_refused(office: Office) -> None:
    backup = office.folder / "backup"
    back_up(office.workspace, office.officer, backup)
    for target in (backup, office.workspace.root):
        with pytest.raises(BackupTargetError):
            restore(backup, target)
    with pytest.raises(BackupTargetError):
        back_up(office.workspace, office.officer, backup)
    data = (backup / "chartassay.db").read_bytes()
    (backup / "chartassay.db").write_bytes(data[: len(data) // 2])
    with pytest.raises(AuditError) as refused:
        restore(backup, office.folder / "new")
    assert refused.value.exit_code == 1
    assert not (office.folder / "new").exists()
    assert not list(Path(office.folder).glob(".restore-*"))


def test_a_manager_makes_no_backup(office: Office) -> None:
    manager = office.join("max", MemberRole.MANAGER)
    with pytest.raises(RoleError):
        back_up(office.workspace, manager, office.folder / "backup")
    assert not (office.folder / "backup").exists()
