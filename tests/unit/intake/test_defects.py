"""Every bad row gets one clear line with file, row and field, and never the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from audit.intake.defects import DefectiveTablesError

BAD_FIELDS = [
    ("encounters", 0, "encounter_id", "", "encounters.csv, row 2, encounter_id: is empty"),
    ("encounters", 0, "service_from", "04/05/2026", "encounters.csv, row 2, service_from: is not a date (YYYY-MM-DD)"),
    ("encounters", 1, "service_from", "2026-02-30", "encounters.csv, row 3, service_from: is not a date (YYYY-MM-DD)"),
    ("encounters", 0, "service_from", "2062-05-04", "encounters.csv, row 2, service_from: is in the future"),
    ("encounters", 0, "service_from", "1062-05-04", "encounters.csv, row 2, service_from: is before 1890"),
    ("encounters", 0, "service_to", "2026-05-03", "encounters.csv, row 2, service_to: is before service_from"),
    ("encounters", 0, "setting", "ambulatory", "encounters.csv, row 2, setting: is none of professional"),
    ("encounters", 0, "claim_type", "paper", "encounters.csv, row 2, claim_type: is none of professional"),
    ("encounters", 0, "patient_id", "P9", "encounters.csv, row 2, patient_id: names no patient of the table"),
    ("encounters", 0, "paid_amount", "12,50", "encounters.csv, row 2, paid_amount: is not an amount of money"),
    ("encounters", 0, "paid_amount", "12.345", "encounters.csv, row 2, paid_amount: is not an amount of money (12.34)"),
    ("encounters", 1, "encounter_id", "E1", "encounters.csv, row 2, encounter_id: stands twice"),
    ("codes", 0, "encounter_id", "E9", "codes.csv, row 2, encounter_id: names no encounter of the table"),
    ("codes", 0, "line", "one", "codes.csv, row 2, line: is not a whole number from 1 up"),
    ("codes", 0, "line", "0", "codes.csv, row 2, line: is not a whole number from 1 up"),
    ("codes", 0, "line", "1.5", "codes.csv, row 2, line: is not a whole number from 1 up"),
    ("codes", 0, "line", "1e0", "codes.csv, row 2, line: is not a whole number from 1 up"),
    ("codes", 0, "system", "ICD9", "codes.csv, row 2, system: is none of ICD10CM"),
    ("codes", 0, "code", "  ", "codes.csv, row 2, code: is empty"),
    ("codes", 0, "units", "-1", "codes.csv, row 2, units: is negative"),
    ("codes", 0, "modifiers", "25,59", "codes.csv, row 2, modifiers: is not a list of modifiers (25;59)"),
    ("codes", 0, "dx_pointers", "1,2", "codes.csv, row 2, dx_pointers: is not a list of diagnosis lines (1;2)"),
    ("documents", 0, "encounter_id", "E9", "documents.csv, row 2, encounter_id: names no encounter of the table"),
    ("documents", 0, "signed_at", "yesterday", "documents.csv, row 2, signed_at: is not a date and time (ISO 8601)"),
    ("patients", 0, "birth_date", "1960", "patients.csv, row 2, birth_date: is not a date (YYYY-MM-DD)"),
]


@pytest.mark.parametrize(("table", "row", "field", "value", "message"), BAD_FIELDS)
def test_a_bad_field_is_named_by_file_row_and_field(
    sound: Any, defects_of: Callable[..., None], table: str, row: int, field: str, value: str, message: str
) -> None:
    sound[table][row][field] = value
    with pytest.raises(DefectiveTablesError) as caught:
        defects_of(sound)
    assert message in caught.value.message
    assert not value.strip() or value in ("0", "-1", "one", "E1", "1960") or value not in caught.value.message


def test_sound_tables_have_no_defect(sound: Any, defects_of: Callable[..., None]) -> None:
    defects_of(sound)


def test_only_the_first_twenty_of_many_defects_are_listed_with_the_total(
    sound: Any, defects_of: Callable[..., None]
) -> None:
    sound["codes"] = [{**sound["codes"][0], "line": str(n), "code": ""} for n in range(1, 31)]
    with pytest.raises(DefectiveTablesError) as caught:
        defects_of(sound)
    assert caught.value.message.count("is empty") == 20
    assert "the first 20 of 30 defects" in caught.value.message


def test_rows_after_a_note_of_several_lines_keep_their_number(sound: Any, defects_of: Callable[..., None]) -> None:
    sound["documents"].append({"encounter_id": "E9", "document_id": "D2", "kind": "note", "text": "x"})
    with pytest.raises(DefectiveTablesError, match=r"documents\.csv, row 3, encounter_id"):
        defects_of(sound)


def test_a_line_written_01_is_line_1_again(sound: Any, defects_of: Callable[..., None]) -> None:
    sound["codes"].append(sound["codes"][0] | {"line": "01"})
    with pytest.raises(DefectiveTablesError, match=r"codes.csv, row 2, line: stands twice"):
        defects_of(sound)
