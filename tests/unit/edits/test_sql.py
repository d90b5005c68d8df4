from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.check import Family
from audit.edits import VOCABULARY
from audit.edits.sql import covers, day, number, table, text, texts
from audit.engine.duck import DuckDatabase, open_database

CODE = st.from_regex(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", fullmatch=True)


@pytest.fixture(scope="module")
def database() -> Iterator[DuckDatabase]:
    with open_database() as opened:
        yield opened


@settings(max_examples=50, deadline=None)
@given(value=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters=""), max_size=20))
def test_any_printable_text_comes_back_from_sql_as_it_went(database: DuckDatabase, value: str) -> None:
    if value.isprintable():
        assert database.rows(f"SELECT {text(value)}, {texts([value, 'x'])}") == [(value, [value, "x"])]


@pytest.mark.parametrize("value", ["a\0b", "a\nb", "\x1b"])
def test_control_characters_never_reach_sql(value: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        text(value)


@pytest.mark.parametrize("name", ["x; DROP TABLE lines", "Icd10cm", "", "a b", 'x"'])
def test_a_table_is_named_by_a_kind_and_nothing_else(name: str) -> None:
    with pytest.raises(ValueError, match="names a table"):
        table(name)
    assert table("ncci-ptp-hospital") == "ncci_ptp_hospital"


def test_numbers_and_days_are_literals(database: DuckDatabase) -> None:
    assert database.rows(f"SELECT {number(18)}, {day(date(2026, 4, 1))}") == [(18, date(2026, 4, 1))]


@pytest.mark.parametrize(
    ("code", "item", "covered"),
    [
        ("E11.21", "E11", True),
        ("E11.21", "E11.2", True),
        ("E11", "E11.2", False),
        ("I63.9", "I60-I63", True),
        ("I64", "I60-I63", False),
        ("Y99.9", "V00-Y99", True),
        ("Z00.00", "V00-Y99", False),
        ("O9A.111", "O00-O9A", True),
        ("M1A.9XX0", "M00-M99", True),
        ("N18.6", "N18.1-N18.6", True),
        ("N18.9", "N18.1-N18.6", False),
    ],
)
def test_a_code_stands_for_itself_and_all_below_it(database: DuckDatabase, code: str, item: str, covered: bool) -> None:  # noqa: FBT001 - a column of the table
    assert database.rows(f"SELECT {covers(text(code), [item])}") == [(covered,)]


@settings(max_examples=50, deadline=None)
@given(code=CODE, first=CODE, last=CODE)
def test_a_range_covers_its_ends_and_what_lies_between(
    database: DuckDatabase, code: str, first: str, last: str
) -> None:
    ((found,),) = database.rows(f"SELECT {covers(text(code), [f'{first}-{last}'])}")
    assert found == (code[: len(first)] >= first and code[: len(last)] <= last)


def test_only_kinds_that_nothing_can_excuse_may_be_errors() -> None:
    assert {name for name, kind in VOCABULARY.items() if kind.may_be_error} == {
        "in_edition",
        "billable",
        "in_hcpcs",
        "code_system",
        "never_first",
        "manifestation_first",
        "ptp",
        "mue",
        "poa_invalid",
        "poa_missing",
        "add_on",
    }
    assert {kind.family for kind in VOCABULARY.values()} == {Family.EDIT}
