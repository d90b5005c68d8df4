"""Scores as a report may print them: no per cent from fewer than ten encounters, no open verdict without its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from audit.domain.canonical import to_json
from audit.domain.encounter import UNASSIGNED
from audit.domain.score import Basis, Score, ScoreVerdict
from audit.report.formulas import FORMULAS, formula_of

FEW = 10
"""Below this number of encounters a coder gets counts and no per cent."""

LEAST_TO_MEET = 20
"""Below this number of sampled encounters the scoring gives no *meets*."""

_MISSING_FORBIDS = 0.1


def score_row(score: Score, verdict_on: str) -> dict[str, Any]:
    """Return the score with its unit, whether it judges, and why a verdict is not shown.

    ``few`` is true where the per cents were withheld: fewer than ``FEW`` encounters, or no coder is named.
    """
    few = is_few(score)
    row: dict[str, Any] = to_json(score) | {
        "unit": formula_of(score.formula).unit,
        "judges": score.formula == verdict_on and score.coder_id != UNASSIGNED,
        "few": few,
        "why_not_shown": _why_not_shown(score, verdict_on),
    }
    if few:
        row |= {"value": None, "value_if_review_stands": None, "interval": None}
    return row


def is_few(score: Score) -> bool:
    """Whether no per cent may be printed of this score."""
    return score.coder_id == UNASSIGNED or score.encounters < FEW


def score_rows(scores: Iterable[Score], coder_id: str | None, verdict_on: str) -> list[dict[str, Any]]:
    """Return one coder's scores (None: all coders together): the judging formula first, person before tool."""
    order = list(FORMULAS)
    mine = [score for score in scores if score.coder_id == coder_id]
    mine.sort(key=lambda s: (s.formula != verdict_on, order.index(formula_of(s.formula).id), s.basis.value))
    return [score_row(score, verdict_on) for score in mine]


def headline(rows: list[dict[str, Any]], verdict_on: str) -> dict[str, Any] | None:
    """Return the score that stands at the coder's name: a person's where it is complete, else the tool's proposal."""
    judging = {row["basis"]: row for row in rows if row["formula"] == verdict_on}
    person = judging.get(Basis.PERSON.value)
    if person is not None and person["denominator"]:
        return person
    return judging.get(Basis.TOOL.value) or person


def _why_not_shown(score: Score, verdict_on: str) -> str:
    if score.coder_id == UNASSIGNED:
        return "no coder is named: counted, never judged"
    if score.verdict is not ScoreVerdict.NOT_SHOWN or score.formula != verdict_on:
        return ""
    return _why_no_sample(score) or _why_limits(score)


def _why_no_sample(score: Score) -> str:
    if score.missing > _MISSING_FORBIDS * (score.encounters + score.missing):
        return "more than 10 % of the records are missing"
    if score.basis is Basis.PERSON and not score.denominator:
        left = score.undetermined
        return (
            f"{left} code lines are not determined yet" if left else "an encounter is not closed with omissions checked"
        )
    if score.encounters < FEW:
        return f"fewer than {FEW} encounters"
    return ""


def _why_limits(score: Score) -> str:
    ends_differ = score.value != score.value_if_review_stands
    if score.interval is None and not score.census:
        return "nothing to compute an interval from"
    low, high = score.interval or (score.value, score.value)
    if low is None or high is None:
        return ""
    if low < score.target <= high:
        return "the interval holds the target"
    if low >= score.target and score.encounters < LEAST_TO_MEET and not score.census:
        return f"the target is never met on fewer than {LEAST_TO_MEET} encounters"
    if high < score.target:
        return "below by itself, but not once all coders are tested together"
    return "best and worst case give different verdicts" if ends_differ else ""
