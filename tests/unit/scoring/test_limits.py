from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.scoring.clusters import StratumTerms, ratio_of
from audit.scoring.limits import code_limits, effective_size, encounter_limits, net_limits

ALPHA = 0.05
encounters = st.lists(
    st.integers(1, 12).flatmap(lambda k: st.tuples(st.integers(max(0, k - 3), k), st.just(k))), min_size=10, max_size=60
)


def one(terms: list[tuple[int, int]], population: int = 10_000) -> StratumTerms:
    return StratumTerms(population=population, terms=tuple(terms))


def test_without_errors_the_lower_limit_is_that_of_the_effective_size() -> None:
    ratio = ratio_of([one([(7, 7)] * 60)])
    assert ratio is not None

    limits = code_limits(ratio, 0.95, ALPHA, 0.1)

    assert effective_size(ratio, ALPHA, 0.1) == pytest.approx(420 / 1.6)
    assert limits.lower == pytest.approx(0.05 ** (1 / (420 / 1.6)))
    assert limits.upper == 1.0
    assert limits.p_below == 1.0


@settings(max_examples=60, deadline=None)
@given(encounters)
def test_limits_enclose_the_value_and_never_use_more_lines_than_there_are(terms: list[tuple[int, int]]) -> None:
    ratio = ratio_of([one(terms)])
    assert ratio is not None

    limits = code_limits(ratio, 0.95, ALPHA, 0.1)

    assert 0 <= limits.lower <= ratio.value <= limits.upper <= 1
    assert effective_size(ratio, ALPHA, 0.1) <= ratio.size
    assert (limits.upper < 0.95) == (limits.p_below is not None and limits.p_below < ALPHA)


@settings(max_examples=40, deadline=None)
@given(encounters, st.floats(0, 1))
def test_more_likeness_within_encounters_never_narrows_the_interval(terms: list[tuple[int, int]], floor: float) -> None:
    ratio = ratio_of([one(terms)])
    assert ratio is not None
    loose, tight = code_limits(ratio, 0.95, ALPHA, 1.0), code_limits(ratio, 0.95, ALPHA, floor)

    assert loose.lower <= tight.lower + 1e-9
    assert loose.upper >= tight.upper - 1e-9


@settings(max_examples=10, deadline=None)
@given(st.integers(20, 90), st.data())
def test_encounter_limits_rise_with_every_correct_encounter(population: int, data: st.DataObject) -> None:
    sample = data.draw(st.integers(10, population - 1))
    limits = [
        encounter_limits(one([(1, 1)] * x + [(0, 1)] * (sample - x), population), 0.95, ALPHA)
        for x in range(sample + 1)
    ]

    assert all(a.lower <= b.lower and a.upper <= b.upper for a, b in pairwise(limits))
    step = 1 / population  # the limits are counts of the frame
    assert all(a.lower - step <= x / sample <= a.upper + step for x, a in enumerate(limits))
    for each in limits:
        assert each.p_below is not None
        assert (each.upper < 0.95) == (each.p_below <= ALPHA)


def test_a_net_score_without_any_spread_has_no_interval() -> None:
    ratio, spread = ratio_of([one([(7, 7)] * 30)]), ratio_of([one([(7, 7)] * 29 + [(-1, 7)])])
    assert ratio is not None
    assert spread is not None

    assert net_limits(ratio, ALPHA) is None
    limits = net_limits(spread, ALPHA)
    assert limits is not None
    assert 0 < limits.lower < spread.value < limits.upper <= 1


def test_a_coder_taken_whole_adds_no_variance_and_no_degrees_of_freedom() -> None:
    sampled = [(7, 7)] * 15 + [(5, 7)] * 5
    alone = ratio_of([one(sampled, 200)])
    both = ratio_of([one(sampled, 200), one([(1, 7), (7, 7)] * 10, 20)])
    assert alone is not None
    assert both is not None

    assert both.freedom == alone.freedom == 19
    expected = alone.variance * (alone.denominator * 10 / both.denominator) ** 2
    mean_shift = both.value != alone.value
    assert mean_shift
    assert both.variance == pytest.approx(expected, rel=0.05)
