"""The sweep finds a known value in any form and any place, and says where without saying what."""

from datetime import date
from pathlib import Path

import pytest

from audit.deid.identifiers import IdentifierType
from audit.deid.known import KnownRecord
from audit.deid.lexicon import Lexicon
from audit.deid.sweep import KnownValues, Leak, index_known, sweep

RECORDS = [
    KnownRecord(
        given_name="Philippa",
        family_name="Thistlewood",
        birth_date=date(1962, 7, 13),
        street="5490 Bluebell Avenue",
        city="East Triciafurt",
        phone="(543) 946-7009",
        email="pip@example.org",
        mrn="MR0028348",
        ssn="649-88-4326",
    ),
    KnownRecord(given_name="Will", family_name="Brown", service_dates=(date(2026, 5, 6),)),
]


@pytest.fixture(scope="module")
def known(lexicon: Lexicon) -> KnownValues:
    return index_known(RECORDS, ["E000123"], lexicon)


LEAKS = [
    ("thistlewood", "NAME"),
    ("x,Philippa's,y", "NAME"),
    ("THISTLEWOOD, PHILIPPA", "NAME"),
    ("Will Brown", "NAME"),
    ("BROWN, WILL", "NAME"),
    ("649884326", "SSN"),
    ("649 88 4326", "SSN"),
    ("a 649.88.4326.", "SSN"),
    ("tel 5439467009", "PHONE"),
    ("mr0028348", "MRN"),
    ("MR-0028348", "MRN"),
    ("7/13/62", "DATE"),
    ("1962-07-13T00:00", "DATE"),
    ("July 13, 1962", "DATE"),
    ("13 Jul 1962", "DATE"),
    ("19620713", "DATE"),
    ("05/06/2026", "DATE"),
    ("PIP@example.org", "EMAIL"),
    ("5490 bluebell avenue", "LOCATION"),
    ("East Triciafurt", "LOCATION"),
    ("E000123", "OTHER_ID"),
]


@pytest.mark.parametrize(("words", "kind"), LEAKS)
def test_a_planted_value_is_found_with_its_place_and_type(
    tmp_path: Path, known: KnownValues, words: str, kind: str
) -> None:
    (tmp_path / "documents.csv").write_text(
        f'id,text\na,"clean\nstill clean"\nb,"first\n {words} "\n', encoding="utf-8"
    )
    assert Leak("documents.csv", 3, IdentifierType(kind)) in sweep(tmp_path, known)


@pytest.mark.parametrize("words", ["he will use a brown sling", "1962", "May 2026", "5490", "[DATE:1962]", "99999"])
def test_plain_words_years_and_codes_are_no_leak(tmp_path: Path, known: KnownValues, words: str) -> None:
    (tmp_path / "documents.csv").write_text(f"id,text\na,{words}\n", encoding="utf-8")
    assert sweep(tmp_path, known) == []


def test_a_file_name_is_swept_too(tmp_path: Path, known: KnownValues) -> None:
    (tmp_path / "note_thistlewood.txt").write_text("clean", encoding="utf-8")
    (leak,) = sweep(tmp_path, known)
    assert leak.file == "(file name)"


def test_what_cannot_be_searched_alone_is_counted(known: KnownValues) -> None:
    assert known.not_examined == 2
