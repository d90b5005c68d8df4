"""What may stay of a value: the year, the state, the ZIP prefix."""

from audit.deid.ages import implies_over_89
from audit.deid.dates import year_of
from audit.deid.lexicon import Lexicon
from audit.deid.surrogate import Surrogates
from audit.deid.transform import SafeHarbor


def test_zip_prefixes_of_few_residents_become_zeros(safe_harbor: SafeHarbor) -> None:
    assert safe_harbor.zip3("60614-1234") == "606"
    assert safe_harbor.zip3("03601") == "000"
    assert safe_harbor.zip3("57601") == "000"
    assert safe_harbor.zip3("abc") == "000"


def test_all_restricted_prefixes_of_both_censuses_are_listed(lexicon: Lexicon) -> None:
    of_2000 = [
        "036",
        "059",
        "063",
        "102",
        "203",
        "556",
        "692",
        "790",
        "821",
        "823",
        "830",
        "831",
        "878",
        "879",
        "884",
        "890",
        "893",
    ]
    of_2010 = ["036", "059", "102", "203", "205", "369", "556", "692", "821", "823", "878", "879", "884", "893"]
    assert {*of_2000, *of_2010, "202", "204", "753", "772", "576"} <= lexicon.restricted_zip3


def test_the_year_of_a_date_is_only_taken_where_it_is_written() -> None:
    assert year_of("March 5, 2021") == "2021"
    assert year_of("20210305") == "2021"
    assert year_of("3/5/21") == ""


def test_a_birth_year_of_ninety_years_ago_tells_an_age() -> None:
    assert implies_over_89("1931", 2023)
    assert not implies_over_89("1934", 2023)


def test_ids_are_random_stable_in_one_export_and_different_in_the_next() -> None:
    one, other = Surrogates(), Surrogates()
    assert one.of("patient", "P1") == one.of("patient", "P1")
    assert one.of("patient", "P1") != one.of("encounter", "P1")
    assert one.of("patient", "P1") != other.of("patient", "P1")
    assert one.of("patient", "") == ""
    assert one.counts() == {"patient": 1, "encounter": 1}


def test_ids_hold_no_digit_and_nothing_of_the_value() -> None:
    drawn = Surrogates().of("patient", "MR12345678")
    assert not any(c.isdigit() for c in drawn)
