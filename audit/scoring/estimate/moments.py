"""Means, spreads and the quantiles that turn a standard error into limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

LEVELS: Mapping[str, float] = {"80": 0.80, "90": 0.90, "95": 0.95}
"""The two-sided levels every estimate prints; 80 two-sided is 90 one-sided."""

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


def precision(point: float, se: float, quantile: Quantile) -> Result:
    """Return the half-widths at each level, as amounts and as percent of the point."""
    amounts = {name: quantile(level) * se for name, level in LEVELS.items()}
    percents = {name: 100 * one / point if point else None for name, one in amounts.items()}
    return {"precision_amount": amounts, "precision_percent": percents}


def root(variances: Iterable[float]) -> float:
    """Return the standard error of a sum of independent parts."""
    return sqrt(fsum(variances))
