"""Profile-likelihood limits of a share, and the variance of Hartley and Rao, against slow twins."""

from __future__ import annotations

from math import log, sqrt

import pytest

from audit.scoring.estimate.methods import estimate
from audit.scoring.estimate.profile import profile_limits


def test_profile_limits_solve_the_scaled_likelihood_equation_to_five_digits() -> None:
    y, weights = [1.0] * 30 + [0.0] * 20, [1.0] * 50
    share = 0.6
    se = sqrt(share * (1 - share) / 49)

    low, high = profile_limits(y, weights, se=se, freedom=49, level=0.95)

    for limit in (low, high):
        lost = 2 * (30 * log(share / limit) + 20 * log((1 - share) / (1 - limit)))
        assert lost / (50 / 49) == pytest.approx(2.00957523713**2 * se**2 * 50 / (share * (1 - share)), rel=2e-4)
    assert low < share < high


def test_profile_limits_mirror_when_right_and_wrong_change_places() -> None:
    y, weights = [1.0] * 45 + [0.0] * 5, [1.0] * 50
    low, high = profile_limits(y, weights, se=0.04, freedom=49, level=0.9)

    mirrored = profile_limits([1 - one for one in y], weights, se=0.04, freedom=49, level=0.9)

    assert mirrored == pytest.approx([1 - high, 1 - low], rel=1e-6)


def test_hartley_and_rao_agree_with_the_double_sum() -> None:
    over, chances, squares = [3.0, 0.0, 8.0, 1.0], [0.2, 0.3, 0.4, 0.1], 0.3
    table = [{"over": str(o), "pi": str(p)} for o, p in zip(over, chances, strict=True)]

    found = estimate("pps_without_replacement", {"pi_squared": squares}, table)

    count, values = len(over), [o / p for o, p in zip(over, chances, strict=True)]
    whole = 0.0
    for i in range(count):
        for j in range(count):
            joint = 1 - (count - chances[i] - chances[j] + squares / count) / (count - 1)
            whole += (1 - chances[i] if i == j else joint) * values[i] * values[j]
    assert found["se_hartley_rao"] == pytest.approx(sqrt(whole))
