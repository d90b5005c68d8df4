"""The department's likeness of lines within an encounter."""

from __future__ import annotations

import numpy as np
import pytest

from audit.scoring.likeness import pooled_likeness


@pytest.mark.parametrize("true", [0.0, 0.1, 0.3])
def test_the_likeness_that_made_the_encounters_is_found_again(true: float) -> None:
    rng = np.random.default_rng(11)
    coders = []
    for accuracy in (0.85, 0.9, 0.95, 0.98):
        lines = rng.integers(2, 13, 1500)
        spread = 1 / true - 1 if true else 0
        chances = rng.beta(accuracy * spread, (1 - accuracy) * spread, 1500) if true else np.full(1500, accuracy)
        coders.append(list(zip(rng.binomial(lines, chances).tolist(), lines.tolist(), strict=True)))

    assert pooled_likeness(coders) == pytest.approx(true, abs=0.03)


def test_differences_between_coders_are_no_likeness() -> None:
    rng = np.random.default_rng(12)
    coders = [[(int(rng.binomial(6, accuracy)), 6) for _ in range(400)] for accuracy in (0.5, 0.99)]

    assert (pooled_likeness(coders) or 0) < 0.03


def test_few_encounters_or_single_lines_tell_nothing() -> None:
    assert pooled_likeness([[(5, 6)] * 99]) is None
    assert pooled_likeness([[(1, 1)] * 200]) is None
    assert pooled_likeness([[(6, 6)] * 200]) == 0.0
    assert pooled_likeness([]) is None


def test_encounters_all_right_or_all_wrong_are_wholly_alike() -> None:
    assert pooled_likeness([[(6, 6), (0, 6)] * 60]) == pytest.approx(1.0)
