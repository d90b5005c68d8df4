"""Import of tables: dated, closed by the next, whole or not at all, with an entry in the trail."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from audit.codesets.official import WrongFileError
from audit.domain.membership import MemberRole
from audit.engine.duck import open_database
from audit.flow.ledger import open_ledger
from audit.flow.reference import CacheNotWritableError, DamagedTableError, find_reference, tables_folder
from audit.flow.table_files import NoDatesError
from audit.flow.tables import UnknownTableKindError, import_table, list_tables, unparsed_notes
from audit.flow.workspace import Unlocked, Workspace

Office = tuple[Workspace, Unlocked]
MUE = "notice\nHCPCS/CPT Code,Values,MAI,Rationale\n{code},{value},2 Date of Service Edit: Policy,words\n"


def write_mue(folder: Path, first: str, code: str = "X0001", value: int = 2) -> Path:
    path = folder / f"MCR_MUE_PractitionerServices_Eff_{first}.csv"
    path.write_text(MUE.format(code=code, value=value), encoding="utf-8")
    return path


def editions(workspace: Workspace) -> list[tuple[date, date]]:
    return [(t.valid_from, t.valid_to) for t in list_tables(workspace.root) if t.kind == "mue-practitioner"]


def entries(office: Office) -> list[dict[str, object]]:
    with open_ledger(*office, need=MemberRole.MANAGER) as ledger:
        return [entry.ops for entry in ledger.entries("tables.import")]


def test_an_import_leaves_dates_rows_and_digest_in_the_trail(office: Office, tmp_path: Path) -> None:
    facts = import_table("mue-practitioner", [write_mue(tmp_path, "04-01-2026")], *office)
    (entry,) = entries(office)
    table = entry["table"]
    assert isinstance(table, dict)
    assert (table["rows"], table["valid_from"], table["valid_to"]) == (1, "2026-04-01", "2026-06-30")
    assert table["sha256"] == facts.sha256
    assert len(entry["files"]) == 2  # type: ignore[arg-type]  # a list in the trail's JSON


def test_the_next_edition_closes_the_one_before(office: Office, tmp_path: Path) -> None:
    import_table("mue-practitioner", [write_mue(tmp_path, "04-01-2026")], *office, last=date(2027, 3, 31))
    import_table("mue-practitioner", [write_mue(tmp_path, "07-01-2026")], *office)
    assert editions(office[0]) == [
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
    ]


def test_of_two_imports_of_one_day_the_later_is_used(office: Office, tmp_path: Path) -> None:
    for value in (2, 5):
        import_table("mue-practitioner", [write_mue(tmp_path, "04-01-2026", value=value)], *office)
    reference = find_reference(tables_folder(office[0].root))
    with open_database(reference.files) as database:
        assert "mue-practitioner" in reference.load(database)
        assert database.rows("SELECT code, value, valid_from FROM mue_practitioner") == [("X0001", 5, date(2026, 4, 1))]


def test_several_files_are_the_parts_of_one_edition(office: Office, tmp_path: Path) -> None:
    parts = [write_mue(tmp_path, "04-01-2026")]
    (tmp_path / "more").mkdir()
    parts.append(write_mue(tmp_path / "more", "04-01-2026", code="X0002"))
    assert import_table("mue-practitioner", parts, *office).rows == 2


def test_a_wrong_file_leaves_nothing_behind(office: Office, tmp_path: Path) -> None:
    page = tmp_path / "Eff_04-01-2026.csv"
    page.write_text("<html>not found</html>", encoding="utf-8")
    with pytest.raises(WrongFileError):
        import_table("mue-practitioner", [page], *office)
    assert editions(office[0]) == []
    assert entries(office) == []
    assert [p for p in tables_folder(office[0].root).rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("name", ["mine.csv"])
def test_a_name_without_a_date_needs_one(office: Office, tmp_path: Path, name: str) -> None:
    path = write_mue(tmp_path, "04-01-2026").rename(tmp_path / name)
    with pytest.raises(NoDatesError, match="from when it is in force"):
        import_table("mue-practitioner", [path], *office)
    with pytest.raises(NoDatesError, match="end before it begins"):
        import_table("mue-practitioner", [path], *office, first=date(2026, 4, 1), last=date(2026, 3, 1))


def test_an_unknown_kind_is_answered_with_the_known_ones(office: Office, tmp_path: Path) -> None:
    with pytest.raises(UnknownTableKindError) as caught:
        import_table("mue", [write_mue(tmp_path, "04-01-2026")], *office)
    assert "mue-practitioner" in caught.value.hint


def test_an_imported_table_that_was_changed_is_not_used(office: Office, tmp_path: Path) -> None:
    import_table("mue-practitioner", [write_mue(tmp_path, "04-01-2026")], *office)
    (parquet,) = tables_folder(office[0].root).rglob("*.parquet")
    parquet.write_bytes(parquet.read_bytes() + b"x")
    with pytest.raises(DamagedTableError, match="is not what was imported"):
        list_tables(office[0].root)


def test_an_imported_icd10cm_takes_the_place_of_the_one_that_ships(office: Office, tmp_path: Path) -> None:
    xml = tmp_path / "tabular.xml"
    xml.write_text(
        "<ICD10CM.tabular><version>2099</version><chapter><name>1</name><desc>c</desc><section id='A00-A09'>"
        "<desc>b</desc><diag><name>A00</name><desc>Blue fever</desc></diag></section></chapter></ICD10CM.tabular>"
    )
    import_table("icd10cm-tabular", [xml], *office, first=date(2026, 10, 1))
    found = [(t.valid_from, t.valid_to, t.rows) for t in list_tables(office[0].root) if t.kind == "icd10cm"]
    assert found == [
        (date(2026, 4, 1), date(2026, 9, 30), 102_739),
        (date(2026, 10, 1), date(2027, 9, 30), 1),
    ]
    assert find_reference(tables_folder(office[0].root)).classification().entries[0].code == "A00"


def test_notes_that_no_check_understands_are_listed_and_not_guessed() -> None:
    notes = unparsed_notes(None)
    assert notes
    assert {note.edition for note in notes} == {"April 1, 2026"}
    assert all(note.owner and note.note for note in notes)


def test_outside_a_workspace_only_what_ships_is_at_hand() -> None:
    assert [table.kind for table in list_tables(None)] == ["icd10cm"]


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CHARTASSAY_CACHE", str(tmp_path / "file"))
    with pytest.raises(CacheNotWritableError) as caught:
        find_reference(None)
    assert "CHARTASSAY_CACHE" in caught.value.hint
