"""Means, spreads and the quantiles that turn a standard error into limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

LEVELS: Mapping[str, float] = {"80": 0.80, "90": 0.90, "95": 0.95}
"""The two-sided levels every estimate prints; 80 two-sided is 90 one-sided."""

FEW_NONZERO = 20
"""Items other than 0 under which an upper limit by the normal or Student's distribution is known to fail."""
Quantile = Callable[[float], float]
Result = dict[str, object]


def z(level: float) -> float:
    """Return the normal quantile of a two-sided level."""
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))


def student(freedom: float) -> Quantile:
    """Return Student's t as a function of the two-sided level."""
    from scipy.special import stdtrit

    return lambda level: float(stdtrit(freedom, (1 + level) / 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Count, mean and sample variance (n - 1) of some values; a single value has variance 0."""

    count: int
    mean: float
    variance: float

    @property
    def sd(self) -> float:
        """The sample standard deviation."""
        return sqrt(self.variance)

    @classmethod
    def of(cls, values: Sequence[float]) -> Moments:
        """Compute from the values; there must be at least one."""
        count = len(values)
        mean = fsum(values) / count
        variance = fsum((value - mean) ** 2 for value in values) / (count - 1) if count > 1 else 0.0
        return cls(count=count, mean=mean, variance=variance)


def central(values: Sequence[float], power: int) -> float:
    """Return the standardised population moment: 3 skewness, 4 kurtosis (not excess); 0 without spread."""
    mean = fsum(values) / len(values)
    spread = fsum((value - mean) ** 2 for value in values) / len(values)
    if spread == 0:
        return 0.0
    return fsum((value - mean) ** power for value in values) / len(values) / float(spread ** (power / 2))


def limits(point: float, se: float, quantile: Quantile, scale: float = 1.0) -> dict[str, list[float]]:
    """Return point ± quantile x se at each level, times ``scale``."""
    reach = {name: quantile(level) * se for name, level in LEVELS.items()}
    return {name: [(point - one) * scale, (point + one) * scale] for name, one in reach.items()}


def few_nonzero(values: Iterable[float]) -> list[str]:
    """Return the warning that a sample with few items other than 0 deserves, if it does."""
    if sum(value != 0 for value in values) >= FEW_NONZERO:
        return []
    said = f"fewer than {FEW_NONZERO} items differ from 0: the upper limit is known to fail (nominal 95 %, measured"
    return [f"{said} as low as 38 %); take the exact one (overpayment_regimes; Stringer for dollar units)"]


def regimes(point: float, by_level: Mapping[str, Sequence[float]]) -> Result:
    """Return what each regime takes of an estimate: SDP the point, OIG and CMS the lower limits of 90 % and 80 %."""
    return {
        "sdp_point": point,
        "oig_lower_two_sided_90": by_level["90"][0],
        "cms_lower_one_sided_90": by_level["80"][0],
    }


def precision(point: float, se: float, quantile: Quantile) -> Result:
    """Return the half-widths at each level, as amounts and as percent of the point."""
    amounts = {name: quantile(level) * se for name, level in LEVELS.items()}
    percents = {name: 100 * one / point if point else None for name, one in amounts.items()}
    return {"precision_amount": amounts, "precision_percent": percents}


def root(variances: Iterable[float]) -> float:
    """Return the standard error of a sum of independent parts."""
    return sqrt(fsum(variances))
