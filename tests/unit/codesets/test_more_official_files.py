"""Every further kind of official file: as published, zipped or as a workbook; refused whole with the first bad line."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from audit.codesets.classified import read_dates, read_order, read_procedure_order, read_procedure_tables
from audit.codesets.cms import read_hcpcs
from audit.codesets.imports import IMPORTABLE, READERS, dates_in_name
from audit.codesets.kinds import KINDS
from audit.codesets.ncci import read_ptp
from audit.codesets.official import WrongFileError
from audit.codesets.services import (
    read_add_on,
    read_articles,
    read_codes,
    read_fee_schedule,
    read_modifiers,
    read_places,
)
from audit.codesets.sources import WrongZipError, sources_of

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "codesets"
OFFICIAL = [
    *("icd10cm-order", "icd10cm-tabular", "icd10cm-index", "icd10-dates", "icd10pcs-order", "icd10pcs-tables", "hcpcs"),
    *("ncci-ptp-practitioner", "ncci-ptp-hospital", "mue-practitioner", "mue-hospital", "mue-dme", "ncci-aoc"),
    *("pfs-rvu", "poa-exempt", "mcd", "code-list", "pos", "modifiers"),
]
ORDER = "00001 A00     0 Blue fever                                                   Blue fever\n"
ORDER += "00002 A000    1 Blue fever, mild                                             Blue fever, of the mild kind\r\n"
PCS = "00001 001     0 Head                                                         Head of a table\n"
PCS += "00002 0016070 1 Make it                                                      Make it long\n"
TABLES = """<ICD10PCS.tabular><pcsTable>
<axis pos="1"><label code="0">S</label></axis><axis pos="2"><label code="0">B</label></axis>
<axis pos="3"><label code="1">O</label></axis>
<pcsRow><axis pos="4"><label code="6">Part</label></axis><axis pos="5"><label code="0">Open</label></axis></pcsRow>
</pcsTable></ICD10PCS.tabular>"""
AOC = "Notice\nAdd-On Code\tPrimary Code\tAOC Edit Type\tEffective Date\tDeletion Date\tNotes\n"
AOC += "X0002\tX0001\tType 1\t20240101\t*\tSecret words\nX0003\tCCCCC\t2\t20240101\t20251231\t\n"
PFS = "Notice of rights\n" + ",".join(["HCPCS", "MOD", "DESCRIPTION", *["x"] * 28]) + "\n"
PFS_ROW = ["X0001", "26", "Secret words", "A", *["0"] * 9, "1", "090", *["0"] * 3, "2", "1", "2", "0", "0", *["0"] * 8]
COVERED = "article_id,article_version,icd10_code_id,icd10_covered_group,description\n1,2,A00.0,1,Secret words\n"
SERVICES = "article_id,article_version,hcpc_code_id,hcpc_code_group,long_description\n1,2,X0001,1,Secret words\n"


def write(folder: Path, text: str, name: str = "table.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_every_kind_of_the_interface_can_be_imported() -> None:
    assert set(OFFICIAL) == set(IMPORTABLE)
    assert set(READERS) <= set(KINDS)


def test_order_files_are_read_by_their_columns(tmp_path: Path) -> None:
    assert list(read_order(write(tmp_path, ORDER))) == [
        ("A00", False, "Blue fever", "Blue fever"),
        ("A00.0", True, "Blue fever, mild", "Blue fever, of the mild kind"),
    ]
    assert [row[:2] for row in read_procedure_order(write(tmp_path, PCS))] == [("001", False), ("0016070", True)]


def test_the_dated_master_is_of_one_system(tmp_path: Path) -> None:
    head = "code,begin,end,attributes\n"
    path = write(tmp_path, head + "A000,20151001,20240930,female;adult\nA001,20151001,,\n")
    assert list(read_dates(path)) == [
        ("ICD10CM", "A00.0", date(2015, 10, 1), date(2024, 9, 30), "female;adult"),
        ("ICD10CM", "A00.1", date(2015, 10, 1), None, ""),
    ]
    assert next(read_dates(write(tmp_path, head + "0016070,20151001,,\n")))[:2] == ("ICD10PCS", "0016070")


def test_a_table_of_procedures_gives_every_character_of_every_row(tmp_path: Path) -> None:
    assert list(read_procedure_tables(write(tmp_path, TABLES, "tables.xml"))) == [
        ("001", 1, 4, "6", "Part"),
        ("001", 1, 5, "0", "Open"),
    ]


def test_add_on_codes_are_found_by_the_names_of_their_columns(tmp_path: Path) -> None:
    assert list(read_add_on(write(tmp_path, AOC))) == [
        ("X0002", "X0001", "1", date(2024, 1, 1), None),
        ("X0003", None, "2", date(2024, 1, 1), date(2025, 12, 31)),
    ]


def test_plain_lists_take_the_first_column(tmp_path: Path) -> None:
    assert list(read_codes(write(tmp_path, "code,words\nX0001,Secret words\nx0002,\n", "a.csv"))) == [
        ("X0001",),
        ("X0002",),
    ]
    assert list(read_places(write(tmp_path, "POS,Name\n11,Office\n", "p.csv"))) == [("11",)]
    assert list(read_modifiers(write(tmp_path, "Modifier\tName\n25\tSecret words\n"))) == [("25",)]


def test_no_description_of_a_licensed_set_comes_in(tmp_path: Path) -> None:
    rows = [
        *read_add_on(write(tmp_path, AOC)),
        *read_fee_schedule(write(tmp_path, PFS + ",".join(PFS_ROW), "PPRRVU26.csv")),
        *read_articles(write(tmp_path, COVERED, "c.csv")),
        *read_articles(write(tmp_path, SERVICES, "s.csv")),
        *read_modifiers(write(tmp_path, "Modifier\tName\n25\tSecret words\n")),
        *read_codes(write(tmp_path, "X0001,Secret words\n", "a.csv")),
    ]
    assert ("X0001", "26", "A", "1", "090", "2", "1", "2", "0", "0") in rows
    assert ("1", "2", "diagnosis", True, "1", "A00.0") in rows
    assert ("1", "2", "procedure", True, "1", "X0001") in rows
    assert "Secret" not in str(rows)


@pytest.mark.parametrize(
    ("kind", "name", "text", "place"),
    [
        ("icd10cm-order", "o.txt", "<html>\n", "o.txt, line 1"),
        ("icd10cm-order", "o.txt", ORDER + "00003 A\n", "o.txt, line 3"),
        ("icd10pcs-order", "o.txt", PCS.replace("0016070", "00160I0"), "o.txt, line 2"),
        ("icd10-dates", "d.csv", "code,begin\nA000,20151001\n", "d.csv, line 1"),
        ("icd10-dates", "d.csv", "code,begin,end,attributes\nA000,2015,,\n", "d.csv, line 2"),
        ("icd10pcs-tables", "t.xml", "<html/>", "t.xml, line 1"),
        ("icd10pcs-tables", "t.xml", TABLES[:90], "t.xml, line"),
        ("ncci-aoc", "a.txt", AOC + "X1\tX0001\t1\t\t\t\n", "a.txt, line 5"),
        ("pfs-rvu", "p.csv", PFS + "X0001,26\n", "p.csv, line 3"),
        ("mcd", "m.csv", "a,b\n", "m.csv, line 1"),
        ("code-list", "c.csv", "code\n<html>\n", "c.csv, line 2"),
        ("pos", "p.csv", "POS\nxx\n", "p.csv, line 2"),
        ("modifiers", "m.csv", "Modifier\n2\n", "m.csv, line 2"),
    ],
)
def test_a_wrong_file_is_refused_with_its_first_bad_line(
    tmp_path: Path, kind: str, name: str, text: str, place: str
) -> None:
    with pytest.raises(WrongFileError) as caught:
        list(READERS[kind](write(tmp_path, text, name)))
    assert caught.value.message.startswith(place)


def test_a_zip_is_read_in_place_and_one_format_of_it(tmp_path: Path) -> None:
    ptp = "Column 1\tColumn 2\t*\tEffective\tDeletion\tModifier\tRationale\nX0001\tX0002\t\t20240101\t*\t1\twords\n"
    path = tmp_path / "ccipra-v322r0-f1.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("in/ccipra-v322r0-f1.TXT", ptp)
        archive.writestr("in/ccipra-v322r0-f1.xlsx", "the same as a workbook")
        archive.writestr("in/readme.txt", "words")
    (source,) = sources_of("ncci-ptp-practitioner", path)
    assert [row[:2] for row in read_ptp(source)] == [("X0001", "X0002")]
    with pytest.raises(WrongZipError, match="holds no file of kind pfs-rvu"):
        sources_of("pfs-rvu", path)
    with pytest.raises(WrongZipError, match="not a zip file"):
        sources_of("pfs-rvu", write(tmp_path, "<html>", "x.zip"))


def test_a_workbook_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongZipError, match=r"x\.xlsx: not a workbook"):
        list(read_hcpcs(write(tmp_path, "<html>", "x.xlsx")))


def test_the_fiscal_year_in_a_name_gives_its_first_day() -> None:
    assert dates_in_name("icd10cm_order_2026.txt") == date(2025, 10, 1)
    assert dates_in_name("icd10pcs_tables_2027.xml") == date(2026, 10, 1)


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the measurement data are not beside the checkout; enable: put them at ../shared/data")
    return SHARED


@pytest.mark.shared
def test_the_real_workbook_and_the_fixed_width_file_say_the_same(shared: Path) -> None:
    folder = shared / "hcpcs_2016"
    text = list(read_hcpcs(folder / "HCPC2016_CONTR_ANWEB.txt"))
    sheet = list(read_hcpcs(folder / "HCPC2016_CONTR_ANWEB.xlsx"))
    assert {row[0] for row in text} == {row[0] for row in sheet}
    valid = {(row[0], row[1]): (row[4], row[6]) for row in sheet}  # the workbook itself lacks dates of last action
    assert all(valid[row[0], row[1]] == (row[4], row[6]) for row in text)


@pytest.mark.shared
def test_the_real_dated_masters_are_read_whole(shared: Path) -> None:
    folder = shared / "icd10_effective_dates"
    diagnoses = list(read_dates(folder / "mce_v43_1_icd10cm_dx.csv"))
    assert len(diagnoses) == 84_932
    assert len({row[1] for row in diagnoses}) == 75_719
    assert len(list(read_dates(folder / "mce_v43_1_icd10pcs.csv"))) == 86_809
