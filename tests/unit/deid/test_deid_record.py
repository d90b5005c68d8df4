"""What the record knows is found in every form; what it does not say is not touched."""

from datetime import date

import pytest

from audit.deid.known import KnownRecord, KnownRecordError, known_from_json
from audit.deid.lexicon import Lexicon
from audit.deid.normal_forms import date_forms
from audit.deid.record import RecordFinder
from audit.errors import InputError

RECORD = KnownRecord(
    given_name="Katherine",
    family_name="O'Quimby-Ames",
    birth_date=date(1962, 7, 13),
    street="5490 Bluebell Ave",
    city="East Triciafurt",
    zip="47707",
    phone="(543) 946-7009",
    email="k.quimby65@example.org",
    mrn="0028348075",
    ssn="649-88-4326",
    health_plan_id="7D9M-TE6-WK96",
    providers=("Ignatius Thistlewood, MD",),
    facilities=("St. Anne Regional Medical Center",),
    kin=("Will Hill",),
    employers=("Bluebell Bakery",),
)


@pytest.fixture(scope="module")
def finder(lexicon: Lexicon) -> RecordFinder:
    return RecordFinder(RECORD, lexicon)


@pytest.mark.parametrize(
    "words",
    [
        *("Katherine", "KATHERINE", "katherine", "Kathrine", "Katheriine", "Katehrine", "Kate", "Ames", "Quimby"),
        *("Thistlewood", "thistlewod", "O'Quimby-Ames", "O\u2019Quimby", "Will", "5490 Bluebell Ave", "bluebell  AVE"),
        *("East Triciafurt", "543.946.7009", "5439467009", "k.quimby65@example.org", "28348075", "00 28-34-80-75"),
        *("649884326", "649 88 4326", "7D9MTE6WK96", "7d9m te6 wk96", "St Anne Regional Medical Center"),
        *("Bluebell Bakery", "07/13/1962", "7-13-62", "13 July 1962", "July 13th", "19620713", "13th of July"),
    ],
)
def test_known_values_are_found_in_any_form(finder: RecordFinder, words: str) -> None:
    note = f"text {words} goes on"
    covered = set()
    for item in finder.find(note):
        covered.update(range(item.start, item.end))
    missing = [c for i, c in enumerate(note) if 5 <= i < 5 + len(words) and c.isalnum() and i not in covered]
    assert not "".join(missing).strip("O0")


@pytest.mark.parametrize("note", ["he will climb the hill", "aged 60 with 28 tablets", "July is warm", "east of here"])
def test_plain_words_that_are_names_too_stay(finder: RecordFinder, note: str) -> None:
    assert not list(finder.find(note))


def test_every_form_of_a_date_is_that_date() -> None:
    assert ("7", "13", "1962") in set(date_forms(date(1962, 7, 13)))
    assert len(set(date_forms(date(1962, 7, 13)))) > 40


def test_the_published_form_is_read() -> None:
    record = known_from_json(
        {"given_name": "A", "birth_date": "1962-07-13", "kin": ["B C"], "service_date": "2021-01-02", "badge": 77123},
        "x",
    )
    assert record.birth_date == date(1962, 7, 13)
    assert record.service_dates == (date(2021, 1, 2),)
    assert record.other[0][0] == "77123"


@pytest.mark.parametrize("bad", [[], {"kin": [3]}, {"birth_date": "13/7/62"}, {"mrn": {"a": 1}}])
def test_a_bad_record_names_the_field_and_not_the_value(bad: object) -> None:
    with pytest.raises(KnownRecordError) as caught:
        known_from_json(bad, "line 3")
    assert isinstance(caught.value, InputError)
    assert "line 3" in caught.value.message
    assert "13/7/62" not in caught.value.message
