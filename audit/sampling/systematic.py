"""Draws at equal steps from one random start: along the frame, or along its money (PPS, dollar-unit).

Everything is counted in whole numbers, so that a step never falls on another unit on another machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from audit.domain.sample import DrawnUnit, FrameUnit
from audit.sampling.allocation import MissingAmountError, SizeError, amount_of
from audit.sampling.frame import frame_order
from audit.sampling.keys import by_key, in_order, unit_key

_WHOLE = 1 << 256


def start(seed: str) -> int:
    """Return the random start, a whole number below 2^256: SHA-256 of the seed, a line feed and ``start``."""
    return int.from_bytes(hashlib.sha256(seed.encode() + b"\nstart").digest(), "big")


def systematic(units: Sequence[FrameUnit], seed: str, size: int) -> tuple[DrawnUnit, ...]:
    """Take ``size`` rows of the frame file at steps of N / n from the start; every unit has the chance n / N."""
    rows = sorted(units, key=frame_order)
    chosen = [rows[(start(seed) + step * _WHOLE) * len(rows) // (size * _WHOLE)] for step in range(size)]
    chance = size / len(rows)
    return in_order([DrawnUnit(one.unit, one.stratum, unit_key(seed, one.unit), chance) for one in chosen])


def by_money(units: Sequence[FrameUnit], seed: str, size: int) -> tuple[DrawnUnit, ...]:
    """Take ``size`` units with chances in proportion to their amounts, systematically along the units in key order.

    A unit that reaches the step is taken with certainty (chance 1) and the step of the others is made anew, until none
    reaches it. The chance of the others is amount / step.

    Raises:
        MissingAmountError: a unit without amount, or with 0: its chance would be 0, and no estimate could speak of it.
        SizeError: more units asked than there are.
    """
    for unit in units:
        if amount_of(unit) <= 0:
            raise MissingAmountError(
                "frame: a unit has the amount 0, so it could never be drawn by money",
                hint="draw it in a stratum of its own (method stratified)",
            )
    cents = _whole_amounts([unit.amount or Decimal(0) for unit in units])
    money = {unit.unit: cent for unit, cent in zip(units, cents, strict=True)}
    certain = _certain(money, size)
    rest = [(key, unit) for key, unit in by_key(units, seed) if unit.unit not in certain]
    sure = [DrawnUnit(u.unit, u.stratum, unit_key(seed, u.unit), 1.0) for u in units if u.unit in certain]
    return in_order([*sure, *_along(rest, money, seed, size - len(certain))])


def _certain(money: dict[str, int], size: int) -> set[str]:
    if size > len(money):
        raise SizeError(
            f"plan: field sample.size: {size} units asked of a frame of {len(money)}", hint="use method all"
        )
    certain: set[str] = set()
    while True:
        left = sum(cents for unit, cents in money.items() if unit not in certain)
        open_ = size - len(certain)
        reached = {unit for unit, cents in money.items() if unit not in certain and cents * open_ >= left}
        if not reached or not open_:
            return certain
        certain |= reached


def _along(rest: Sequence[tuple[str, FrameUnit]], money: dict[str, int], seed: str, size: int) -> list[DrawnUnit]:
    total, offset = sum(money[unit.unit] for _, unit in rest), start(seed)
    drawn: list[DrawnUnit] = []
    passed = 0
    for key, unit in rest:
        passed += money[unit.unit]
        # The next step lies at (start / 2^256 + number drawn) x total / size.
        if len(drawn) < size and (offset + len(drawn) * _WHOLE) * total < passed * size * _WHOLE:
            drawn.append(DrawnUnit(unit.unit, unit.stratum, key, money[unit.unit] * size / total))
    return drawn


def _whole_amounts(amounts: Sequence[Decimal]) -> list[int]:
    # As many decimals as the finest amount has: money in whole numbers of its smallest part.
    finest = min((_exponent(amount) for amount in amounts), default=0)
    return [int(amount.scaleb(-min(0, finest))) for amount in amounts]


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
