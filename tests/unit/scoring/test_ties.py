"""Where floating point cannot decide a tie: sixty digits, then integers."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from time import perf_counter

import pytest

from audit.scoring import hypergeometric
from audit.scoring.hypergeometric import count_limits


def test_a_true_tie_is_decided_by_integers() -> None:
    # A sample of a twentieth of the frame: with one marked unit P(X >= 1) is exactly 0.05, which is not above it.
    assert Fraction(comb(199, 9), comb(200, 10)) == Fraction(1, 20)
    assert count_limits(200, 10, 1, 0.05)[0] == 2


@pytest.mark.parametrize("asked", [(200, 20, 10, 1), (1000, 60, 100, 3), (5000, 400, 200, 30)])
def test_sixty_digits_are_the_exact_chance(asked: tuple[int, int, int, int]) -> None:
    close = hypergeometric._digits(*asked)

    assert close is not None
    assert abs(close - hypergeometric._exact(*asked)) < Fraction(1, 10**50)


def test_a_tie_in_a_frame_of_two_thousand_million_is_decided_in_seconds() -> None:
    start = perf_counter()

    assert hypergeometric._digits(2_000_000_000, 2_000_000, 20_000, 25) is not None
    assert perf_counter() - start < 5
