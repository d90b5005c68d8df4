"""Designs beyond the simple draw, as an outsider would check them."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.sample import FrameUnit
from audit.errors import InputError
from audit.sampling.allocation import MissingAmountError, SizeError, UnknownStratumError
from audit.sampling.draw import EXTENDABLE, Design, NotNamedError, UnknownMethodError, draw
from audit.sampling.verify import verify

SPLITS = ["fixed", "proportional", "neyman"]
amounts = st.decimals(min_value="0.01", max_value="9999.99", places=2)
frames = st.lists(
    st.tuples(st.integers(0, 900), st.sampled_from("abc"), amounts),
    min_size=8,
    max_size=40,
    unique_by=lambda row: row[0],
)


def units(rows: list[tuple[int, str, Decimal]]) -> list[FrameUnit]:
    return [FrameUnit(f"E{number}", stratum, amount) for number, stratum, amount in rows]


def frame_of(**sizes: int) -> list[FrameUnit]:
    return [
        FrameUnit(f"{name}{n}", name, Decimal(n % 7 + 1) * (10 if name == "b" else 1))
        for name, size in sizes.items()
        for n in range(size)
    ]


@settings(max_examples=40)
@given(frames, st.integers(6, 30), st.integers(0, 10), st.sampled_from(["simple", "stratified", "cluster"]), st.data())
def test_extending_never_redraws(
    rows: list[tuple[int, str, Decimal]], size: int, more: int, method: str, data: st.DataObject
) -> None:
    frame = units(rows)
    design = Design(allocation=data.draw(st.sampled_from(["fixed", "proportional"])))
    available = len({u.stratum for u in frame}) if method == "cluster" else len(frame)
    first, extended = (draw(method, frame, "s", min(n, available), design) for n in (size, size + more))

    assert method in EXTENDABLE
    assert {u.unit for u in first.units} <= {u.unit for u in extended.units}


@settings(max_examples=40)
@given(frames, st.integers(1, 8), st.sampled_from(["systematic", "pps", "cluster"]), st.randoms())
def test_designs_ignore_row_order_and_verify(
    rows: list[tuple[int, str, Decimal]], size: int, method: str, shuffle: object
) -> None:
    frame = units(rows)
    size = min(size, len({u.stratum for u in frame})) if method == "cluster" else size
    before = draw(method, frame, "s", size)
    shuffle.shuffle(frame)  # type: ignore[attr-defined]  # hypothesis' Random

    assert draw(method, frame, "s", size) == before
    verify(before, frame)


@settings(max_examples=40)
@given(frames, st.integers(1, 8), st.text(max_size=3))
def test_chances_by_money_sum_to_the_size_and_follow_the_money(
    rows: list[tuple[int, str, Decimal]], size: int, seed: str
) -> None:
    frame = units(rows)
    drawn = draw("pps", frame, seed, size)
    money = {u.unit: u.amount for u in frame}

    chances, left, open_ = {}, dict(money), size
    while sure := [u for u, a in left.items() if open_ and a * open_ >= sum(left.values())]:
        chances |= dict.fromkeys(sure, 1.0)
        left = {u: a for u, a in left.items() if u not in sure}
        open_ -= len(sure)
    chances |= {u: float(Fraction(a) * open_ / Fraction(sum(left.values()))) for u, a in left.items()}

    assert len(drawn.units) == size
    assert math.isclose(sum(chances.values()), size)
    assert all(math.isclose(u.inclusion, chances[u.unit]) for u in drawn.units)


def test_a_systematic_draw_can_be_repeated_with_a_hash_and_a_ruler() -> None:
    frame = [FrameUnit(f"E{n:03}", "") for n in range(100)]
    offset = int(hashlib.sha256(b"seed\nstart").hexdigest(), 16)

    drawn = draw("systematic", frame, "seed", 7)

    step = Fraction(100, 7)
    places = [int((Fraction(offset, 2**256) + k) * step) for k in range(7)]
    assert {u.unit for u in drawn.units} == {f"E{place:03}" for place in places}
    assert {u.inclusion for u in drawn.units} == {7 / 100}


@pytest.mark.parametrize(
    ("allocation", "expected"),
    [
        ("fixed", {"a": 10, "b": 10, "c": 4}),
        ("proportional", {"a": 25, "b": 13, "c": 2}),
        ("neyman", {"a": 6, "b": 32, "c": 2}),
    ],
)
def test_a_total_is_split_as_the_plan_says(allocation: str, expected: dict[str, int]) -> None:
    frame = frame_of(a=60, b=33, c=4)

    drawn = draw("stratified", frame, "s", 10 if allocation == "fixed" else 40, Design(allocation=allocation))

    assert Counter(u.stratum for u in drawn.units) == expected


def test_a_stratum_taken_whole_stands_beside_the_size() -> None:
    frame = frame_of(a=60, b=33, c=4)

    drawn = draw("stratified", frame, "s", 20, Design(allocation="proportional", take_all=("c",)))

    assert Counter(u.stratum for u in drawn.units) == {"a": 13, "b": 7, "c": 4}
    assert {u.inclusion for u in drawn.units if u.stratum == "c"} == {1.0}
    verify(drawn, frame, design=Design(allocation="proportional", take_all=("c",)))


@pytest.mark.parametrize("allocation", SPLITS)
def test_inclusion_probabilities_sum_to_the_size(allocation: str) -> None:
    frame = frame_of(a=60, b=33, c=4)
    drawn = draw("stratified", frame, "s", 12, Design(allocation=allocation))
    chance = {u.stratum: u.inclusion for u in drawn.units}

    assert math.isclose(sum(chance[s.name] * s.size for s in drawn.strata), len(drawn.units))


def test_a_discovery_sample_of_fifty_is_inside_its_full_sample() -> None:
    frame = [FrameUnit(f"E{n}", "") for n in range(400)]

    discovery, full = draw("discovery", frame, "s", None), draw("discovery", frame, "s", 180)

    assert len(discovery.units) == 50
    assert {u.unit for u in discovery.units} < {u.unit for u in full.units}


def test_clusters_are_taken_whole() -> None:
    frame = frame_of(a=3, b=4, c=5, d=6)

    drawn = draw("cluster", frame, "s", 2)

    assert sorted(s.drawn for s in drawn.strata) in [
        sorted([0, 0, x, y]) for x in (3, 4, 5, 6) for y in (3, 4, 5, 6) if x != y
    ]
    assert all(s.drawn in (0, s.size) for s in drawn.strata)
    assert {u.inclusion for u in drawn.units} == {0.5}


def test_units_picked_by_hand_have_no_chance_to_speak_of() -> None:
    drawn = draw("purposive", frame_of(a=9), "s", None, Design(named=("a3", "a1", "a3")))

    assert {u.unit for u in drawn.units} == {"a1", "a3"}
    assert {u.inclusion for u in drawn.units} == {0.0}


@pytest.mark.parametrize(
    ("method", "frame", "size", "design", "error"),
    [
        ("systematic", frame_of(a=3), 4, Design(), SizeError),
        ("cluster", frame_of(a=3), 2, Design(), SizeError),
        ("pps", frame_of(a=3), 4, Design(), SizeError),
        ("discovery", frame_of(a=3), None, Design(), SizeError),
        ("stratified", frame_of(a=3, b=3), 7, Design(allocation="proportional"), SizeError),
        ("stratified", frame_of(a=3, b=3), 3, Design(allocation="proportional"), SizeError),
        ("stratified", frame_of(a=3), 2, Design(take_all=("z",)), UnknownStratumError),
        ("stratified", frame_of(a=3), 2, Design(allocation="luck"), UnknownMethodError),
        ("stratified", [FrameUnit("A", ""), FrameUnit("B", "")], 2, Design(allocation="neyman"), MissingAmountError),
        ("stratified", [FrameUnit("A", "", Decimal(1)), FrameUnit("B", "", Decimal(1))], 2,
         Design(allocation="neyman"), MissingAmountError),
        ("pps", [FrameUnit("A", ""), FrameUnit("B", "", Decimal(1))], 1, Design(), MissingAmountError),
        ("pps", [FrameUnit("A", "", Decimal(0)), FrameUnit("B", "", Decimal(1))], 1, Design(), MissingAmountError),
        ("pps", [FrameUnit("A", "", Decimal("NaN")), FrameUnit("B", "", Decimal(1))], 1, Design(), InputError),
        ("pps", [FrameUnit("A", "", Decimal(-1)), FrameUnit("B", "", Decimal(1))], 1, Design(), InputError),
        ("purposive", frame_of(a=3), None, Design(), NotNamedError),
        ("purposive", frame_of(a=3), None, Design(named=("a1", "b7")), NotNamedError),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_drawn_is_refused(
    method: str, frame: list[FrameUnit], size: int | None, design: Design, error: type[InputError]
) -> None:
    with pytest.raises(error) as caught:
        draw(method, frame, "s", size, design)

    assert caught.value.hint
