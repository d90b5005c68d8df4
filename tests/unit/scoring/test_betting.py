"""The bet against a mean: exact limits for any payments, and a test that may be looked at any time."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.scoring.betting import STAKES, capital, first_shown, lower_mean, upper_mean

values = st.lists(st.floats(0, 100), min_size=1, max_size=25)


def slow_capital(drawn: list[float], mean: float, population: int) -> float:
    """The same bet as a gambler would keep his book: one purse per stake."""
    purses = [1.0 for _ in STAKES]
    seen, best = 0.0, 0.0
    for number, value in enumerate(drawn):
        left = (population * mean - seen) / (population - number)
        purses = [purse * (1 + stake * (value / left - 1)) for purse, stake in zip(purses, STAKES, strict=True)]
        seen += value
        best = max(best, sum(purses) / len(purses))
    return best


def test_the_capital_is_what_a_gambler_would_write_in_his_book() -> None:
    drawn = [3.0, 0.0, 8.0, 1.0, 9.0]

    assert capital(drawn, 4.0, 50).max() == pytest.approx(slow_capital(drawn, 4.0, 50))


@settings(max_examples=40)
@given(values, st.integers(0, 100))
def test_limits_enclose_the_sample_mean_and_narrow_with_alpha(drawn: list[float], more: int) -> None:
    population, most = len(drawn) + more, max(drawn) + 1
    tight, wide = (lower_mean(drawn, population, alpha) for alpha in (0.10, 0.05))

    assert wide <= tight + 1e-9 <= sum(drawn) / len(drawn) + 1e-6
    assert upper_mean(drawn, population, 0.05, most) >= sum(drawn) / len(drawn) - 1e-6
    assert wide >= sum(drawn) / population - 1e-6


@settings(max_examples=30)
@given(values, st.floats(0.1, 50), st.floats(0.1, 50))
def test_the_capital_falls_as_the_mean_it_bets_against_rises(drawn: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert capital(drawn, low, 500).max() >= capital(drawn, high, 500).max() * (1 - 1e-9)


def test_a_true_mean_is_rejected_no_more_often_than_alpha_though_looked_at_after_every_value() -> None:
    rng = np.random.default_rng(5)
    rejected = sum(
        first_shown(list(1 - rng.binomial(6, 0.95, 80) / 6), 0.05, math.inf, 0.05) is not None for _ in range(400)
    )

    assert rejected <= 0.05 * 400


def test_a_bad_coder_is_noticed_before_the_audit_ends() -> None:
    rng = random.Random(2)  # noqa: S311 - made-up scores
    wrong = [0.15 + rng.uniform(-0.1, 0.1) for _ in range(100)]

    assert (first_shown(wrong, 0.05, math.inf, 0.05) or 999) < 40


def test_a_frame_seen_whole_is_known() -> None:
    drawn = [1.0, 5.0, 0.0, 2.0]

    assert lower_mean(drawn, 4, 0.05) == pytest.approx(2.0, abs=1e-6)
    assert upper_mean(drawn, 4, 0.05, 9.0) == pytest.approx(2.0, abs=1e-6)
