"""Bounds that hold with few errors: Stringer for money, binomial intervals for rates."""

from __future__ import annotations

from itertools import pairwise

from audit.scoring.estimate.inputs import Inputs
from audit.scoring.estimate.moments import Result, z


def stringer(inputs: Inputs) -> Result:
    """``book_total``, ``n``, ``taints`` (share of each wrong dollar), ``confidence`` → Stringer's bound.

    Stringer 1963, in its Poisson and its binomial form: the bound without errors plus, for each taint from the largest
    down, what one more error adds.
    """
    from scipy.special import betaincinv, gammaincinv

    sample, alpha = inputs.count("n", 1), 1 - inputs.level("confidence")
    book = inputs.positive("book_total")
    taints = sorted(inputs.numbers("taints", least=0), reverse=True)
    inputs.at_most(len(taints), sample, "more taints than n")
    inputs.at_most(max(taints, default=0), 1, "a taint above 1")
    inputs.at_most(-min(taints, default=0), 0, "a taint below 0")
    errors = range(len(taints) + 1)
    return {
        "poisson": _stringer(book, taints, [float(gammaincinv(k + 1, 1 - alpha)) / sample for k in errors]),
        "binomial": _stringer(
            book, taints, [float(betaincinv(k + 1, sample - k, 1 - alpha)) if k < sample else 1.0 for k in errors]
        ),
    }


def _stringer(book: float, taints: list[float], uppers: list[float]) -> Result:
    steps = [high - low for low, high in pairwise(uppers)]
    added = sum(step * taint for step, taint in zip(steps, taints, strict=True))
    return {"basic_precision": book * uppers[0], "upper": book * (uppers[0] + added)}


def binomial(inputs: Inputs) -> Result:
    """``n``, ``x``, ``confidence`` (two-sided) → Clopper-Pearson, Wilson, Agresti-Coull and Jeffreys intervals.

    Jeffreys' lower limit is 0 at x = 0 and its upper 1 at x = n.
    """
    sample, found, level = inputs.count("n", 1), inputs.count("x"), inputs.level("confidence")
    inputs.at_most(found, sample, "x is larger than n")
    return {
        "cp": _beta(sample, found, level, prior=0.0),
        "wilson": _wilson(sample, found, level),
        "agresti_coull": _agresti_coull(sample, found, level),
        "jeffreys": _beta(sample, found, level, prior=0.5),
    }


def _beta(sample: int, found: int, level: float, prior: float) -> list[float]:
    from scipy.special import betaincinv

    tail, edge = (1 - level) / 2, 1.0 if prior == 0 else prior
    low = float(betaincinv(found + prior, sample - found + edge, tail)) if found else 0.0
    high = float(betaincinv(found + edge, sample - found + prior, 1 - tail)) if found < sample else 1.0
    return [low, high]


def _wilson(sample: int, found: int, level: float) -> list[float]:
    q = z(level) ** 2
    share = found / sample
    middle = (share + q / (2 * sample)) / (1 + q / sample)
    reach = (q * (share * (1 - share) + q / (4 * sample)) / sample) ** 0.5 / (1 + q / sample)
    return [max(0.0, middle - reach) if found else 0.0, min(1.0, middle + reach) if found < sample else 1.0]


def _agresti_coull(sample: int, found: int, level: float) -> list[float]:
    q = z(level) ** 2
    share = (found + q / 2) / (sample + q)
    reach = z(level) * (share * (1 - share) / (sample + q)) ** 0.5
    return [max(0.0, share - reach), min(1.0, share + reach)]
