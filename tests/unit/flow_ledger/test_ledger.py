from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from audit.domain.membership import MemberRole
from audit.errors import AuditError
from audit.flow.keyring import NoKeyError
from audit.flow.ledger import Act, NotAMemberError, RoleError
from audit.flow.membership import grant_keys, revoke_user
from audit.flow.trail_view import show_access
from audit.flow.workspace import Unlocked
from audit.store.database import StoreRefusedError
from audit.trail.damage import DamagedTrailError
from audit.vault.identity import new_identity, recovery_from_text

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import MakeOffice, Office


def test_what_was_sealed_is_read_back_and_the_reading_is_an_entry(office: Office) -> None:
    with office.ledger() as ledger:
        act = Act("run", {"encounters": 2})
        first = act.seal_case(None, "case", b"first")
        act.seal_case(None, "case", b"second")
        act.seal_ops("summary", b"counts")
        seq = ledger.write(act)
    with office.ledger() as ledger:
        (entry,) = ledger.entries("run")
        assert (entry.seq, entry.kind, entry.actor, entry.ops) == (seq, "run", "olga", {"encounters": 2})
        assert [(ref.name, ref.case_id is None) for ref in entry.objects] == [
            ("case", False),
            ("case", False),
            ("summary", True),
        ]
        assert entry.objects[0].case_id == first
        content = ledger.read(entry.objects, purpose="second look")
        assert [content[ref.object_id] for ref in entry.objects] == [b"first", b"second", b"counts"]
        (read,) = ledger.entries("sealed.read")
        assert read.ops["purpose"] == "second look"
        assert read.ops["count"] == 2
        assert first in read.ops["cases"]


def test_reading_what_holds_no_patient_leaves_no_entry(office: Office) -> None:
    office.write("run")
    with office.ledger() as ledger:
        (entry,) = ledger.entries("run")
        refs = [ref for ref in entry.objects if ref.case_id is None]
        assert list(ledger.read(refs, purpose="report").values()) == [b"counts"]
        assert list(ledger.entries("sealed.read")) == []


def test_later_content_of_a_case_is_sealed_under_the_same_case(office: Office) -> None:
    with office.ledger() as ledger:
        act = Act("run", {})
        case = act.seal_case(None, "case", b"chart")
        ledger.write(act)
    with office.ledger() as ledger:
        later = Act("review", {})
        assert later.seal_case(case, "determinations", b"agreed") == case
        ledger.write(later)
        refs = [ref for entry in ledger.entries("run", "review") for ref in entry.objects]
        assert list(ledger.read(refs, purpose="x").values()) == [b"chart", b"agreed"]
    with office.raw() as database:
        assert database.execute("SELECT COUNT(*) FROM case_key").fetchone() == (1,)


def test_one_command_opens_one_epoch(office: Office) -> None:
    office.write("one", "two", "three")
    with office.ledger() as ledger:
        assert [entry.kind for entry in ledger.entries()] == ["genesis", *["epoch.open"] * 2, "one", "two", "three"]


def test_a_command_that_only_looks_writes_nothing(office: Office) -> None:
    before = office.database.read_bytes()
    with office.ledger() as ledger:
        list(ledger.entries())
        assert ledger.checkpoint().startswith("chartassay/")
    assert office.database.read_bytes() == before


def test_a_manager_opens_nothing_of_a_patient_by_any_path(office: Office) -> None:
    manager = office.join("max", MemberRole.MANAGER)
    office.write("run")
    with office.ledger(manager) as ledger:
        (entry,) = ledger.entries("run")
        size = ledger.walk.size
        phi = [ref for ref in entry.objects if ref.case_id is not None]
        with pytest.raises(RoleError) as refused:
            ledger.read(phi, purpose="curiosity")
        assert refused.value.exit_code == 4
        act = Act("x", {})
        act.seal_case(None, "case", b"patient")
        with pytest.raises(RoleError):
            ledger.write(act)
        assert ledger.walk.size == size
        assert not [c for (_, c, holder) in ledger.walk.wraps if holder == ledger.member_id and c == "phi"]
        assert not [c for _, c in ledger.epoch_keys() if c == "phi"]
        # even with the role check gone there is no key
        ledger.role = MemberRole.OFFICER
        with pytest.raises(NoKeyError):
            ledger.read(phi, purpose="curiosity")
        assert ledger.walk.size == size
        ops = [ref for ref in entry.objects if ref.case_id is None]
        assert list(ledger.read(ops, purpose="report").values()) == [b"counts"]


