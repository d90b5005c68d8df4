"""The Alphabetic Index, hand-made with made-up headings, in both of its forms."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from audit.codesets.imports import READERS, usual_end
from audit.codesets.index import read_index
from audit.codesets.kinds import KINDS
from audit.codesets.official import WrongFileError
from audit.errors import UnreadableFileError

CSV = """\
RowID,Letter,Level,Term,See,SeeAlso,NonEssModif,Code
1,B,0,"Blueness, blue",,,(odd),A00.-
2,B,1,grave,,,,A00.11
3,B,2,with,,,,
4,B,3,rash,,,,A02.0
5,A,0,Azure state,"Blueness, grave",,,
6,A,0,Anything,,condition,,
"""
XML = """\
<ICD10CM.index><letter><mainTerm><title>Blueness<nemod>(odd)</nemod> NEC</title><code>A00.-</code>
<term level="1"><title>grave</title><code>A00.11</code></term></mainTerm></letter></ICD10CM.index>
"""
NEOPLASM = """\
<ICD10CM.index><letter><mainTerm><title>Neoplasm, neoplastic</title><cell col="2">C80.1</cell>
<term level="1"><title>thumb</title><cell col="2">C76.4-</cell><cell col="4">-</cell></term>
</mainTerm></letter></ICD10CM.index>
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_flat_form_gives_paths_and_follows_see(tmp_path: Path) -> None:
    assert list(read_index(write(tmp_path, "index.csv", CSV))) == [
        ("Blueness, blue", "A00"),
        ("Blueness, blue > grave", "A00.11"),
        ("Blueness, blue > grave > with > rash", "A02.0"),
        ("Azure state", "A00.11"),
    ]


def test_the_official_form_leaves_out_what_a_speaker_may_leave_out(tmp_path: Path) -> None:
    assert list(read_index(write(tmp_path, "index.xml", XML))) == [
        ("Blueness NEC", "A00"),
        ("Blueness NEC > grave", "A00.11"),
    ]


def test_columns_of_the_neoplasm_table_become_headings(tmp_path: Path) -> None:
    assert list(read_index(write(tmp_path, "neoplasm.xml", NEOPLASM))) == [
        ("Malignant neoplasm", "C80.1"),
        ("Malignant neoplasm > thumb", "C76.4"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("index.csv", "Term,Code\n", "line 1: expected the header"),
        ("index.csv", CSV.replace("3,B,2", "3,B,7"), "line 4: expected eight cells"),
        ("index.csv", CSV.replace("A00.11", "grave"), "line 3: expected a code"),
        ("index.xml", "<html>", "not xml"),
        ("index.xml", "<html></html>", "not the icd-10-cm index"),
        ("index.xml", XML.replace("A00.11", "grave"), "expected a code"),
    ],
)
def test_another_file_is_refused_whole(tmp_path: Path, name: str, text: str, problem: str) -> None:
    with pytest.raises(WrongFileError, match=problem):
        list(read_index(write(tmp_path, name, text)))


def test_a_file_that_is_not_there_is_named_also_as_xml(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"gone\.xml"):
        list(read_index(tmp_path / "gone.xml"))


def test_it_can_be_imported_and_lasts_a_fiscal_year() -> None:
    assert READERS["icd10cm-index"] is read_index
    assert list(KINDS["icd10cm-index"]) == ["icd10cm_index"]
    assert usual_end("icd10cm-index", date(2026, 4, 1)) == date(2026, 9, 30)
