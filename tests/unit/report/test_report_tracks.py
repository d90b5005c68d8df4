from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.report.tracks import scale_for


def _score(value: float | None, interval: tuple[float, float] | None = None) -> dict[str, Any]:
    return {"value": value, "value_if_review_stands": value, "interval": interval}


@given(st.lists(st.floats(0, 1), max_size=6), st.floats(0.5, 1))
def test_every_value_and_the_target_lie_on_the_axis(values: list[float], target: float) -> None:
    scale = scale_for([_score(value) for value in values], target)
    assert 0 <= scale.low <= min([*values, target])
    assert scale.ticks[-1] == 1
    assert 0 <= scale.at(target) <= 100


def test_good_coders_are_drawn_on_a_fine_scale() -> None:
    assert scale_for([_score(0.98, (0.955, 0.99))], 0.95).ticks == (0.9, 0.92, 0.94, 0.96, 0.98, 1.0)


def test_a_far_limit_widens_the_scale() -> None:
    assert scale_for([_score(0.9, (0.72, 0.99))], 0.95).low == 0.7


def test_positions_run_from_left_to_right_in_per_cent() -> None:
    scale = scale_for([_score(0.82)], 0.95)
    assert (scale.low, scale.at(0.8), scale.at(0.9), scale.at(1.0)) == (0.8, 0.0, 50.0, 100.0)


def test_a_value_below_the_axis_stays_on_its_edge() -> None:
    assert scale_for([], 0.95).at(-0.2) == 0.0