@pytest.mark.parametrize(("role", "need"), [("manager", "auditor"), ("manager", "officer"), ("auditor", "officer")])
def test_a_role_without_the_right_is_refused_before_anything_is_opened(office: Office, role: str, need: str) -> None:
    member = office.join("max", MemberRole(role))
    with pytest.raises(RoleError) as refused, office.ledger(member, MemberRole(need)):
        pass
    assert refused.value.exit_code == 4


@pytest.mark.parametrize("role", list(MemberRole))
def test_every_role_may_do_what_asks_for_it_or_less(office: Office, role: MemberRole) -> None:
    member = office.join("max", role)
    for need in MemberRole:
        if role.admits(need):
            with office.ledger(member, need) as ledger:
                ledger.write(Act("x", {}))


def test_a_stranger_is_no_member(office: Office) -> None:
    with pytest.raises(NotAMemberError), office.ledger(Unlocked(new_identity())):
        pass


def test_a_revoked_member_is_none_and_reads_nothing_written_later(office: Office) -> None:
    auditor = office.join("ada", MemberRole.AUDITOR)
    revoke_user(office.workspace, office.officer, "ada")
    office.write("run")
    with pytest.raises(NotAMemberError), office.ledger(auditor):
        pass
    with office.ledger() as ledger:
        last = max(epoch.seq for epoch in ledger.walk.epochs.values())
        holders = {h for (e, _, h) in ledger.walk.wraps if ledger.walk.epochs[e].seq == last}
        assert holders == {ledger.member_id}


def test_a_member_revoked_while_his_command_runs_writes_nothing_more(office: Office) -> None:
    auditor = office.join("ada", MemberRole.AUDITOR)
    with office.ledger(auditor) as ledger:
        ledger.write(Act("before", {}))
        revoke_user(office.workspace, office.officer, "ada")
        with pytest.raises(NotAMemberError):
            ledger.write(Act("after", {}))
    with office.ledger() as ledger:
        assert [entry.kind for entry in ledger.entries("before", "after")] == ["before"]


def test_a_member_added_while_a_command_runs_can_read_what_it_writes_next(office: Office) -> None:
    with office.ledger() as ledger:
        ledger.write(Act("before", {}))
        manager = office.join("max", MemberRole.MANAGER)
        ledger.write(Act("after", {}))
    with office.ledger(manager) as ledger:
        assert [entry.kind for entry in ledger.entries("before", "after")] == ["after"]


def test_earlier_keys_are_handed_on_by_an_officer_and_only_what_the_role_may_hold(office: Office) -> None:
    office.write("run")
    manager, auditor = office.join("max", MemberRole.MANAGER), office.join("ada", MemberRole.AUDITOR)
    with office.ledger(manager) as ledger:
        assert list(ledger.entries("run")) == []
    grant_keys(office.workspace, office.officer, "max")
    grant_keys(office.workspace, office.officer, "ada")
    assert grant_keys(office.workspace, office.officer, "ada")["granted"] == 0
    with office.ledger(manager) as ledger:
        (entry,) = ledger.entries("run")
        ledger.role = MemberRole.OFFICER
        with pytest.raises(NoKeyError):
            ledger.read(entry.objects, purpose="x")
    with office.ledger(auditor) as ledger:
        (entry,) = ledger.entries("run")
        assert len(ledger.read(entry.objects, purpose="x")) == 2


def test_an_auditor_without_earlier_keys_is_refused_and_leaves_no_reading(office: Office) -> None:
    office.write("run")
    with office.ledger() as ledger:
        (entry,) = ledger.entries("run")
    auditor = office.join("ada", MemberRole.AUDITOR)
    with office.ledger(auditor) as ledger:
        size = ledger.walk.size
        with pytest.raises(NoKeyError):
            ledger.read(entry.objects, purpose="x")
        assert ledger.walk.size == size


