"""What an audit has fixed before the draw: target, the one formula that judges, confidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from audit.errors import InputError
from audit.scoring.formulas import FORMULAS

LEAST_FOR_A_NUMBER = 10
"""Encounters under which no percentage is given."""
LEAST_TO_MEET = 20
"""Encounters under which a sample cannot show that a target is met."""
MOST_MISSING = 0.10
"""Share of missing records above which there is no verdict."""


class UnknownFormulaError(InputError):
    """The plan lets a formula judge that is not computed."""


class NeverJudgesError(InputError):
    """The plan lets a formula judge whose interval cannot carry a verdict."""


class BadScoreSettingError(InputError):
    """Target, confidence or intra-class floor lies outside its range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSettings:
    """``target`` and ``confidence`` (of each one-sided limit) are shares in (0, 1); ``verdict_on`` is a formula id.

    ``icc_floor`` is the least intra-class correlation of code lines within an encounter that an interval assumes.
    ``equal_chances``: encounters of a coder (within a stratum) were drawn one by one with the same chance. Where they
    were not (by money, by clusters, by hand), there are neither limits nor verdicts.
    """

    target: float
    verdict_on: str
    confidence: float = 0.95
    icc_floor: float = 0.1
    equal_chances: bool = True

    @property
    def alpha(self) -> float:
        """The chance of error that each one-sided limit may have."""
        return 1 - self.confidence


def check_settings(settings: ScoreSettings) -> None:
    """Return unless a setting cannot be scored with.

    Raises:
        UnknownFormulaError, NeverJudgesError, BadScoreSettingError: which one, and its range.
    """
    if settings.verdict_on not in FORMULAS:
        raise UnknownFormulaError("plan: field scoring.verdict_on: not computed", hint=f"use one of {_judging()}")
    if not FORMULAS[settings.verdict_on].judges:
        raise NeverJudgesError(
            "plan: field scoring.verdict_on: a net score never carries a verdict", hint=f"use one of {_judging()}"
        )
    for name, value, low in (("target", settings.target, 0.0), ("confidence", settings.confidence, 0.5)):
        if not (math.isfinite(value) and low < value < 1):
            raise BadScoreSettingError(f"plan: field {name}: not between {low} and 1", hint="write 0.95 for 95 %")
    if not 0 <= settings.icc_floor <= 1:
        raise BadScoreSettingError("plan: field icc_floor: not between 0 and 1", hint="0.1 is the default")


def _judging() -> str:
    return ", ".join(name for name, formula in FORMULAS.items() if formula.judges)
