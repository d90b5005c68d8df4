"""Typed tables and the lines every edit reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.domain.codes import CodeSystem, normalise_code
from audit.engine.duck import open_database
from audit.intake.cases import read_cases
from audit.intake.tables import load_values


def _lines(tables: Any, columns: str, sampled: list[str] | None = None) -> list[tuple[Any, ...]]:
    with open_database() as database:
        load_values(database, tables, sampled=sampled)
        return database.rows(f"SELECT {columns} FROM lines ORDER BY encounter_id, line")


def test_lines_of_the_patients_other_encounters_are_there_but_not_sampled(sound: Any) -> None:
    assert _lines(sound, "encounter_id, sampled", ["E1"]) == [("E1", True), ("E2", False)]


def test_an_inpatient_diagnosis_is_dated_by_discharge_and_a_line_by_its_own_date(sound: Any) -> None:
    sound["encounters"][1] |= {"service_to": "2026-05-09"}
    sound["codes"] = [
        {"encounter_id": "E2", "line": "1", "system": "ICD10CM", "code": "J18.9"},
        {"encounter_id": "E2", "line": "2", "system": "HCPCS", "code": "G0463", "service_date": "2026-05-06"},
        {"encounter_id": "E1", "line": "1", "system": "ICD10CM", "code": "J18.9"},
    ]
    days = [str(day) for (day,) in _lines(sound, "service_day")]
    assert days == ["2026-05-04", "2026-05-09", "2026-05-06"]


def test_first_listed_is_the_principal_or_else_the_lowest_sequence_and_never_admitting(sound: Any) -> None:
    sound["codes"] = [
        {"encounter_id": "E1", "line": "1", "system": "ICD10CM", "code": "J18.9", "sequence": "2"},
        {"encounter_id": "E1", "line": "2", "system": "ICD10CM", "code": "I10", "sequence": "1"},
        {"encounter_id": "E2", "line": "1", "system": "ICD10CM", "code": "R05.9", "role": "admitting"},
        {"encounter_id": "E2", "line": "2", "system": "ICD10CM", "code": "J18.9", "role": "secondary"},
        {"encounter_id": "E2", "line": "3", "system": "ICD10CM", "code": "I10", "role": "principal"},
    ]
    assert _lines(sound, "first_listed") == [
        (False,), (True,), (False,), (False,), (True,),
    ]  # fmt: skip


def test_age_is_in_full_years_on_the_first_day(sound: Any) -> None:
    assert _lines(sound, "age_years") == [(65,), (66,)]


@given(st.text(alphabet="abcE0129. ", min_size=1, max_size=9).filter(str.strip))
def test_sql_and_python_write_a_code_the_same_way(text: str) -> None:
    tables: Any = {
        "encounters": [{"encounter_id": "E1", "patient_id": "P1", "service_from": "2026-05-04", "setting": "other"}],
        "codes": [
            {"encounter_id": "E1", "line": "1", "system": "ICD10CM", "code": text},
            {"encounter_id": "E1", "line": "2", "system": "HCPCS", "code": text},
        ],
        "patients": [{"patient_id": "P1"}],
    }
    expected = [(normalise_code(CodeSystem.ICD10CM, text),), (normalise_code(CodeSystem.HCPCS, text),)]
    assert _lines(tables, "code") == expected


def test_cases_hold_exactly_the_sampled_encounters_with_their_text_untouched(sound: Any) -> None:
    sound["documents"][0]["text"] = "  indented\r\n\tand  spaced \n"
    with open_database() as database:
        load_values(database, sound, sampled=["E1"])
        (case,) = read_cases(database, Path())
    assert case.encounter.encounter_id == "E1"
    assert case.lines[0].code == "E11.22"
    assert case.documents[0].text == "  indented\r\n\tand  spaced \n"
    assert case.patient is not None
    assert case.patient.zip == "02139"


def test_a_document_named_by_path_is_read_from_beside_the_table(sound: Any, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Assessment: ürticaria", encoding="utf-8")
    sound["documents"][0] |= {"text": "", "path": "note.txt"}
    with open_database() as database:
        load_values(database, sound, sampled=["E1"])
        (case,) = read_cases(database, tmp_path)
    assert case.documents[0].text == "Assessment: ürticaria"
