"""Files that are not tables are refused whole, with the place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.engine.duck import MalformedTableError, open_database
from audit.errors import AuditError, UnreadableFileError
from audit.intake.columns import ENCOUNTERS, PATIENTS
from audit.intake.files import (
    HeaderError,
    OpenQuoteError,
    UnknownTableFormatError,
    WrongEncodingError,
    inspect,
    load,
)

GOOD = "encounter_id,patient_id,service_from,setting\nE1,P1,2026-05-04,professional\n"

BAD_FILES = [
    (
        "cut off inside a quoted field",
        GOOD + 'E2,P1,2026-05-04,"profess',
        OpenQuoteError,
        "row 3: a quote is never closed",
    ),
    (
        "a row too long",
        GOOD + "E2,P1,2026-05-04,professional,x\n",
        MalformedTableError,
        "row 3: 5 fields where the header has 4",
    ),
    ("a row too short", GOOD + "E2,P1\n", MalformedTableError, "row 3: 2 fields where the header has 4"),
    ("empty", "", HeaderError, "the file is empty"),
    ("a missing column", GOOD.replace("setting", "place"), HeaderError, "column setting is missing"),
    ("a repeated column", GOOD.replace("patient_id", "setting"), HeaderError, "column setting stands twice"),
    (
        "a column repeated in capitals",
        GOOD.replace("patient_id", "Setting"),
        HeaderError,
        "column Setting stands twice",
    ),
    ("line ends of two kinds", GOOD + "E2,P1,2026-05-04,other\r\n", MalformedTableError, "rows do not all end alike"),
    ("a misspelt optional column", GOOD.replace("setting\n", "setting,coderid\n"), HeaderError, "column coderid"),
]


@pytest.mark.parametrize(("what", "content", "error", "message"), BAD_FILES, ids=[case[0] for case in BAD_FILES])
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, what: str, content: str, error: type[AuditError], message: str
) -> None:
    path = tmp_path / "encounters.csv"
    path.write_text(content)
    with open_database([path]) as database, pytest.raises(error) as caught:
        load(database, inspect(database, ENCOUNTERS, path))
    assert message in caught.value.message, what
    assert caught.value.message.startswith("encounters.csv")
    assert caught.value.hint


def test_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    path.write_bytes(b"patient_id,family_name\nP1,Smith\nP2,M\xfcller\n")
    with (
        open_database([path]) as database,
        pytest.raises(WrongEncodingError, match=r"patients\.csv, line 3: not UTF-8"),
    ):
        inspect(database, PATIENTS, path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "patients.csv"
    with open_database([path]) as database, pytest.raises(UnreadableFileError, match="no such file"):
        inspect(database, PATIENTS, path)


def test_another_ending_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "patients.xlsx"
    path.write_bytes(b"")
    with open_database([path]) as database, pytest.raises(UnknownTableFormatError):
        inspect(database, PATIENTS, path)


def test_a_parquet_file_gives_the_same_rows_as_the_csv(tmp_path: Path) -> None:
    path, folder = tmp_path / "encounters.csv", tmp_path / "parquet"
    folder.mkdir()
    path.write_text(GOOD)
    target = folder / "encounters.parquet"
    with open_database([path, folder]) as database:
        database.execute(
            f"COPY (SELECT encounter_id, patient_id, CAST(service_from AS DATE) AS service_from, setting"
            f" FROM read_csv('{path}', all_varchar=true, header=true)) TO '{target}' (FORMAT parquet)"
        )
        load(database, inspect(database, ENCOUNTERS, path))
        rows = database.rows("SELECT * FROM raw_encounters")
        database.execute("DROP TABLE raw_encounters")
        load(database, inspect(database, ENCOUNTERS, target))
        assert database.rows("SELECT * FROM raw_encounters") == rows


def test_a_text_file_called_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "encounters.parquet"
    path.write_text(GOOD)
    with open_database([path]) as database, pytest.raises(MalformedTableError, match="not a readable Parquet file"):
        inspect(database, ENCOUNTERS, path)


def test_leading_zeros_and_unused_columns_survive(sound: Any, write: Callable[..., Any]) -> None:
    sound["patients"][0]["favourite_colour"] = "red"
    path = write(sound)["patients"]
    with open_database([path]) as database:
        file = inspect(database, PATIENTS, path)
        load(database, file)
        assert database.rows("SELECT zip FROM raw_patients") == [("02139",)]
    assert file.unused == ("favourite_colour",)
