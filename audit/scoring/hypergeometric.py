"""Exact limits for a count in a finite frame from a simple random sample of it.

Limits by inverting the two tails (Buonaccorsi 1987, as OIG's RAT-STATS prints them): the lower is the smallest count
that the sample does not reject, P(X >= x) > a; the upper the largest with P(X <= x) > a, both strict. Where a tail and
a agree to 1e-9 floating point decides at random: then 60 digits decide, and where even they agree, integers.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import comb

_TIE = 1e-9
_STILL_A_TIE = Fraction(1, 10**40)


@lru_cache(maxsize=4096)
def count_limits(population: int, sample: int, found: int, alpha: float) -> tuple[int, int]:
    """Return the one-sided lower and upper limit, each at 1 - ``alpha``, of how many in ``population`` have the mark.

    ``found`` of ``sample`` units drawn without replacement had it; 0 <= found <= sample <= population, sample >= 1.
    """
    least, most = found, population - (sample - found)
    lower = _first(least, most, lambda count: _more_than(alpha, population, count, sample, found, upper=True))
    above = _first(
        least, most + 1, lambda c: c > most or not _more_than(alpha, population, c, sample, found, upper=False)
    )
    return lower, above - 1


def chance_of_at_most(population: int, marked: int, sample: int, found: int) -> float:
    """Return P(X <= found) for a sample from ``population`` units of which ``marked`` have the mark."""
    from scipy.stats import hypergeom

    return float(hypergeom.cdf(found, population, marked, sample))


def _more_than(alpha: float, population: int, marked: int, sample: int, found: int, *, upper: bool) -> bool:
    # P(X >= found) is P(at most sample - found without the mark).
    if upper:
        marked, found = population - marked, sample - found
    chance = chance_of_at_most(population, marked, sample, found)
    if abs(chance - alpha) >= _TIE:
        return chance > alpha
    target = Fraction(str(round(alpha, 12)))
    close = _digits(population, marked, sample, found)
    if close is None or abs(close - target) < _STILL_A_TIE:
        return _exact(population, marked, sample, found) > target
    return close > target


def _digits(population: int, marked: int, sample: int, found: int) -> Fraction | None:
    """Return P(X <= found) to about 50 digits, or None where X = 0 cannot be; a frame of 2 x 10^9 takes a second."""
    if sample > population - marked:
        return None
    few, many = sorted((sample, marked))
    with localcontext(Context(prec=60)):
        term = Decimal(1)
        for i in range(few):
            term = term * (population - many - i) / (population - i)
        total = term
        for k in range(found):
            term = term * ((marked - k) * (sample - k)) / ((k + 1) * (population - marked - sample + k + 1))
            total += term
        return Fraction(total)


def _exact(population: int, marked: int, sample: int, found: int) -> Fraction:
    ways = sum(comb(marked, k) * comb(population - marked, sample - k) for k in range(found + 1))
    return Fraction(ways, comb(population, sample))


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    # The smallest count in low..high for which a monotone condition holds; it holds at high.
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
