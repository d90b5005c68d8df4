"""Limits and tests that hold for any distribution, any sample size and any number of looks: a bet against a mean.

A gambler who bets against "the mean of the frame is m" and cannot lose more than he has becomes 1 / alpha times as rich
with a chance of at most alpha if it is m (Ville 1939). Units are drawn without replacement, so the mean of what is left
moves with every draw (Waudby-Smith & Ramdas 2024; SHANGRLA, Stark 2020). The bet is spread over several stakes, none
chosen from the data. Needs values of at least 0, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STAKES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99)
"""Shares of the capital that are staked, in equal parts of the first capital."""
_ROUNDS = 60


def capital(values: Sequence[float], mean: float, population: float) -> NDArray[np.float64]:
    """Return the capital after each value, 1 at the start, of a bet that the mean of the frame exceeds ``mean``.

    ``values`` (all at least 0) are in the order drawn; ``population`` is the size of the frame, infinite if unknown.
    Once the values seen sum to more than the whole frame may, the capital is infinite.
    """
    import numpy as np

    x = np.asarray(values, dtype=np.float64)
    before = np.r_[0.0, np.cumsum(x)[:-1]]
    drawn = np.arange(len(x))
    if np.isinf(population):
        left = np.full(len(x), mean)
    else:
        left = (population * mean - before) / np.maximum(population - drawn, 1)
    possible = np.cumsum(x) <= population * mean * (1 + 1e-12) if not np.isinf(population) else left > 0
    gains = np.where(left > 0, x / np.where(left > 0, left, 1.0) - 1, np.where(x > 0, np.inf, 0.0))
    with np.errstate(over="ignore", invalid="ignore"):
        paths = np.cumsum(np.log1p(np.multiply.outer(STAKES, np.where(np.isfinite(gains), gains, 0.0))), axis=1)
    top = paths.max(axis=0)
    held = np.exp(np.minimum(top, 700.0)) * np.exp(paths - top).mean(axis=0)
    return np.where(np.minimum.accumulate(possible), held, np.inf)


def lower_mean(values: Sequence[float], population: float, alpha: float) -> float:
    """Return the exact lower limit, at 1 - ``alpha``, of the mean of a frame of values of at least 0.

    Never above the mean of the values themselves, though early ones alone may have shown more.
    """
    low, high = 0.0, fsum(values) / max(1, len(values))
    if high == 0:
        return 0.0
    if float(capital(values, high, population).max()) >= 1 / alpha:
        return high
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if middle > 0 and float(capital(values, middle, population).max()) >= 1 / alpha:
            low = middle
        else:
            high = middle
    return low


def upper_mean(values: Sequence[float], population: float, alpha: float, most: float) -> float:
    """Return the exact upper limit of the mean of a frame of values from 0 to ``most``."""
    return most - lower_mean([most - value for value in values], population, alpha)


def first_shown(values: Sequence[float], mean: float, population: float, alpha: float) -> int | None:
    """Return after how many values it is shown that the mean exceeds ``mean``, or None; looking often costs nothing."""
    rich = capital(values, mean, population) >= 1 / alpha
    return int(rich.argmax()) + 1 if rich.any() else None
