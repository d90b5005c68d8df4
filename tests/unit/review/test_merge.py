from __future__ import annotations

from typing import Any

import pytest

from audit.domain.codes import CodeSystem
from audit.domain.determination import (
    AgreeRemaining,
    CaseDeterminations,
    Closing,
    CorrectLine,
    Decided,
    Decision,
    Determination,
)
from audit.domain.rule import Category
from audit.review.counts import undetermined
from audit.review.merge import (
    BadOmissionError,
    ContradictoryDecisionError,
    DecidedTwiceError,
    IncompleteClosingError,
    UnknownEncounterError,
    UnknownLineError,
    merge,
)

CASES = {"E1": (1, 2, 3), "E2": (1,)}
CLOSED = Closing(encounter_id="E1", complete=True, omissions_checked=True)
REST = AgreeRemaining(encounter_id="E1")


def agree(line: int | None, encounter: str = "E1", **more: Any) -> Determination:
    return Determination(encounter_id=encounter, line=line, decision=Decision.AGREE, **more)


def disagree(line: int | None, category: Category | None = Category.UNSUPPORTED, **more: Any) -> Determination:
    return Determination(encounter_id="E1", line=line, decision=Decision.DISAGREE, category=category, **more)


def correct(code: str) -> CorrectLine:
    return CorrectLine(system=CodeSystem.ICD10CM, code=code)


def test_agreeing_with_the_rest_covers_what_is_undecided_wherever_it_stands() -> None:
    merged = merge(CASES, {}, [REST, CLOSED, disagree(2)])

    case = merged.after["E1"]
    assert [one.decision for one in case.lines] == [Decision.AGREE, Decision.DISAGREE, Decision.AGREE]
    assert case.agreed_in_one_act == (1, 3)
    assert case.closing == CLOSED
    assert (merged.imported, merged.changed) == (3, 0)
    assert undetermined(CASES, merged.after) == 1


def test_importing_the_same_again_changes_nothing() -> None:
    decided: list[Decided] = [disagree(2), disagree(None, Category.OMITTED, correct=correct("E11.9")), REST, CLOSED]
    once = merge(CASES, {}, decided)

    again = merge(CASES, once.after, decided)

    assert again.after == once.after
    assert (again.imported, again.changed) == (4, 0)


def test_a_later_decision_replaces_the_earlier_one_and_is_counted() -> None:
    before = merge(CASES, {}, [REST, CLOSED]).after

    merged = merge(CASES, before, [disagree(3), agree(1)])

    assert merged.after["E1"].lines[2].decision is Decision.DISAGREE
    assert merged.after["E1"].agreed_in_one_act == (1, 2)
    assert merged.after["E1"].closing == CLOSED
    assert merged.changed == 1
    assert before["E1"].lines[2].decision is Decision.AGREE


def test_an_omitted_code_can_be_added_and_taken_back() -> None:
    first = merge(CASES, {}, [disagree(None, Category.OMITTED, correct=correct(code)) for code in ("I10", "E11.9")])
    assert [one.correct.code for one in first.after["E1"].omitted if one.correct] == ["E11.9", "I10"]

    back = merge(CASES, first.after, [agree(None, category=Category.OMITTED, correct=correct("I10"))])

    assert [one.correct.code for one in back.after["E1"].omitted if one.correct] == ["E11.9"]
    assert back.changed == 1


def test_encounters_not_named_stay_as_they_were() -> None:
    before = {"E2": CaseDeterminations(encounter_id="E2", lines=(agree(1, "E2"),))}

    assert merge(CASES, before, [agree(1)]).after["E2"] is before["E2"]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ([agree(1, "SECRET")], UnknownEncounterError),
        ([AgreeRemaining(encounter_id="SECRET")], UnknownEncounterError),
        ([agree(9)], UnknownLineError),
        ([disagree(1, None)], ContradictoryDecisionError),
        ([agree(1, category=Category.UNSUPPORTED)], ContradictoryDecisionError),
        ([agree(1, correct=correct("E11.9"))], ContradictoryDecisionError),
        ([agree(2)], DecidedTwiceError),
        ([REST, REST], DecidedTwiceError),
        ([disagree(None, Category.UNSUPPORTED, correct=correct("E11.9"))], BadOmissionError),
        ([disagree(None, Category.OMITTED)], BadOmissionError),
        ([disagree(1, Category.OMITTED, correct=correct("E11.9"))], BadOmissionError),
        ([CLOSED], IncompleteClosingError),
    ],
)
def test_one_bad_decision_refuses_the_whole_import_without_naming_a_patient(
    bad: list[Decided], error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"^determination [23]: ") as caught:
        merge(CASES, {}, [agree(2), *bad])
    assert "SECRET" not in str(caught.value)
