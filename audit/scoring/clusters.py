"""A ratio over encounters and its sampling variance: lines of one encounter are not independent.

The linearised variance of a (separately drawn, jointly summed) stratified ratio: Cochran, *Sampling Techniques*, §6.11;
one stratum gives the form of the coder's own score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from audit.scoring.formulas import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumTerms:
    """The scored encounters of one coder: ``population`` encounters in the period, one term each of those scored."""

    population: int
    terms: tuple[Term, ...]

    @property
    def weight(self) -> float:
        """Encounters of the period that each scored one stands for."""
        return self.population / len(self.terms)

    @property
    def census(self) -> bool:
        """Whether every encounter of the period is scored: nothing is left to chance."""
        return len(self.terms) >= self.population


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A weighted ratio. ``size`` is the sum of denominators, unweighted; ``freedom`` the degrees of freedom.

    ``clustering`` is k' = sum of squared denominators / their sum: the size of the encounter a code line sits in.
    ``weighting`` is Kish's loss by unequal weights (1 for one coder).
    """

    numerator: float
    denominator: float
    variance: float
    size: int
    clustering: float
    weighting: float
    freedom: int
    encounters: int

    @property
    def value(self) -> float:
        """The ratio itself; negative where a net numerator is."""
        return self.numerator / self.denominator


def ratio_of(strata: Sequence[StratumTerms]) -> Ratio | None:
    """Return the weighted ratio of the strata that have any scored encounter, or None where nothing was counted.

    The weights of a single stratum leave its ratio unchanged, so they are left out there and the sums are plain counts.
    """
    filled = [one for one in strata if one.terms]
    weights = [one.weight for one in filled] if len(filled) > 1 else [1.0] * len(filled)
    pairs = [(weight, x, k) for weight, one in zip(weights, filled, strict=True) for x, k in one.terms]
    size = sum(k for _, _, k in pairs)
    if size == 0:
        return None
    numerator, denominator = fsum(w * x for w, x, _ in pairs), fsum(w * k for w, _, k in pairs)
    value = numerator / denominator
    return Ratio(
        numerator=numerator,
        denominator=denominator,
        variance=fsum(_variance(one, w, value) for w, one in zip(weights, filled, strict=True)) / denominator**2,
        size=size,
        clustering=sum(k * k for _, _, k in pairs) / size,
        weighting=size * fsum(w * w * k for w, _, k in pairs) / denominator**2,
        # A stratum taken whole adds no variance, so it must not add certainty about the variance either.
        freedom=max(1, sum(len(one.terms) - 1 for one in filled if not one.census)),
        encounters=len(pairs),
    )


def _variance(stratum: StratumTerms, weight: float, value: float) -> float:
    if stratum.census:
        return 0.0
    count = len(stratum.terms)
    deviations = [x - value * k for x, k in stratum.terms]
    # A single encounter shows no spread of its own; its deviation from the whole stands in (the careful side).
    mean = fsum(deviations) / count if count > 1 else 0.0
    spread = fsum((one - mean) ** 2 for one in deviations) * count / max(1, count - 1)
    return weight**2 * (1 - count / stratum.population) * spread
