"""One-sided limits of a score, and how surely it lies below the target."""

from __future__ import annotations

from dataclasses import dataclass

from audit.scoring.clusters import Ratio, StratumTerms
from audit.scoring.hypergeometric import chance_of_at_most, count_limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Two one-sided limits. ``p_below`` is the chance of so low a result at the target itself, None for a net score.

    ``effective`` is how many independent trials one encounter is worth.
    """

    lower: float
    upper: float
    p_below: float | None
    effective: float


def code_limits(ratio: Ratio, target: float, alpha: float, icc_floor: float) -> Limits:
    """Return Clopper-Pearson limits on the effective size (Korn & Graubard 1998, with a floor for the clustering)."""
    from scipy.special import betaincc, betaincinv

    size = effective_size(ratio, alpha, icc_floor)
    right = min(1.0, max(0.0, ratio.value)) * size
    wrong = size - right
    # Fewer than a millionth of a trial on one side is none: the beta quantile has its edge there.
    none_right, none_wrong = right < 1e-6, wrong < 1e-6  # noqa: PLR2004 - said above
    return Limits(
        lower=0.0 if none_right else float(betaincinv(right, wrong + 1, alpha)),
        upper=1.0 if none_wrong else float(betaincinv(right + 1, wrong, 1 - alpha)),
        p_below=1.0 if none_wrong else float(betaincc(right + 1, wrong, target)),
        effective=size / ratio.encounters,
    )


def effective_size(ratio: Ratio, alpha: float, icc_floor: float) -> float:
    """Return how many independent code lines the sample is worth; never more than it has.

    The least of the lines themselves, the lines after the floor for their likeness within an encounter, and (where any
    spread was seen) the size that the measured variance implies, made smaller for the few encounters behind it.
    """
    floor = ratio.size / ((1 + max(0.0, ratio.clustering - 1) * icc_floor) * ratio.weighting)
    size = min(float(ratio.size), floor)
    share = min(1.0, max(0.0, ratio.value))
    if ratio.variance <= 0 or share in (0.0, 1.0):
        return size
    wider = t_quantile(ratio.freedom, alpha) / t_quantile(max(1, ratio.size - 1), alpha)
    return min(size, share * (1 - share) / ratio.variance / wider**2)


def encounter_limits(stratum: StratumTerms, target: float, alpha: float) -> Limits:
    """Return the exact hypergeometric limits of the share of a coder's encounters that are all correct."""
    population, sample = stratum.population, len(stratum.terms)
    found = sum(x for x, _ in stratum.terms)
    lower, upper = count_limits(population, sample, found, alpha)
    at_target = next(count for count in range(int(target * population), population + 1) if count / population >= target)
    return Limits(
        lower=lower / population,
        upper=upper / population,
        p_below=chance_of_at_most(population, at_target, sample, found),
        effective=1.0,
    )


def net_limits(ratio: Ratio, alpha: float) -> Limits | None:
    """Return the t limits of a ratio over encounters within 0..1, or None where no encounter differs from another."""
    if ratio.variance <= 0:
        return None
    reach = t_quantile(ratio.freedom, alpha) * ratio.variance**0.5
    low, high = ratio.value - reach, ratio.value + reach
    return Limits(lower=min(1.0, max(0.0, low)), upper=min(1.0, max(0.0, high)), p_below=None, effective=1.0)


def t_quantile(freedom: int, alpha: float) -> float:
    """Return the one-sided upper quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 1 - alpha))
