"""A new identity in an old one's place, and a new officer where no other is left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from audit.domain.membership import MemberRole
from audit.errors import NotPermittedError
from audit.flow.ledger import Act, NotAMemberError
from audit.flow.membership import (
    LastOfficerError,
    MemberExistsError,
    acknowledge_recovery,
    recover,
    rotate_keys,
)
from audit.flow.proving import prove_entry
from audit.flow.trail_view import verify_workspace
from audit.flow.workspace import Unlocked
from audit.trail import verify_alone
from audit.vault.identity import new_identity, recovery_from_text

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import MakeOffice, Office


def public_of(unlocked: Unlocked, folder: Path) -> Path:
    path = folder / "new.pub"
    path.write_text(unlocked.identity.public.text())
    return path


def reads(office: Office, unlocked: Unlocked, kind: str) -> bool:
    with office.ledger(unlocked) as ledger:
        found = list(ledger.entries(kind))
        return bool(found) and len(ledger.read(found[0].objects, purpose="test")) == 2


def test_a_new_identity_reads_what_the_old_one_read_and_the_old_one_writes_no_more(office: Office) -> None:
    ada = office.join("ada", MemberRole.AUDITOR)
    office.write("one", unlocked=ada)
    new = Unlocked(new_identity())
    done = rotate_keys(office.workspace, office.officer, "ada", public_of(new, office.folder))
    assert done["granted"] > 0
    assert reads(office, new, "one")
    with pytest.raises(NotAMemberError):
        office.write("two", unlocked=ada)
    office.write("two", unlocked=new)
    assert verify_workspace(office.workspace, None)["verdict"] == "intact"


def test_a_rotated_manager_still_holds_no_patients_key(office: Office) -> None:
    office.join("max", MemberRole.MANAGER)
    office.write("one")
    new = Unlocked(new_identity())
    rotate_keys(office.workspace, office.officer, "max", public_of(new, office.folder))
    with office.ledger(new) as ledger:
        assert {compartment.value for _, compartment in ledger.epoch_keys()} == {"ops"}
        (entry,) = ledger.entries("one")
        with pytest.raises(NotPermittedError):
            ledger.read(entry.objects, purpose="test")


def test_the_last_officer_and_a_known_identity_are_not_rotated(office: Office) -> None:
    new = Unlocked(new_identity())
    with pytest.raises(LastOfficerError):
        rotate_keys(office.workspace, office.officer, "olga", public_of(new, office.folder))
    ada = office.join("ada", MemberRole.AUDITOR)
    with pytest.raises(MemberExistsError):
        rotate_keys(office.workspace, office.officer, "ada", public_of(ada, office.folder))


@pytest.fixture
def spare(make_office: MakeOffice) -> tuple[Office, Path]:
    office = make_office("spare", recovery=True)
    office.write("one")
    path = office.folder / "recovery.txt"
    path.write_text(office.recovery or "")
    return office, path


def test_a_recovered_officer_reads_everything_and_is_shown_until_acknowledged(spare: tuple[Office, Path]) -> None:
    office, recovery = spare
    new = Unlocked(new_identity())
    recover(office.workspace, recovery, "nora", public_of(new, office.folder))
    assert reads(office, new, "one")
    found = verify_workspace(office.workspace, None)
    assert (found["verdict"], len(found["recoveries"])) == ("intact", 2)
    said = verify_alone.prove(prove_entry(office.workspace, 5, chain=True), office.workspace.trail_id)
    assert "written by recovery" in said
    assert acknowledge_recovery(office.workspace, new)["seen"] == found["recoveries"]
    assert verify_workspace(office.workspace, None)["recoveries"] == []
    assert acknowledge_recovery(office.workspace, new)["entry"] is None


def test_the_recovery_identity_writes_nothing_else(spare: tuple[Office, Path]) -> None:
    from audit.flow.ledger import open_ledger
    from audit.trail.damage import DamagedTrailError

    office, recovery = spare
    keeper = Unlocked(recovery_from_text(recovery.read_text()))
    with pytest.raises(NotAMemberError), office.ledger(keeper):
        pass
    before = verify_workspace(office.workspace, None)["entries"]
    with (
        pytest.raises(DamagedTrailError, match="unauthorised"),
        open_ledger(office.workspace, keeper, need=MemberRole.MANAGER, recovering=True) as ledger,
    ):
        ledger.write(Act("something else", {}))
    found = verify_workspace(office.workspace, None)
    assert (found["verdict"], found["entries"]) == ("intact", before)


def test_without_a_recovery_identity_nobody_recovers(office: Office) -> None:
    path = office.folder / "recovery.txt"
    path.write_text("chartassay-recovery-1 " + "A" * 86 + "==")
    with pytest.raises(NotAMemberError):
        recover(office.workspace, path, "nora", public_of(Unlocked(new_identity()), office.folder))
