"""Replaying the random numbers of RAT-STATS (OIG, versions of 2005 to 2010) from a printed seed.

The program draws with Wichmann and Hill's generator (Applied Statistics AS 183, 1982), started from three numbers of
the Visual Basic 6 generator, which folds every seed to 16 bits: a frame has 65,536 different RAT-STATS samples, no
more. This module is for checking somebody else's selection, never for drawing one.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.errors import InputError

Numbers = tuple[int, ...]
"""One selected item: one number per range."""

_MODULI = (30269, 30307, 30323)
_FACTORS = (171, 172, 170)
_LOW_BYTE = 0x86
"""What the reset of the Visual Basic generator leaves in the lowest byte of its state."""


class BadRangeError(InputError):
    """A range is empty, or there is none."""


class BadSeedError(InputError):
    """A seed is not a finite number."""


class TooManyAskedError(InputError):
    """More different items are asked for than the ranges hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """``sequential`` sorted ascending as the program prints it, ``spares`` in the order drawn, and all as drawn."""

    sequential: tuple[Numbers, ...]
    spares: tuple[Numbers, ...]
    selection_order: tuple[Numbers, ...]


def replay(seed: float, ranges: Sequence[tuple[int, int]], sequential: int, spares: int = 0) -> Selection:
    """Return the items RAT-STATS selects: ``ranges`` (both ends included) make single numbers or sets of 2, 3, 4.

    An item drawn before is passed over. Several frames with gaps are one range over their joint length.

    Raises:
        BadSeedError, BadRangeError, TooManyAskedError: the selection cannot be made.
    """
    wanted = sequential + spares
    _check(seed, ranges, sequential, spares)
    drawn: dict[Numbers, None] = {}
    uniforms = _uniforms(seed)
    while len(drawn) < wanted:
        drawn[tuple(low + int(next(uniforms) * (high - low + 1)) for low, high in ranges)] = None
    order = tuple(drawn)
    return Selection(sequential=tuple(sorted(order[:sequential])), spares=order[sequential:], selection_order=order)


def replay_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Replay from ``seed``, ``ranges`` [[low, high]], ``n_sequential`` and ``n_spares``; single numbers come bare.

    Raises:
        BadSeedError, BadRangeError, TooManyAskedError: naming the key.
    """
    seed, ranges = inputs.get("seed"), inputs.get("ranges")
    if isinstance(seed, bool) or not isinstance(seed, (int, float)):
        raise BadSeedError("ratstats: inputs.seed: not a number", hint="use the seed as the report prints it")
    if not isinstance(ranges, list) or not all(_is_range(one) for one in ranges):
        raise BadRangeError("ratstats: inputs.ranges: not a list of [low, high]", hint="whole numbers, low first")
    counts = [inputs.get("n_sequential"), inputs.get("n_spares", 0)]
    if any(type(count) is not int for count in counts):
        raise TooManyAskedError("ratstats: inputs.n_sequential, n_spares: not whole numbers", hint="ask for 0 or more")
    found = replay(float(seed), [(low, high) for low, high in ranges], *(int(count or 0) for count in counts))
    return {
        "sequential": plain(found.sequential),
        "spares": plain(found.spares),
        "selection_order": plain(found.selection_order),
    }


def plain(items: Sequence[Numbers]) -> list[Any]:
    """Return items as they are printed: a single number bare, a set as a list."""
    return [item[0] if len(item) == 1 else list(item) for item in items]


def _is_range(one: Any) -> bool:
    return isinstance(one, list) and len(one) == 2 and all(type(end) is int for end in one)  # noqa: PLR2004 - two ends


def _check(seed: float, ranges: Sequence[tuple[int, int]], sequential: int, spares: int) -> None:
    if not math.isfinite(seed):
        raise BadSeedError("ratstats: the seed is not a finite number", hint="use the seed as the report prints it")
    if not ranges or any(low > high for low, high in ranges):
        raise BadRangeError("ratstats: a range is empty", hint="write each range as LOW:HIGH, low first")
    if sequential < 0 or spares < 0:
        raise TooManyAskedError("ratstats: a number of items below 0", hint="ask for 0 or more")
    there = math.prod(high - low + 1 for low, high in ranges)
    if sequential + spares > there:
        raise TooManyAskedError(
            f"ratstats: {sequential + spares} items asked of {there}", hint="items are never selected twice"
        )


def _uniforms(seed: float) -> Iterator[float]:
    state = _starts(seed)
    while True:
        state = tuple(factor * one % modulus for factor, one, modulus in zip(_FACTORS, state, _MODULI, strict=True))
        # Summed left to right in doubles, as the program does: another order gives another last digit.
        yield (state[0] / _MODULI[0] + state[1] / _MODULI[1] + state[2] / _MODULI[2]) % 1.0


def _starts(seed: float) -> Numbers:
    """Return the three starting values that Visual Basic's ``Rnd(-1): Randomize seed`` leads to."""
    (high,) = struct.unpack(">I", struct.pack(">d", seed)[:4])
    state = (((high ^ (high >> 16)) & 0xFFFF) << 8) | _LOW_BYTE
    starts = []
    for modulus in _MODULI:
        state = (state * 0x43FD43FD + 0xC39EC3) % (1 << 24)
        starts.append(int(state / (1 << 24) * modulus) + 1)
    return tuple(starts)
