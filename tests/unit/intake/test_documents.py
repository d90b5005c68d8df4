"""Documents named by path: a defect of the row when the file cannot be used, and nothing outside is ever read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audit.engine.duck import open_database
from audit.intake.columns import REQUIRED_TABLES
from audit.intake.defects import DefectiveTablesError, find_defects, refuse
from audit.intake.documents import check_document_files
from audit.intake.files import load_rows

BAD_PATHS = [
    ("absent.txt", "names a file that cannot be read"),
    ("latin.txt", "names a file that is not UTF-8 text"),
    ("../outside.txt", "leads out of the folder of the table"),
    ("{folder}/note.txt", "leads out of the folder of the table"),
    (".", "names a file that cannot be read"),
]


@pytest.mark.parametrize(("path", "problem"), BAD_PATHS)
def test_a_document_that_cannot_be_read_is_a_defect_of_its_row_and_its_name_is_not_said(
    sound: Any, tmp_path: Path, path: str, problem: str
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    (folder / "note.txt").write_text("seen")
    (folder / "latin.txt").write_bytes(b"caf\xe9")
    sound["documents"][0] |= {"text": "", "path": path.format(folder=folder)}
    with open_database() as database:
        for table in REQUIRED_TABLES:
            load_rows(database, table, sound[table.name])
        find_defects(database, [], date(2026, 11, 21))
        assert check_document_files(database, folder) == {}
        with pytest.raises(DefectiveTablesError) as caught:
            refuse(database, {"documents": "documents.csv"})
    assert caught.value.message == f"documents.csv, row 2, path: {problem}"
