"""A screen of the population: what run finds by edits, in any number of parts, whole or not at all."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from audit.domain.membership import MemberRole
from audit.edits import VOCABULARY as EDIT_KINDS
from audit.flow import screen as flow
from audit.flow.founding import Officer, found_workspace
from audit.flow.ledger import open_ledger
from audit.flow.rules import bundled_packs
from audit.flow.run import run
from audit.flow.screen import EmptyScreenError, ScreenResult, StrayLinesError, screen
from audit.flow.screening import MemorySizeError, memory_of, parts_of
from audit.flow.workspace import Unlocked, Workspace
from audit.intake.defects import DefectiveTablesError
from audit.vault import identity as vault

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hospital") / "quarter"
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from make_hospital import make_hospital
    finally:
        sys.path.pop(0)
    make_hospital(out, encounters=150, seed=5, plan="all")
    return out


@pytest.fixture
def quarter(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "quarter")) / "plan.toml"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Workspace, Unlocked]:
    monkeypatch.setenv("CHARTASSAY_STATE", str(tmp_path / "state"))
    officer = Unlocked(vault.new_identity())
    first = Officer(identity=officer.identity, path=tmp_path / "olga.key", locked=None)
    founded = found_workspace(tmp_path / "workspace", first, "olga", store_url=None, recovery=False)
    return founded.workspace, officer


def in_parts(monkeypatch: pytest.MonkeyPatch, parts: int) -> None:
    monkeypatch.setattr(flow, "parts_of", lambda _lines, _memory: parts)


def found_in(path: Path) -> list[tuple[str, str, int]]:
    return sorted(duckdb.connect().execute("FROM read_parquet(?)", [str(path)]).fetchall())


def change(plan: Path, table: str, old: str, new: str) -> None:
    file = plan.parent / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


Office = tuple[Workspace, Unlocked]


def test_a_screen_finds_what_the_edits_of_a_run_over_everything_find(
    quarter: Path, office: Office, tmp_path: Path
) -> None:
    out = tmp_path / "found.parquet"
    screened = screen(quarter, *office, today=TODAY, out=out)
    ran = run(quarter, *office, today=TODAY)
    edits = {rule.id for pack in bundled_packs() for rule in pack.rules if rule.check in EDIT_KINDS}
    from audit.flow.results import findings

    expected = Counter((f["encounter_id"], f["rule"]) for f in findings(ran.audit, *office) if f["rule"] in edits)
    assert {(unit, rule): count for unit, rule, count in found_in(out)} == dict(expected)
    assert sum(screened.findings.values()) == sum(expected.values()) > 10
    assert (screened.encounters, screened.lines) == (ran.encounters, ran.codes)
    assert out.stat().st_mode & 0o777 == 0o600


def test_the_number_of_parts_changes_nothing(
    quarter: Path, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results: list[ScreenResult] = []
    for parts in (1, 7):
        in_parts(monkeypatch, parts)
        results.append(screen(quarter, *office, today=TODAY, out=tmp_path / f"{parts}.parquet"))
    assert found_in(tmp_path / "1.parquet") == found_in(tmp_path / "7.parquet")
    assert results[0].findings == results[1].findings
    assert results[0].not_assessed == results[1].not_assessed
    assert not list(tmp_path.glob(".*parquet*"))


def test_a_stopped_screen_goes_on_where_it_was(
    quarter: Path, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(monkeypatch, 4)

    def stop(_what: str, done: int, _of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    out = tmp_path / "found.parquet"
    with pytest.raises(KeyboardInterrupt):
        screen(quarter, *office, today=TODAY, out=out, progress=stop)
    assert not out.exists()
    loaded: list[int] = []
    whole = flow.load_part
    monkeypatch.setattr(flow, "load_part", lambda *given: (loaded.append(given[2]), whole(*given)))
    went_on = screen(quarter, *office, today=TODAY, out=out)
    assert loaded == [2, 3]
    assert went_on.findings == screen(quarter, *office, today=TODAY).findings


def test_a_screen_leaves_one_entry_without_any_id(quarter: Path, office: Office, tmp_path: Path) -> None:
    screen(quarter, *office, today=TODAY, out=tmp_path / "found.parquet")
    with open_ledger(*office, need=MemberRole.MANAGER) as ledger:
        (entry,) = ledger.entries("screen")
    assert entry.ops["result"]["encounters"] == 150
    assert entry.ops["files"]
    assert "E0000" not in str(entry.ops["result"])


def test_a_line_of_no_encounter_is_not_lost_in_silence(
    quarter: Path, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(monkeypatch, 3)
    change(quarter, "codes", "\nE000009,", "\nE999999,")
    with pytest.raises(StrayLinesError, match=r"codes\.csv: lines name no encounter"):
        screen(quarter, *office, today=TODAY)


def test_a_defect_in_any_part_is_named_and_nothing_is_written(
    quarter: Path, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_parts(monkeypatch, 3)
    change(quarter, "codes", ",ICD10CM,", ",ICD9,")
    with pytest.raises(DefectiveTablesError, match=r"codes\.csv, row \d+, system"):
        screen(quarter, *office, today=TODAY, out=tmp_path / "found.parquet")
    assert not (tmp_path / "found.parquet").exists()


def test_an_empty_population_does_not_pass_for_a_clean_one(quarter: Path, office: Office) -> None:
    for table in ("encounters", "codes"):
        file = quarter.parent / f"{table}.csv"
        file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(EmptyScreenError):
        screen(quarter, *office, today=TODAY)


def test_memory_decides_the_parts() -> None:
    assert parts_of(0, memory_of("3GB")) == 1
    assert parts_of(10_000_000, memory_of("1GB")) > parts_of(10_000_000, memory_of("3 GB")) > 1


@pytest.mark.parametrize("text", ["", "3", "GB", "100MB", "-3GB", "3GiB"])
def test_a_memory_that_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(MemorySizeError):
        memory_of(text)
