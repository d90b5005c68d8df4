"""A plan brings its tables: read whole or refused, in force for the run alone, nothing written to the workspace."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from audit.codesets.official import WrongFileError
from audit.engine.duck import open_database
from audit.flow.plan_tables import PlanTable, PlanTableError, brought_edition, read_plan_tables
from audit.flow.reference import Edition, find_reference, tables_folder
from audit.flow.tables import import_table
from audit.flow.workspace import Unlocked, Workspace

Office = tuple[Workspace, Unlocked]
MUE = "notice\nHCPCS/CPT Code,Values,MAI,Rationale\nX0001,{value},2 Date of Service Edit: Policy,words\n"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "icd10cm").symlink_to(shipped / "icd10cm")
    monkeypatch.setenv("CHARTASSAY_CACHE", str(tmp_path / "cache"))


def mue(folder: Path, value: int = 2, name: str = "mue.csv") -> Path:
    path = folder / name
    path.write_text(MUE.format(value=value), encoding="utf-8")
    return path


def brought(folder: Path, said: object) -> Edition:
    (table,) = read_plan_tables("plan.toml", folder, {"mue-practitioner": said})
    return brought_edition(table)


DATED = {"file": "mue.csv", "from": date(2026, 4, 1), "to": date(2026, 6, 30)}


def test_a_plan_states_path_and_dates_or_the_name_tells_them(tmp_path: Path) -> None:
    (table,) = read_plan_tables("plan.toml", tmp_path, {"mue-practitioner": DATED})
    assert table == PlanTable(
        kind="mue-practitioner", file=tmp_path / "mue.csv", valid_from=date(2026, 4, 1), valid_to=date(2026, 6, 30)
    )
    (named,) = read_plan_tables("plan.toml", tmp_path, {"mue-dme": "x_Eff_07-01-2026.csv"})
    assert (named.valid_from, named.valid_to) == (date(2026, 7, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("kind", "said", "message"),
    [
        ("mue", "x.csv", "plan.toml, [tables] mue: no table is of this kind"),
        ("mue-dme", 3, "plan.toml, [tables] mue-dme: must be"),
        ("mue-dme", {"path": "x.csv"}, "plan.toml, [tables] mue-dme: must be"),
        ("mue-dme", {**DATED, "from": "2026-04-01"}, "plan.toml, [tables] mue-dme: must be"),
        ("mue-dme", "mue.csv", "plan.toml, [tables] mue-dme: mue.csv: the name does not say from when"),
        ("mue-dme", {**DATED, "to": date(2026, 3, 1)}, "plan.toml, [tables] mue-dme: mue.csv: the table would end"),
    ],
)
def test_a_mistake_in_the_section_is_named_by_its_key(tmp_path: Path, kind: str, said: object, message: str) -> None:
    with pytest.raises(PlanTableError) as caught:
        read_plan_tables("plan.toml", tmp_path, {kind: said})
    assert caught.value.message.startswith(message)


def test_a_table_of_the_plan_takes_the_place_of_an_imported_one(office: Office, tmp_path: Path) -> None:
    imported = mue(tmp_path, value=5, name="MCR_MUE_PractitionerServices_Eff_04-01-2026.csv")
    import_table("mue-practitioner", [imported], *office)
    mue(tmp_path, value=9)
    tables = tables_folder(office[0].root)
    before = sorted(tables.rglob("*"))
    reference = find_reference(tables, [brought(tmp_path, DATED)])
    with open_database(reference.files) as database:
        reference.load(database)
        assert database.rows("SELECT value FROM mue_practitioner") == [(9,)]
    assert sorted(tables.rglob("*")) == before


def test_content_and_dates_make_another_edition(tmp_path: Path) -> None:
    mue(tmp_path)
    first, again = brought(tmp_path, DATED), brought(tmp_path, DATED)
    assert first == again
    later = brought(tmp_path, {**DATED, "to": date(2026, 5, 31)})
    mue(tmp_path, value=3)
    other = brought(tmp_path, DATED)
    assert len({first.folder, later.folder, other.folder}) == 3
    assert first.digest == later.digest != other.digest


def test_a_wrong_file_is_refused_whole_and_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    (tmp_path / "mue.csv").write_text("<html>not found</html>", encoding="utf-8")
    with pytest.raises(WrongFileError, match=r"mue\.csv"):
        brought(tmp_path, DATED)
    assert list((tmp_path / "cache" / "mue-practitioner").iterdir()) == []
