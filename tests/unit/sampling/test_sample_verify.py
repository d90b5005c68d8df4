from __future__ import annotations

from dataclasses import replace

import pytest

from audit.domain.sample import DrawnUnit, FrameUnit
from audit.sampling.draw import draw, unit_key
from audit.sampling.verify import (
    FrameChangedError,
    NotAsCommittedError,
    UnitNotInFrameError,
    WrongKeyError,
    WrongUnitsError,
    verify,
)

FRAME = [FrameUnit(f"E{i}", "ab"[i % 2]) for i in range(20)] + [FrameUnit("X1", "c"), FrameUnit("X2", "c")]
DRAWN = draw("per_coder", FRAME, "seed", 5)


@pytest.mark.parametrize(("method", "size"), [("all", None), ("simple", 7), ("per_coder", 5), ("per_coder", 99)])
def test_an_honest_draw_verifies_from_its_frame_alone(method: str, size: int | None) -> None:
    drawn = draw(method, FRAME, "seed", size)

    verify(drawn, FRAME)
    verify(drawn, list(reversed(FRAME)), seed="seed", size=size)


def test_a_frame_changed_since_the_draw_is_noticed() -> None:
    with pytest.raises(FrameChangedError):
        verify(DRAWN, FRAME[1:])


def test_a_seed_other_than_the_committed_one_is_noticed() -> None:
    with pytest.raises(NotAsCommittedError):
        verify(DRAWN, FRAME, seed="another")


def test_a_unit_from_outside_the_frame_is_noticed() -> None:
    stranger = DrawnUnit("STRANGER", "a", unit_key("seed", "STRANGER"), 0.5)
    with pytest.raises(UnitNotInFrameError, match="row 1") as caught:
        verify(replace(DRAWN, units=(stranger, *DRAWN.units[1:])), FRAME)
    assert "STRANGER" not in str(caught.value)


def test_a_forged_key_is_noticed() -> None:
    forged = replace(DRAWN.units[2], key="0" * 64)
    with pytest.raises(WrongKeyError, match="row 3"):
        verify(replace(DRAWN, units=(*DRAWN.units[:2], forged, *DRAWN.units[3:])), FRAME)


def test_a_replaced_or_dropped_or_repeated_unit_is_noticed() -> None:
    drawn = {u.unit for u in DRAWN.units}
    spare = next(u for u in draw("all", FRAME, "seed", None).units if u.unit not in drawn and u.stratum == "a")
    swapped = (replace(spare, inclusion=0.5), *DRAWN.units[1:])
    for units in (swapped, DRAWN.units[:-1], (), (*DRAWN.units, *DRAWN.units, *DRAWN.units)):
        with pytest.raises(WrongUnitsError):
            verify(replace(DRAWN, units=units), FRAME)


def test_a_size_other_than_the_plan_s_is_noticed() -> None:
    with pytest.raises(WrongUnitsError):
        verify(DRAWN, FRAME, size=6)
