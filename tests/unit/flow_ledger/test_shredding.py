"""A shredded case is unreadable for ever, the trail stays whole, and nothing is shredded before its time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from audit.domain.membership import MemberRole
from audit.flow.ledger import RoleError
from audit.flow.shredding import NoSuchCaseError, RetainedCaseError, ShredReasonError, shred_cases
from audit.flow.trail_view import verify_workspace
from audit.flow.workspace import WorkspaceConfigError, read_workspace

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import Office

TODAY = datetime.now(UTC).date()


def later(years: int, days: int = 2) -> date:
    return date.fromordinal(TODAY.replace(year=TODAY.year + years, day=min(TODAY.day, 28)).toordinal() + days)


def case_of(office: Office, kind: str) -> str:
    with office.ledger() as ledger:
        (entry,) = ledger.entries(kind)
    return next(ref.case_id for ref in entry.objects if ref.case_id)


def shred(office: Office, case: str, today: date) -> dict[str, object]:
    return shred_cases(office.workspace, office.officer, [case], reason="time is up", today=today)


def test_a_shredded_case_is_gone_from_every_file_and_the_trail_is_intact(office: Office) -> None:
    office.write("one", "two")
    case = case_of(office, "one")
    with office.raw() as database:
        (wrap,) = database.execute("SELECT wrapped FROM case_key WHERE case_id = ?", (bytes.fromhex(case),)).fetchone()
    assert any(wrap in path.read_bytes() for path in office.workspace.root.iterdir() if path.is_file())
    assert shred(office, case, later(10))["shredded"] == 1
    assert not any(wrap in path.read_bytes() for path in office.workspace.root.iterdir() if path.is_file())
    assert verify_workspace(office.workspace, None)["verdict"] == "intact"
    with office.ledger() as ledger:
        (one,), (two,) = list(ledger.entries("one")), list(ledger.entries("two"))
        assert len(ledger.read(two.objects, purpose="test")) == 2
        with pytest.raises(Exception, match="key of a sealed case"):
            ledger.read(one.objects, purpose="test")
    assert shred(office, case, later(10)) == {"entry": None, "shredded": 0}


def test_before_its_retention_date_it_is_refused(office: Office) -> None:
    office.write("one")
    case = case_of(office, "one")
    for today in (TODAY, later(9), later(10, -5)):
        with pytest.raises(RetainedCaseError):
            shred(office, case, today)
    assert verify_workspace(office.workspace, None)["entries"] == 4


def test_the_time_of_keeping_can_be_set_but_not_below_six_years(office: Office) -> None:
    office.write("one")
    config = office.workspace.root / "chartassay.toml"
    kept = "".join(line for line in config.read_text().splitlines(keepends=True) if "retention" not in line)
    config.write_text(kept)
    assert read_workspace(office.workspace.root).retention_years == 10
    config.write_text(kept + "retention_years = 6\n")
    office.workspace = read_workspace(office.workspace.root)
    case = case_of(office, "one")
    with pytest.raises(RetainedCaseError):
        shred(office, case, later(5))
    assert shred(office, case, later(6))["shredded"] == 1
    for wrong in ("5", "0", "-1", '"long"', "true"):
        config.write_text(kept + f"retention_years = {wrong}\n")
        with pytest.raises(WorkspaceConfigError):
            read_workspace(office.workspace.root)


def test_a_wrap_put_back_or_taken_without_an_entry_is_seen(office: Office) -> None:
    office.write("one", "two")
    case = case_of(office, "one")
    with office.raw() as database:
        rows = database.execute("SELECT * FROM case_key").fetchall()
    shred(office, case, later(10))
    back = next(row for row in rows if row[0] == bytes.fromhex(case))
    with office.raw() as database:
        database.execute("INSERT INTO case_key VALUES (?, ?, ?)", back)
    assert verify_workspace(office.workspace, None)["damage"] == "inserted"
    with office.raw() as database:
        database.execute("DELETE FROM case_key")
    assert verify_workspace(office.workspace, None)["damage"] == "removed"


def test_only_an_officer_shreds_and_only_what_is_there(office: Office) -> None:
    office.write("one")
    auditor = office.join("ada", MemberRole.AUDITOR)
    case = case_of(office, "one")
    with pytest.raises(RoleError):
        shred_cases(office.workspace, auditor, [case], reason="x", today=later(10))
    for wrong in ("00" * 16, "no hex"):
        with pytest.raises(NoSuchCaseError):
            shred(office, wrong, later(10))
    with pytest.raises(ShredReasonError):
        shred_cases(office.workspace, office.officer, [case], reason=" ", today=later(10))
