"""What stands apart in the note, or is told by a number or a phase of care."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from audit.chart.lexicon import Lexicon
from audit.chart.reader import ChartReading, read_case
from audit.chart.terms import TermTable, compile_terms
from audit.domain.classification import Classification, CodeEntry
from audit.domain.encounter import Case
from audit.domain.finding import Support

Read = Callable[..., ChartReading]
ROWS = {
    "K59": "Other functional intestinal disorders",
    "K59.0": "Constipation",
    "K59.00": "Constipation, unspecified",
    "K59.04": "Chronic idiopathic constipation",
    "S80": "Superficial injury of knee and lower leg",
    "S80.01": "Contusion of right knee",
    "S80.02": "Contusion of left knee",
    "Z3A": "Weeks of gestation",
    "Z3A.28": "28 weeks gestation of pregnancy",
    "Z3A.32": "32 weeks gestation of pregnancy",
}


@pytest.fixture(scope="module")
def table(terms: TermTable, lexicon: Lexicon) -> TermTable:
    entries = tuple(
        CodeEntry(code=code, description=text, parent=None if len(code) == 3 else code[:3], billable=len(code) > 3)
        for code, text in ROWS.items()
    )
    first, last = terms.in_force_from, terms.in_force_to
    made = Classification(edition="t", digest="1", in_force_from=first, in_force_to=last, entries=entries)
    return compile_terms(replace(made, edition="made up"), lexicon)


@pytest.fixture
def support(table: TermTable, case: Callable[..., Case]) -> Callable[[str, str], tuple[str, str]]:
    def said(code: str, text: str) -> tuple[str, str]:
        line = read_case(case(text, codes=(code,)), table).lines[0]
        return line.support, line.category_support

    return said


def test_a_modifier_of_another_item_of_a_list_is_not_taken(support: Callable[[str, str], tuple[str, str]]) -> None:
    text = "Assessment: chronic abdominal pain, constipation."
    assert support("K59.00", text)[0] == Support.SUPPORTED
    assert support("K59.04", text)[0] != Support.SUPPORTED


def test_condition_and_site_apart_carry_the_category(support: Callable[[str, str], tuple[str, str]]) -> None:
    text = "Chief complaint: right knee.\nHistory: He has a contusion after a game."
    assert support("S80.01XA", text) == (Support.NOT_FOUND, Support.SUPPORTED)
    assert support("S80.02XA", text) == (Support.NOT_FOUND, Support.NOT_FOUND)


def test_weeks_decide_their_code(support: Callable[[str, str], tuple[str, str]]) -> None:
    assert support("Z3A.32", "She is at 32w3d gestation.")[0] == Support.SUPPORTED
    assert support("Z3A.28", "She is at 32w3d gestation.")[0] == Support.CONTRADICTED
    assert support("Z3A.28", "G2P1 at 28 4/7 weeks")[0] == Support.SUPPORTED


def test_healing_must_be_told_for_a_later_phase(support: Callable[[str, str], tuple[str, str]]) -> None:
    assert support("S80.01XA", "Assessment: contusion of the right knee.")[0] == Support.SUPPORTED
    assert support("S80.01XD", "Assessment: contusion of the right knee.") == (Support.NOT_FOUND, Support.SUPPORTED)
    assert support("S80.01XD", "Assessment: contusion of the right knee, healing well.")[0] == Support.SUPPORTED


def test_a_vaccine_is_not_its_disease(read: Read) -> None:
    assert read("Plan: pneumonia vaccine next month", codes=("J18.9",)).lines[0].support != Support.SUPPORTED


def test_smoking_that_ended_is_not_denied(lexicon: Lexicon) -> None:
    assert any(head == "Z87.891" and "no longer smokes" in names for head, names in lexicon.terms)
