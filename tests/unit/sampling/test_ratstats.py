from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.sampling.ratstats import BadRangeError, BadSeedError, TooManyAskedError, replay

GOLDEN = Path(__file__).resolve().parents[4] / "shared" / "data" / "stats" / "golden.json"


def test_the_manual_s_own_example_is_replayed() -> None:
    # OIG RAT-STATS Companion Manual (Rev. 5/2010) p. 1-2; a work of the US Government.
    selected = replay(12345, [(1, 1000)], 10, 4)

    assert [n for (n,) in selected.sequential] == [9, 236, 337, 340, 346, 497, 556, 641, 658, 884]
    assert [n for (n,) in selected.spares] == [404, 624, 927, 947]


def test_sets_of_two_take_their_numbers_in_turn() -> None:
    # The same manual, p. 1-3.
    selected = replay(12345, [(1, 658), (1, 66)], 10)

    assert selected.sequential[:3] == ((224, 23), (258, 37), (266, 42))


def test_seeds_that_fold_to_the_same_sixteen_bits_draw_the_same() -> None:
    assert replay(33287, [(1, 5000)], 30) == replay(66575, [(1, 5000)], 30) == replay(133152, [(1, 5000)], 30)


def test_no_item_comes_twice_and_a_whole_range_can_be_drawn() -> None:
    assert replay(7, [(5, 24)], 20).sequential == tuple((n,) for n in range(5, 25))


@pytest.mark.parametrize(
    ("seed", "ranges", "count", "error"),
    [
        (float("nan"), [(1, 9)], 1, BadSeedError),
        (1, [], 1, BadRangeError),
        (1, [(9, 1)], 1, BadRangeError),
        (1, [(1, 9)], 10, TooManyAskedError),
        (1, [(1, 9)], -1, TooManyAskedError),
    ],
)
def test_a_selection_that_cannot_be_made_is_refused(
    seed: float, ranges: list[tuple[int, int]], count: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        replay(seed, ranges, count)


@pytest.mark.shared
@pytest.mark.skipif(
    not GOLDEN.exists(), reason="the measurement data are not beside the checkout; enable: put them at ../shared/data"
)
def test_every_printed_selection_is_replayed() -> None:
    cases = [c for c in json.loads(GOLDEN.read_text())["cases"] if c["method"].startswith("ratstats_rng")]
    assert len(cases) >= 8
    for case in cases:
        asked, expected = case["inputs"], case["expected"]
        selected = replay(
            asked["seed"], [(low, high) for low, high in asked["ranges"]], asked["n_sequential"], asked["n_spares"]
        )
        for key, numbers in expected.items():
            items = [tuple(item) if isinstance(item, list) else (item,) for item in numbers]
            assert list(getattr(selected, key)) == items, case["name"]
