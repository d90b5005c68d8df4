from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit.domain.canonical import from_json, to_json
from audit.domain.determination import CaseDeterminations, Closing, Decision, Determination
from audit.domain.rule import Category
from audit.domain.score import Basis, Score, ScoreVerdict
from audit.scoring.cases import ScoredCase
from audit.scoring.formulas import FORMULAS
from audit.scoring.groups import StrataMismatchError
from audit.scoring.scores import score_audit
from audit.scoring.settings import BadScoreSettingError, NeverJudgesError, ScoreSettings, UnknownFormulaError

SETTINGS = ScoreSettings(target=0.95, verdict_on="code.auditor_denominator")
LINES = tuple(range(1, 8))


def encounter(coder: str, number: int, wrong: int = 0, *, reviews: int = 0, missing: bool = False) -> ScoredCase:
    return ScoredCase(
        encounter_id=f"{coder}-{number:04}",
        coder_id=coder,
        lines=LINES,
        errors=frozenset(LINES[:wrong]),
        reviews=frozenset(LINES[wrong : wrong + reviews]),
        missing=missing,
    )


def coder(name: str, count: int, wrong_every: int = 0, reviews: int = 0) -> list[ScoredCase]:
    return [encounter(name, n, int(bool(wrong_every) and n % wrong_every == 0), reviews=reviews) for n in range(count)]


def determined(case: ScoredCase, *, closed: bool = True, lines: Sequence[int] = LINES) -> ScoredCase:
    decisions = tuple(
        Determination(
            encounter_id=case.encounter_id,
            line=line,
            decision=Decision.DISAGREE if line in case.errors else Decision.AGREE,
            category=Category.UNSUPPORTED if line in case.errors else None,
        )
        for line in lines
    )
    closing = Closing(encounter_id=case.encounter_id, complete=True, omissions_checked=True) if closed else None
    return replace(
        case,
        determinations=CaseDeterminations(encounter_id=case.encounter_id, lines=decisions, closing=closing),
    )


def pick(
    scores: Sequence[Score],
    coder_id: str | None,
    basis: Basis = Basis.TOOL,
    formula: str = "code.auditor_denominator",
) -> Score:
    (score,) = [s for s in scores if (s.coder_id, s.basis, s.formula) == (coder_id, basis, formula)]
    return score


def test_good_poor_and_undecided_coders_get_their_verdicts() -> None:
    cases = coder("good", 60) + coder("poor", 60, 1) + coder("so-so", 60, 3)
    scores = score_audit(cases, {"good": 900, "poor": 900, "so-so": 900}, SETTINGS)

    assert pick(scores, "good").verdict is ScoreVerdict.MEETS
    assert pick(scores, "poor").verdict is ScoreVerdict.BELOW
    undecided = pick(scores, "so-so")
    assert undecided.verdict is ScoreVerdict.NOT_SHOWN
    assert undecided.value == pytest.approx(400 / 420)
    assert undecided.interval is not None
    assert undecided.interval[0] < 0.95 < undecided.interval[1]


def test_every_coder_then_all_together_has_each_basis_and_formula_in_a_stable_order() -> None:
    cases = coder("b", 12) + coder("a", 12)
    scores = score_audit(cases, {"a": 50, "b": 50}, SETTINGS)

    expected = [(who, basis, formula) for who in ("a", "b", None) for basis in Basis for formula in FORMULAS]
    assert [(s.coder_id, s.basis, s.formula) for s in scores] == expected
    assert score_audit(cases[::-1], {"b": 50, "a": 50}, SETTINGS) == scores


def test_only_the_formula_that_judges_carries_a_verdict() -> None:
    scores = score_audit(coder("poor", 60, 1), {"poor": 900}, replace(SETTINGS, verdict_on="encounter.all_correct"))

    spoken = {s.formula for s in scores if s.verdict is not ScoreVerdict.NOT_SHOWN}
    assert spoken == {"encounter.all_correct"}


def test_reviews_that_could_change_the_verdict_withhold_it() -> None:
    cases = coder("c", 60, 0, reviews=1)
    score = pick(score_audit(cases, {"c": 900}, SETTINGS), "c")

    assert score.value == 1.0
    assert score.value_if_review_stands == pytest.approx(6 / 7)
    assert score.verdict is ScoreVerdict.NOT_SHOWN
    assert score.more_encounters_needed is None


def test_a_persons_score_exists_only_when_every_line_is_decided_and_every_encounter_closed() -> None:
    raw = coder("c", 20, 4)
    done = [determined(case) for case in raw]
    one_line_left = [*done[:-1], determined(raw[-1], closed=False, lines=LINES[:-1])]
    not_closed = [*done[:-1], determined(raw[-1], closed=False)]

    complete = pick(score_audit(done, {"c": 400}, SETTINGS), "c", Basis.PERSON, "code.coder_denominator")
    assert complete.value == complete.value_if_review_stands == pytest.approx(135 / 140)
    assert complete.undetermined == 0
    for cases, left in ((one_line_left, 1), (not_closed, 7), (raw, 140)):
        score = pick(score_audit(cases, {"c": 400}, SETTINGS), "c", Basis.PERSON)
        assert (score.value, score.interval, score.verdict) == (None, None, ScoreVerdict.NOT_SHOWN)
        assert score.undetermined == left


