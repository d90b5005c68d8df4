"""One formula applied to one group: sums, value, limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from audit.scoring.cases import ScoredCase
from audit.scoring.clusters import Ratio, StratumTerms, ratio_of
from audit.scoring.formulas import Formula, Interval
from audit.scoring.groups import Group
from audit.scoring.limits import Limits, code_limits, encounter_limits, net_limits
from audit.scoring.settings import LEAST_FOR_A_NUMBER, ScoreSettings
from audit.scoring.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """``value`` is None with too few encounters or nothing to count; ``limits`` too, and for a census."""

    numerator: float
    denominator: float
    value: float | None
    limits: Limits | None


def measure(formula: Formula, group: Group, tally: Callable[[ScoredCase], Tally], settings: ScoreSettings) -> Measure:
    """Apply a formula to the group's scored encounters as ``tally`` counts them."""
    strata = [
        StratumTerms(population=one.population, terms=tuple(formula.term(tally(case)) for case in one.cases))
        for one in group.strata
        if one.cases
    ]
    ratio = ratio_of(strata)
    if ratio is None:
        return Measure(numerator=0.0, denominator=0.0, value=None, limits=None)
    # A percentage needs ten encounters that have what is counted (a DRG, a code).
    shown = group.has_value and sum(k > 0 for one in strata for _, k in one.terms) >= LEAST_FOR_A_NUMBER
    return Measure(
        numerator=ratio.numerator,
        denominator=ratio.denominator,
        value=max(0.0, ratio.value) if shown else None,
        limits=_limits(formula, ratio, strata, settings) if shown and _by_chance(group, settings) else None,
    )


def _by_chance(group: Group, settings: ScoreSettings) -> bool:
    """Whether there is a chance to give limits for: none in a census, none that is known in a draw by hand."""
    return settings.equal_chances and not group.census


def _limits(formula: Formula, ratio: Ratio, strata: list[StratumTerms], settings: ScoreSettings) -> Limits | None:
    if formula.interval is Interval.NET:
        return net_limits(ratio, settings.alpha)
    if formula.interval is Interval.ENCOUNTERS and len(strata) == 1:
        return encounter_limits(strata[0], settings.target, settings.alpha)
    # Encounters of several strata: an encounter is a cluster of one, and no exact count spans unequal weights.
    return code_limits(ratio, settings.target, settings.alpha, settings.icc_floor)
