"""Scores of draws whose strata are not the coders, and of draws without equal chances."""

from __future__ import annotations

import pytest

from audit.domain.determination import CaseDeterminations, Closing, Decision, Determination
from audit.domain.score import Basis, Score, ScoreVerdict
from audit.scoring.cases import ScoredCase
from audit.scoring.scores import score_audit
from audit.scoring.settings import ScoreSettings

FORMULA = "code.auditor_denominator"


def case(number: int, *, stratum: str, right: bool = True, coder: str = "c1") -> ScoredCase:
    name = f"{stratum}{coder}{number}"
    line = Determination(encounter_id=name, line=1, decision=Decision.AGREE if right else Decision.DISAGREE)
    closing = Closing(encounter_id=name, complete=True, omissions_checked=True)
    decided = CaseDeterminations(encounter_id=name, lines=(line,), closing=closing)
    return ScoredCase(encounter_id=name, coder_id=coder, lines=(1,), determinations=decided, stratum=stratum)


def scores(cases: list[ScoredCase], populations: dict[tuple[str, str], int], **more: bool) -> dict[str | None, Score]:
    found = score_audit(cases, populations, ScoreSettings(target=0.95, verdict_on=FORMULA, **more))
    return {one.coder_id: one for one in found if one.formula == FORMULA and one.basis is Basis.PERSON}


def test_a_coder_is_weighed_by_the_strata_of_the_draw() -> None:
    cheap = [case(n, stratum="01", right=n > 0) for n in range(10)]
    dear = [case(n, stratum="02") for n in range(10)]

    found = scores([*cheap, *dear], {("c1", "01"): 900, ("c1", "02"): 100})["c1"]

    # One wrong line of ten stands for 90 of 900; a wrong line falls away from the auditor's codes.
    assert found.value == pytest.approx((900 - 90 + 100) / (900 - 90 + 100))
    assert found.weights == {"c1 / 01": 90.0, "c1 / 02": 10.0}


def test_everyone_together_is_weighed_by_n_h_over_n_h_of_the_draw() -> None:
    cases = [case(n, stratum=s, coder=c) for s in ("01", "02") for c in ("c1", "c2") for n in range(6)]
    populations = {("c1", "01"): 100, ("c2", "01"): 140, ("c1", "02"): 12, ("c2", "02"): 12, ("c3", "01"): 0}

    assert scores(cases, populations)[None].weights == {"01": 20.0, "02": 2.0}


def test_a_coder_with_a_stratum_nobody_drew_from_gets_no_verdict() -> None:
    cases = [case(n, stratum="01") for n in range(90)]

    covered = scores(cases, {("c1", "01"): 900})["c1"]
    uncovered = scores(cases, {("c1", "01"): 900, ("c1", "02"): 5})["c1"]

    assert covered.verdict is ScoreVerdict.MEETS
    assert uncovered.verdict is ScoreVerdict.NOT_SHOWN


def test_coders_nobody_drew_from_still_count_in_the_overall_weight() -> None:
    cases = [case(n, stratum="") for n in range(20)]

    assert scores(cases, {("c1", ""): 100, ("c2", ""): 100})[None].weights == {"all": 10.0}


def test_a_draw_without_equal_chances_carries_neither_limits_nor_verdict() -> None:
    cases = [case(n, stratum="", right=False) for n in range(60)]

    found = scores(cases, {("c1", ""): 60}, equal_chances=False)

    assert {one.verdict for one in found.values()} == {ScoreVerdict.NOT_SHOWN}
    assert {one.interval for one in found.values()} == {None}