def test_the_department_has_a_persons_score_only_when_every_coder_has() -> None:
    cases = [determined(case) for case in coder("a", 12)] + coder("b", 12)
    scores = score_audit(cases, {"a": 50, "b": 50}, SETTINGS)

    assert pick(scores, "a", Basis.PERSON).value == 1.0
    assert pick(scores, None, Basis.PERSON).value is None
    assert pick(scores, None, Basis.PERSON).undetermined == 84


def test_a_coder_fully_drawn_is_a_census_judged_by_its_value() -> None:
    scores = score_audit(coder("small", 15, 1), {"small": 15}, SETTINGS)

    for formula in FORMULAS:
        score = pick(scores, "small", formula=formula)
        assert score.census
        assert score.interval is None
        assert score.more_encounters_needed is None
    assert pick(scores, "small").verdict is ScoreVerdict.BELOW
    assert pick(score_audit(coder("small", 15), {"small": 15}, SETTINGS), "small").verdict is ScoreVerdict.MEETS


def test_under_ten_encounters_no_percentage_is_given() -> None:
    score = pick(score_audit(coder("new", 9), {"new": 9}, SETTINGS), "new")

    assert (score.value, score.value_if_review_stands, score.interval) == (None, None, None)
    assert score.verdict is ScoreVerdict.NOT_SHOWN
    assert (score.encounters, score.codes, score.numerator) == (9, 63, 63)


def test_missing_records_leave_the_denominator_and_too_many_forbid_a_verdict() -> None:
    few = [*coder("c", 57), *(encounter("c", 100 + n, 7, missing=True) for n in range(3))]
    many = [*coder("c", 50), *(encounter("c", 100 + n, 7, missing=True) for n in range(10))]

    some, most = (pick(score_audit(cases, {"c": 900}, SETTINGS), "c") for cases in (few, many))

    assert (some.missing, some.encounters, some.value, some.verdict) == (3, 57, 1.0, ScoreVerdict.MEETS)
    assert (most.missing, most.encounters, most.value, most.verdict) == (10, 50, 1.0, ScoreVerdict.NOT_SHOWN)
    assert most.more_encounters_needed is None


def test_the_unassigned_are_counted_but_never_judged() -> None:
    score = pick(score_audit(coder("unassigned", 60, 1), {"unassigned": 900}, SETTINGS), "unassigned")

    assert score.value == pytest.approx(6 / 7)
    assert score.verdict is ScoreVerdict.NOT_SHOWN


def test_the_overall_score_weights_each_coder_by_the_encounters_he_stands_for() -> None:
    cases = coder("big", 20) + coder("small", 10, 1)
    score = pick(score_audit(cases, {"big": 2000, "small": 10}, SETTINGS), None)

    assert score.weights == {"big": 100.0, "small": 1.0}
    assert score.value == pytest.approx((100 * 140 + 60) / (100 * 140 + 70))
    assert score.value == pytest.approx(score.numerator / score.denominator)
    assert not score.census


def test_one_poor_coder_among_many_tests_must_be_surer() -> None:
    # Upper limit just under the target: enough alone, not enough as one of eleven.
    poor = coder("poor", 60, 1)[:36] + [encounter("poor", 200 + n) for n in range(24)]
    others = [case for n in range(10) for case in coder(f"fine{n}", 60, 3)]
    populations = {case.coder_id: 5000 for case in [*poor, *others]}

    alone = pick(score_audit(poor, populations, SETTINGS), "poor")
    among = pick(score_audit([*poor, *others], populations, SETTINGS), "poor")

    assert alone.interval == among.interval
    assert alone.verdict is ScoreVerdict.BELOW
    assert among.verdict is ScoreVerdict.NOT_SHOWN
    assert among.more_encounters_needed is not None


def test_a_score_survives_json() -> None:
    for score in score_audit(coder("c", 30, 3), {"c": 90}, SETTINGS):
        assert from_json(Score, json.loads(json.dumps(to_json(score)))) == score


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=10, max_size=30), st.integers(0, 200))
def test_another_upheld_review_never_raises_the_worst_case(found: list[tuple[int, int]], beyond: int) -> None:
    cases = [encounter("c", n, wrong, reviews=reviews) for n, (wrong, reviews) in enumerate(found)]
    for score in score_audit(cases, {"c": len(cases) + beyond}, SETTINGS):
        if score.basis is Basis.TOOL and score.formula != "drg.correct":  # these encounters have no DRG
            assert score.value is not None
            assert score.value_if_review_stands is not None
            assert 0 <= score.value_if_review_stands <= score.value <= 1
            if score.interval is not None:
                step = 1 / (len(cases) + beyond)  # limits of encounters are counts of the period
                assert 0 <= score.interval[0] <= score.value + step <= score.interval[1] + 2 * step <= 1 + 2 * step


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"verdict_on": "code.by_feel"}, UnknownFormulaError),
        ({"verdict_on": "code.auditor_denominator_net"}, NeverJudgesError),
        ({"target": 1.0}, BadScoreSettingError),
        ({"target": float("nan")}, BadScoreSettingError),
        ({"confidence": 0.4}, BadScoreSettingError),
        ({"icc_floor": -0.1}, BadScoreSettingError),
    ],
)
def test_settings_that_cannot_be_scored_with_are_refused(changes: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        score_audit(coder("c", 10), {"c": 20}, replace(SETTINGS, **changes))  # type: ignore[arg-type]  # bad on purpose


def test_a_sample_larger_than_its_period_is_refused() -> None:
    with pytest.raises(StrataMismatchError):
        score_audit(coder("c", 10), {"c": 9}, SETTINGS)


def test_no_case_gives_no_score() -> None:
    assert score_audit([], {}, SETTINGS) == ()
