from __future__ import annotations

import csv
import threading
import time
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from audit.codesets.artefact import compiled_folder
from audit.codesets.icd10cm import TABLES, load_classification, write_edition
from audit.codesets.references import Understood, read_reference
from audit.codesets.tabular import NotTabularError, Tabular, parse_tabular, with_seventh
from audit.domain.classification import Classification
from audit.domain.ports import Database
from audit.engine.duck import open_database

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "codesets"


@pytest.fixture
def database(tmp_path: Path, tabular: Tabular) -> Iterator[Database]:
    with open_database([tmp_path]) as opened:
        write_edition(opened, tmp_path, tabular)
        for name in TABLES:
            opened.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet(?)", [str(tmp_path / f"{name}.parquet")])
        yield opened


def test_a_code_is_billable_when_nothing_stands_below_it(database: Database) -> None:
    billable = [row[0] for row in database.rows("SELECT code FROM icd10cm WHERE billable ORDER BY 1")]
    assert billable == [
        *["A00.0", "A00.11", "A00.12", "A01", "A02.0", "A03"],
        *["S06.1X1A", "S06.1X1D", "S06.1X7A", "S06.9XXA", "S06.9XXD"],
    ]


def test_a_seventh_character_stands_behind_placeholders() -> None:
    assert with_seventh("S06.9", "A") == "S06.9XXA"
    assert with_seventh("S06.1X1", "D") == "S06.1X1D"


def test_a_header_and_a_code_that_wants_a_seventh_character_are_there_but_not_billable(database: Database) -> None:
    rows = database.rows("SELECT code FROM icd10cm WHERE NOT billable ORDER BY 1")
    headings = ["A00", "A00.1", "A02", "S06", "S06.1X", "S06.1X1", "S06.1X7", "S06.9"]
    assert [row[0] for row in rows] == [*headings, "S06.9X", "S06.9XX"]


def test_excludes_notes_reach_down_to_every_code_through_its_ancestors(database: Database) -> None:
    pairs = database.rows(
        "SELECT a.code, b.code FROM icd10cm_excludes1 e JOIN icd10cm_ancestor a ON a.ancestor = e.owner"
        " JOIN icd10cm_ancestor b ON b.ancestor = e.other WHERE a.code = 'A00.11' ORDER BY ALL"
    )
    assert ("A00.11", "A01") in pairs
    assert ("A00.11", "S06.1X7A") in pairs
    assert ("A00.11", "A00.12") not in pairs


def test_a_code_first_note_is_closed_only_when_it_names_every_partner(database: Database) -> None:
    rows = database.rows("SELECT owner, other, closed FROM icd10cm_code_first ORDER BY ALL")
    assert rows == [
        ("A02", "A00.0", True),
        ("A02", "A00.11", True),
        ("A02", "A00.12", True),
        ("A03", "A01", False),
    ]


def test_a_manifestation_is_known_by_its_category_but_a_cause_is_none(database: Database) -> None:
    assert database.rows("SELECT code FROM icd10cm_manifestation") == [("A02.0",)]


@pytest.mark.parametrize(
    ("note", "understood", "nodes"),
    [
        ("blue fever (A00.-)", Understood.CODES, ("A00",)),
        ("blue (A00.0-A00.1)", Understood.CODES, ("A00.0", "A00.1")),
        ("all of it (A00-A01, S06.1-)", Understood.NOT_PARSED, ()),
        ("all of it (A00-A01 and S06.1X-)", Understood.CODES, ("A00", "A01", "S06.1X")),
        ("fever (high), see (A01)", Understood.CODES, ("A01",)),
        ("fever (A00 with fifth character 2)", Understood.NOT_PARSED, ()),
        ("fever A01 without brackets", Understood.NOT_PARSED, ()),
        ("fever in (A99)", Understood.NOT_PARSED, ()),
        ("fever backwards (A01-A00)", Understood.NOT_PARSED, ()),
        ("fever of some kind", Understood.PROSE, ()),
    ],
)
def test_a_note_is_understood_whole_or_not_at_all(
    tabular: Tabular, note: str, understood: Understood, nodes: tuple[str, ...]
) -> None:
    found = read_reference(note, tabular)
    assert (found.understood, found.nodes) == (understood, nodes)


def test_what_cannot_be_parsed_is_counted(database: Database) -> None:
    rows = database.rows("SELECT understood, count(*) FROM icd10cm_note GROUP BY 1 ORDER BY 1")
    assert dict(rows) == {"codes": 4, "not_parsed": 1, "prose": 1}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html><body>Sorry</body></html>", "line 1: not the icd-10-cm tabular list"),
        (b"<ICD10CM.tabular>\n<chapter>", "line 2: not xml"),
        (b"<ICD10CM.tabular/>", "holds no code"),
    ],
)
def test_another_file_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(NotTabularError, match=message):
        parse_tabular(data, "x.xml")


def test_several_processes_compile_one_folder_whole(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "a").write_text("1")
        time.sleep(0.05)
        (folder / "b").write_text("2")

    threads = [threading.Thread(target=compiled_folder, args=(tmp_path, ["key"], write)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (only,) = tmp_path.iterdir()
    assert sorted(file.name for file in only.iterdir()) == ["a", "b"]


def test_a_compiler_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def write(folder: Path) -> None:
        (folder / "a").write_text("1")
        raise NotTabularError("no")

    with pytest.raises(NotTabularError):
        compiled_folder(tmp_path / "cache", ["key"], write)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.fixture(scope="module")
def carried() -> Tabular:
    package = find_spec("simple_icd_10_cm")
    assert package is not None
    assert package.origin is not None
    (file,) = Path(package.origin).parent.glob("data/*tabular*.xml")
    return parse_tabular(file.read_bytes(), file.name)


def test_the_carried_edition_has_the_official_number_of_billable_codes(carried: Tabular) -> None:
    assert sum(1 for node in carried.nodes if node.leaf for _ in carried.expand(node)) == 74_719


def test_the_carried_edition_loads_as_a_classification(carried: Tabular, tmp_path: Path) -> None:
    with open_database([tmp_path]) as opened:
        write_edition(opened, tmp_path, carried)
    loaded = load_classification(
        tmp_path, edition="x", digest="y", in_force_from=date(2026, 4, 1), in_force_to=date(2026, 9, 30)
    )
    assert isinstance(loaded, Classification)
    by_code = {entry.code: entry for entry in loaded.entries}
    assert by_code["E11.9"].billable
    assert by_code["E11"].parent is None
    assert not by_code["S72.001"].billable
    assert "S72.001A" not in by_code


@pytest.mark.shared
def test_billable_codes_are_those_of_the_official_editor(carried: Tabular) -> None:
    table = SHARED / "icd10_effective_dates" / "mce_v43_1_icd10cm_dx.csv"
    if not table.exists():
        pytest.skip("the measurement data are not beside the checkout; enable: put them at ../shared/data")
    with table.open(encoding="utf-8") as stream:
        official = {row["code"] for row in csv.DictReader(stream) if not row["end"] or row["end"] >= "20260930"}
    ours = {code.replace(".", "") for node in carried.nodes if node.leaf for code, _ in carried.expand(node)}
    assert ours == official
