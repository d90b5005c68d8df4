from dataclasses import replace

import pytest

from audit.domain.score import Basis, Score, ScoreVerdict
from audit.report.formulas import UnknownFormulaError
from audit.report.scores import headline, score_row, score_rows

ON = "code.auditor_denominator"
SCORE = Score(
    coder_id="C01", basis=Basis.TOOL, formula=ON, numerator=410, denominator=430, value=0.9535,
    value_if_review_stands=0.94, interval=(0.93, 0.97), confidence=0.95, census=False, target=0.95,
    verdict=ScoreVerdict.NOT_SHOWN, encounters=60, codes=430, undetermined=0, missing=0, weights={},
    more_encounters_needed=38,
)  # fmt: skip
PERSON = replace(SCORE, basis=Basis.PERSON, value=0.951, value_if_review_stands=0.951)
PENDING = {"basis": Basis.PERSON, "numerator": 0, "denominator": 0, "value": None}


def test_fewer_than_ten_encounters_show_counts_and_no_per_cent() -> None:
    row = score_row(replace(SCORE, encounters=9), ON)
    assert (row["value"], row["value_if_review_stands"], row["interval"]) == (None, None, None)
    assert row["few"]
    assert row["numerator"] == 410


def test_ten_encounters_are_enough_for_a_per_cent() -> None:
    assert score_row(replace(SCORE, encounters=10), ON)["value"] == 0.9535


def test_work_without_a_coder_is_counted_and_never_judged() -> None:
    row = score_row(replace(SCORE, coder_id="unassigned"), ON)
    assert not row["judges"]
    assert row["value"] is None
    assert "never judged" in row["why_not_shown"]


def test_a_complete_review_by_a_person_stands_at_the_name_before_the_proposal_of_the_tool() -> None:
    rows = score_rows([SCORE, PERSON], "C01", ON)
    chosen = headline(rows, ON)
    assert chosen is not None
    assert chosen["basis"] == "person"


def test_an_unfinished_review_leaves_the_proposal_of_the_tool_at_the_name() -> None:
    rows = score_rows([SCORE, replace(PERSON, value=None, numerator=0, denominator=0, undetermined=12)], "C01", ON)
    chosen = headline(rows, ON)
    assert chosen is not None
    assert chosen["basis"] == "tool"


def test_a_small_review_that_is_not_closed_is_not_taken_for_none_right_of_none() -> None:
    pending = replace(PERSON, encounters=5, value=None, numerator=0, denominator=0)
    chosen = headline(score_rows([replace(SCORE, encounters=5), pending], "C01", ON), ON)
    assert chosen is not None
    assert chosen["basis"] == "tool"


def test_a_coder_without_a_score_has_no_headline() -> None:
    assert headline([], ON) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "the interval holds the target"),
        ({"missing": 8}, "more than 10 % of the records are missing"),
        (PENDING | {"undetermined": 12}, "12 code lines are not determined yet"),
        (PENDING, "an encounter is not closed with omissions checked"),
        ({"interval": (0.955, 0.99), "encounters": 19}, "the target is never met on fewer than 20 encounters"),
        ({"interval": (0.90, 0.94)}, "below by itself, but not once all coders are tested together"),
        ({"interval": None, "census": True}, "best and worst case give different verdicts"),
        ({"encounters": 4}, "fewer than 10 encounters"),
        ({"interval": None}, "nothing to compute an interval from"),
        ({"interval": (0.955, 0.99)}, "best and worst case give different verdicts"),
        ({"interval": (0.955, 0.99), "value_if_review_stands": 0.9535}, ""),
        ({"verdict": ScoreVerdict.MEETS}, ""),
        ({"formula": "code.symmetric"}, ""),
    ],
)
def test_an_open_verdict_gives_its_reason(change: dict[str, object], reason: str) -> None:
    assert score_row(replace(SCORE, **change), ON)["why_not_shown"] == reason  # type: ignore[arg-type]  # fields vary by case


def test_the_judging_formula_stands_first_and_the_others_in_the_order_of_the_catalogue() -> None:
    others = [replace(SCORE, formula=f) for f in ("code.symmetric", "encounter.all_correct", "code.coder_denominator")]
    rows = score_rows([*others, SCORE], "C01", "encounter.all_correct")
    assert [row["formula"] for row in rows] == [
        "encounter.all_correct", "code.auditor_denominator", "code.coder_denominator", "code.symmetric",
    ]  # fmt: skip
    assert [row["judges"] for row in rows] == [True, False, False, False]


def test_a_formula_no_report_can_explain_is_refused_by_its_id() -> None:
    with pytest.raises(UnknownFormulaError, match=r"unknown formula code\.secret"):
        score_row(replace(SCORE, formula="code.secret"), ON)