def test_the_recovery_identity_is_given_every_key_and_is_no_member(make_office: MakeOffice) -> None:
    office = make_office("spare", recovery=True)
    office.write("run")
    with office.ledger() as ledger:
        (recovery,) = [member for member in ledger.walk.roster.active() if member.role is None]
        held = {(epoch, c) for (epoch, c, holder) in ledger.walk.wraps if holder == recovery.id}
        assert held == set(ledger.epoch_keys())
    assert office.recovery is not None
    keeper = recovery_from_text(office.recovery)
    assert (keeper.public.hpke, keeper.public.sign) == (recovery.hpke, recovery.sign)
    with pytest.raises(NotAMemberError), office.ledger(Unlocked(keeper)):
        pass


def test_who_could_read_and_who_did_is_answered_and_asking_is_an_entry(office: Office) -> None:
    auditor = office.join("ada", MemberRole.AUDITOR)
    office.join("max", MemberRole.MANAGER)
    office.write("run")
    with office.ledger(auditor) as ledger:
        (entry,) = ledger.entries("run")
        ledger.read(entry.objects, purpose="second look")
    access = show_access(office.workspace, office.officer)
    (could,) = [row for row in access["could_read"] if row["opened_at_entry"] == entry.seq - 1]
    assert (could["phi"], could["ops"]) == (["olga", "ada"], ["olga", "ada", "max"])
    (did,) = access["did_read"]
    assert (did["actor"], did["purpose"], did["count"]) == ("ada", "second look", 1)
    with office.ledger() as ledger:
        assert len(list(ledger.entries("access.shown"))) == 1
    with pytest.raises(RoleError):
        show_access(office.workspace, auditor)


def test_a_failed_write_leaves_the_trail_as_it_was_and_the_ledger_usable(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office.ledger() as ledger:
        ledger.write(Act("one", {}))
        size = ledger.walk.size

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr("audit.store.rows.insert_checkpoint", full)
            with pytest.raises(StoreRefusedError, match="no space left on device") as refused:
                ledger.write(Act("two", {}))
        assert refused.value.exit_code == 3
        assert ledger.checkpoint().splitlines()[1] == str(size)
        ledger.write(Act("three", {}))
        assert [entry.kind for entry in ledger.entries("one", "two", "three")] == ["one", "three"]


def test_nothing_is_signed_when_the_database_gives_back_other_bytes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from audit.store import rows

    real = rows.read_back

    def flipped(connection: object, start: int = 0) -> object:
        for seq, kind, record in real(connection, start):  # type: ignore[arg-type]  # passed through as it came
            yield seq, kind, record[:-1] + bytes([record[-1] ^ 1]) if seq == 3 else record

    before = None
    with office.ledger() as ledger:
        before = ledger.checkpoint()
        with monkeypatch.context() as broken:
            broken.setattr(rows, "read_back", flipped)
            with pytest.raises(AuditError, match="other bytes"):
                ledger.write(Act("x", {}))
    with office.ledger() as ledger:
        assert ledger.checkpoint() == before


def test_content_that_was_changed_in_the_database_is_not_handed_out(office: Office) -> None:
    office.write("run")
    with office.raw() as database:
        database.execute("UPDATE object SET sealed = sealed || x'00'")
    with office.ledger() as ledger:
        (entry,) = ledger.entries("run")
        with pytest.raises(DamagedTrailError):
            ledger.read(entry.objects, purpose="x")


def test_a_patients_object_asked_for_as_something_else_is_not_opened(office: Office) -> None:
    office.write("run")
    with office.ledger() as ledger:
        (entry,) = ledger.entries("run")
        ledger.read(entry.objects, purpose="x")
        (phi,) = [ref for ref in entry.objects if ref.case_id is not None]
        with pytest.raises(NoKeyError):
            ledger.read([replace(phi, case_id=None)], purpose="x")


def test_a_thousand_cases_are_sealed_and_read_in_a_second_each(office: Office) -> None:
    payload = os.urandom(5000)
    with office.ledger() as ledger:
        act = Act("run", {})
        for _ in range(1000):
            act.seal_case(None, "case", payload)
        started = time.process_time()
        ledger.write(act)
        sealed = time.process_time()
        (entry,) = ledger.entries("run")
        assert set(ledger.read(entry.objects, purpose="x").values()) == {payload}
        read = time.process_time()
    assert sealed - started < 1
    assert read - sealed < 1
