"""Official files, hand-made with made-up codes: read whole, or refused whole with the first bad line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from audit.codesets.cms import read_hcpcs, read_poa_exempt
from audit.codesets.imports import READERS, dates_in_name, usual_end
from audit.codesets.kinds import KINDS
from audit.codesets.ncci import read_mue, read_ptp
from audit.codesets.official import WrongFileError
from audit.errors import UnreadableFileError

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "codesets"

PTP = """\
Made-up notice of rights\t\t\t\t\t\t
Column 1/Column 2 Edits\t\t\t\t\t\t
\t\t* = in existence\tEffective\tDeletion\tModifier\t
Column 1\tColumn 2\tprior to 1996\tDate\tDate *=no data\t0=not allowed\tRationale
X0001\tX0002\t\t20200101\t*\t1\tSecret words
X0001\tX0003\t*\t19960101\t20251231\t0\tSecret words
"""
MUE = """\
Made-up notice of rights
"HCPCS/
CPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
X0001,2,2 Date of Service Edit: Policy,Secret words
x0002,0,3 Date of Service Edit: Clinical,Secret words
"""
POA = "Order\tPOA exempt code\tDescription\n00001\tZ79.4\tSecret words\n00002\tB900\tSecret words\n"


def write(folder: Path, text: str, name: str = "table.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def anweb(code: str, kind: str, text: str, dates: tuple[str, str, str] = ("20200101", "20210101", "")) -> str:
    head = f"{code:>5}00100{kind}{text:<80}"
    return (f"{head:<229}C".ljust(268) + "".join(f"{day:<8}" for day in dates) + "N").ljust(320)


def test_ptp_edits_are_read_without_their_rationale(tmp_path: Path) -> None:
    assert list(read_ptp(write(tmp_path, PTP))) == [
        ("X0001", "X0002", date(2020, 1, 1), None, "1"),
        ("X0001", "X0003", date(1996, 1, 1), date(2025, 12, 31), "0"),
    ]


def test_mue_values_are_read_below_a_header_of_two_lines(tmp_path: Path) -> None:
    assert list(read_mue(write(tmp_path, MUE))) == [("X0001", 2, "2"), ("X0002", 0, "3")]


def test_exempt_codes_get_their_dot(tmp_path: Path) -> None:
    assert list(read_poa_exempt(write(tmp_path, POA))) == [("Z79.4",), ("B90.0",)]


def test_hcpcs_joins_continuation_lines_and_drops_licensed_descriptions(tmp_path: Path) -> None:
    lines = [
        anweb("X0001", "3", "A made-up thing,"),
        "X000100200X"[:10] + "4" + "large".ljust(80),
        anweb("D9999", "3", "Words of the ADA"),
        anweb("A1", "7", "A made-up modifier", ("20200101", "20200101", "20251231")),
        "\x1a",
    ]
    found = list(read_hcpcs(write(tmp_path, "\r\n".join(lines))))
    assert found == [
        ("X0001", False, "A made-up thing, large", "C", date(2020, 1, 1), date(2021, 1, 1), None),
        ("D9999", False, None, "C", date(2020, 1, 1), date(2021, 1, 1), None),
        ("A1", True, "A made-up modifier", "C", date(2020, 1, 1), date(2020, 1, 1), date(2025, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("ncci-ptp-practitioner", "<html>\n<body>Page not found</body></html>\n", "line 1: no header"),
        ("ncci-ptp-practitioner", PTP.replace("20200101", "2020-01-01"), "line 5: expected a date"),
        ("ncci-ptp-practitioner", PTP.replace("20200101", "20201301"), "line 5: expected a date"),
        ("ncci-ptp-practitioner", PTP.replace("\t0\tSecret", "\t7\tSecret"), "line 6: expected modifier indicator"),
        ("ncci-ptp-practitioner", PTP[: PTP.index("\t*\t19960101")], "line 6: expected 6 columns"),
        ("ncci-ptp-practitioner", PTP.replace("X0003", "X3"), "line 6: expected a code"),
        ("mue-practitioner", PTP, "line 1: no header"),
        ("mue-practitioner", MUE.replace(",2,2 D", ",two,2 D"), "line 4: expected a whole number"),
        ("mue-practitioner", MUE.replace(",2,2 D", ",2,4 D"), "line 4: expected adjudication"),
        ("poa-exempt", POA.replace("Z79.4", "79.4"), "line 2: expected an order number and a diagnosis code"),
        ("poa-exempt", "nothing\n", "line 1: no header"),
        ("hcpcs", "X0001;a thing\n", "line 1: expected record id"),
        ("hcpcs", anweb("X0001", "3", "thing")[:200], "line 1: expected at least 293 columns"),
        ("hcpcs", anweb("X0001", "3", "thing", ("2020", "", "")), "line 1: expected a date"),
    ],
)
def test_another_file_is_refused_whole_at_its_first_bad_line(tmp_path: Path, kind: str, text: str, place: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(WrongFileError, match=place) as caught:
        list(READERS[kind](path))
    assert "Secret" not in caught.value.message
    assert "nothing was imported" in caught.value.hint


def test_a_spreadsheet_saved_under_a_text_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ptp.txt"
    path.write_bytes(b"PK\x03\x04\0\0" * 50)
    with pytest.raises(WrongFileError):
        list(read_ptp(path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"gone\.txt: no such file"):
        list(read_ptp(tmp_path / "gone.txt"))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", date(2026, 4, 1)),
        ("ccipra-v322r0-f1.txt", date(2026, 7, 1)),
        ("ccioph-v330r0-f4.TXT", date(2027, 1, 1)),
        ("MCR_MUE_Eff_13-01-2026.csv", None),
        ("mine.csv", None),
    ],
)
def test_official_names_state_the_first_day(name: str, first: date | None) -> None:
    assert dates_in_name(name) == first


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("mue-dme", date(2026, 4, 1), date(2026, 6, 30)),
        ("mue-dme", date(2026, 11, 5), date(2026, 12, 31)),
        ("poa-exempt", date(2025, 10, 1), date(2026, 9, 30)),
        ("icd10cm-tabular", date(2026, 4, 1), date(2026, 9, 30)),
    ],
)
def test_an_edition_ends_with_its_quarter_or_fiscal_year(kind: str, first: date, last: date) -> None:
    assert usual_end(kind, first) == last


def test_no_table_has_a_column_for_licensed_words() -> None:
    columns = {column for kind in READERS for table in KINDS[kind].values() for column in table}
    assert columns & {"rationale", "description", "short_description"} == {"description"}
    assert [kind for kind in READERS if "description" in KINDS[kind].get(kind, {})] == ["hcpcs"]


@pytest.mark.shared
def test_the_real_hcpcs_and_poa_files_are_read() -> None:
    hcpcs = SHARED / "hcpcs_2016" / "HCPC2016_CONTR_ANWEB.txt"
    if not hcpcs.exists():
        pytest.skip("the measurement data are not beside the checkout; enable: put them at ../shared/data")
    rows = list(read_hcpcs(hcpcs))
    assert len(rows) == 6293
    assert not any(row[2] for row in rows if str(row[0]).startswith("D") and not row[1])
    assert len(list(read_poa_exempt(SHARED / "poa_exempt_fy2020.txt"))) == 37_075
