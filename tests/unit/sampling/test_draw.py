from __future__ import annotations

import hashlib
import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.sample import FrameUnit
from audit.sampling.draw import SizeError, UnknownMethodError, draw
from audit.sampling.frame import DuplicateUnitError, EmptyFrameError

frames = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from("abc")), min_size=1, max_size=40, unique_by=lambda r: r[0]
)
seeds = st.text(st.characters(codec="utf-8"), max_size=8)


def units(rows: list[tuple[int, str]]) -> list[FrameUnit]:
    return [FrameUnit(f"E{number}", stratum) for number, stratum in rows]


def test_anyone_can_repeat_the_draw_with_a_hash_and_a_sort() -> None:
    frame = [FrameUnit(f"E{i}", "c1" if i % 2 else "c2") for i in range(30)]

    drawn = draw("per_coder", frame, "sëed", 4)

    expected = []
    for stratum in ("c1", "c2"):
        keyed = [
            (hashlib.sha256(f"sëed\n{u.unit}".encode()).hexdigest(), u.unit) for u in frame if u.stratum == stratum
        ]
        expected += [(unit, stratum, key) for key, unit in sorted(keyed)[:4]]
    assert [(u.unit, u.stratum, u.key) for u in drawn.units] == expected
    assert [(s.name, s.size, s.drawn) for s in drawn.strata] == [("c1", 15, 4), ("c2", 15, 4)]


@settings(max_examples=50)
@given(frames, seeds, st.integers(1, 15), st.randoms())
def test_a_draw_ignores_row_order(rows: list[tuple[int, str]], seed: str, size: int, shuffle: object) -> None:
    frame = units(rows)
    before = draw("per_coder", frame, seed, size)
    shuffle.shuffle(frame)  # type: ignore[attr-defined]  # hypothesis' Random

    assert draw("per_coder", frame, seed, size) == before


@settings(max_examples=50)
@given(frames, seeds, st.integers(1, 10), st.integers(0, 10))
def test_extending_keeps_every_unit_drawn_before(rows: list[tuple[int, str]], seed: str, size: int, more: int) -> None:
    frame = units(rows)
    first, extended = (draw("per_coder", frame, seed, n) for n in (size, size + more))

    assert {u.unit for u in first.units} <= {u.unit for u in extended.units}


@settings(max_examples=50)
@given(frames, seeds, st.integers(1, 15), st.sampled_from(["all", "simple", "per_coder"]))
def test_inclusion_probabilities_sum_to_the_sample_size(
    rows: list[tuple[int, str]], seed: str, size: int, method: str
) -> None:
    drawn = draw(method, units(rows), seed, min(size, len(rows)))
    chance = {u.stratum: u.inclusion for u in drawn.units}
    population = Counter(stratum for _, stratum in rows)

    if method == "simple":  # one chance for the whole frame, whatever the stratum
        assert math.isclose(drawn.units[0].inclusion * len(rows), len(drawn.units))
    else:
        assert math.isclose(sum(chance[s] * population[s] for s in population), len(drawn.units))


def test_a_coder_with_fewer_encounters_is_taken_whole() -> None:
    frame = [FrameUnit(f"A{i}", "a") for i in range(3)] + [FrameUnit(f"B{i}", "b") for i in range(50)]

    drawn = draw("per_coder", frame, "s", 10)

    assert Counter(u.stratum for u in drawn.units) == {"a": 3, "b": 10}
    assert {u.inclusion for u in drawn.units if u.stratum == "a"} == {1.0}


def test_all_takes_every_unit_in_stratum_and_key_order() -> None:
    frame = [FrameUnit(f"E{i}", s) for i, s in enumerate("zyzx")]

    drawn = draw("all", frame, "s", None)

    assert [(u.stratum, u.key) for u in drawn.units] == sorted((u.stratum, u.key) for u in drawn.units)
    assert len(drawn.units) == 4


@pytest.mark.parametrize(
    ("method", "frame", "size", "error"),
    [
        ("simple", [], 1, EmptyFrameError),
        ("simple", [FrameUnit("A", "")], 2, SizeError),
        ("simple", [FrameUnit("A", "")], 0, SizeError),
        ("per_coder", [FrameUnit("A", "")], None, SizeError),
        ("dice", [FrameUnit("A", "")], 1, UnknownMethodError),
        ("all", [FrameUnit("A", ""), FrameUnit("A", "")], None, DuplicateUnitError),
    ],
)
def test_a_draw_that_cannot_be_made_is_refused(
    method: str, frame: list[FrameUnit], size: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        draw(method, frame, "s", size)
