"""How many more encounters would let a score speak."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from audit.scoring.settings import LEAST_TO_MEET

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

POWER = 0.80
TOO_NEAR = 0.005
"""Within half a point of the target no reasonable sample decides."""
_FIRST_BLOCK = 512
_LAST = 1 << 18


def more_encounters(
    *, rate: float, target: float, alpha: float, effective: float, encounters: int, population: int
) -> int | None:
    """Return the additional encounters that give an 80 % chance of a verdict, or None within 0.5 points of the target.

    Taken at the present ``rate`` and design effect (``effective`` independent trials an encounter). Never more than the
    coder has: his whole period is a census, which always decides.
    """
    if abs(rate - target) <= TOO_NEAR + 1e-12:
        return None
    trials = trials_needed(rate=rate, target=target, alpha=alpha)
    wanted = population if trials is None else ceil(trials / effective)
    if rate > target:
        wanted = max(wanted, LEAST_TO_MEET)
    return max(1, min(wanted, population) - encounters)


def trials_needed(*, rate: float, target: float, alpha: float) -> int | None:
    """Return the least number of independent trials from which on a true ``rate`` shows its side of the target.

    With a chance of 80 %, and so does every larger number: the chance falls a little at each step of the count allowed.
    """
    if rate > target:
        return _least(at_target=1 - target, truth=1 - rate, alpha=alpha)
    return _least(at_target=target, truth=rate, alpha=alpha)


def first_trials(*, rate: float, target: float, alpha: float, power: float = POWER) -> tuple[int, int] | None:
    """Return the first number of trials whose chance reaches ``power``, and the errors it allows; as printed in tables.

    Some larger numbers fall just short of it again (see ``trials_needed``).
    """
    import numpy as np
    from scipy.stats import binom

    at_target, truth = (1 - target, 1 - rate) if rate > target else (target, rate)
    stop = _FIRST_BLOCK
    while stop <= _LAST:
        strong = np.flatnonzero(_power(np.arange(1, stop), at_target, truth, alpha) >= power)
        if strong.size:
            first = int(strong[0]) + 1
            quantile = int(binom.ppf(alpha, first, at_target))
            allowed = quantile - int(float(binom.cdf(quantile, first, at_target)) > alpha)
            return first, allowed if rate > target else first - allowed
        stop *= 2
    return None


def _least(*, at_target: float, truth: float, alpha: float) -> int | None:
    import numpy as np

    stop = _FIRST_BLOCK
    while stop < _LAST:
        weak = np.flatnonzero(_power(np.arange(1, stop), at_target, truth, alpha) < POWER)
        last_weak = int(weak[-1]) + 1 if weak.size else 0
        # The steps shrink as the number grows; half as many again without a weak one means that there is none.
        if last_weak < stop * 2 // 3:
            return last_weak + 1
        stop *= 2
    return None


def _power(sizes: NDArray[np.int64], at_target: float, truth: float, alpha: float) -> NDArray[np.float64]:
    # The count is of what the target makes frequent: few enough of it reject the target (Clopper-Pearson, inverted).
    import numpy as np
    from scipy.special import bdtr
    from scipy.stats import binom

    quantile = np.asarray(binom.ppf(alpha, sizes, at_target))
    allowed = quantile - (bdtr(quantile, sizes, at_target) > alpha)
    return np.where(allowed >= 0, bdtr(np.maximum(allowed, 0), sizes, truth), 0.0)
