"""The draw: a seed and a frame in, units out, the same on any machine.

The key of a unit is SHA-256(UTF-8(seed) ‖ 0x0A ‖ UTF-8(unit)); a draw takes the smallest keys. It depends on the units'
names alone, never on row order, and a larger size keeps all that a smaller one drew.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from audit.domain.sample import Draw, DrawnUnit, FrameUnit, Stratum
from audit.errors import InputError
from audit.sampling.frame import EmptyFrameError, frame_csv, frame_digest


class UnknownMethodError(InputError):
    """The plan names a method of drawing that does not exist here."""


class SizeError(InputError):
    """The size is missing, below 1, or larger than the frame for a fixed total."""


def draw(method: str, units: Sequence[FrameUnit], seed: str, size: int | None) -> Draw:
    """Draw a sample.

    ``all`` takes every unit (``size`` says nothing there); ``simple`` takes ``size`` units of the whole frame whatever
    their stratum; ``per_coder`` takes ``size`` of each stratum and a smaller stratum whole. ``inclusion`` is n / N of
    the frame or the stratum. Units come in stratum, key order.

    Raises:
        EmptyFrameError: no unit. SizeError: size missing, below 1, or above N for ``simple``.
        UnknownMethodError: no such method. And all that ``frame_csv`` raises of a bad unit.
    """
    if not units:
        raise EmptyFrameError("frame: no unit", hint="check the filters of the plan's population")
    digest = frame_digest(frame_csv(units))
    drawn = _choose(method, units, seed, size)
    return Draw(method=method, seed=seed, frame_digest=digest, units=drawn, strata=_strata(units, drawn))


def unit_key(seed: str, unit: str) -> str:
    """Return the key that orders a unit: hex SHA-256 of seed, a line feed, and the unit."""
    return hashlib.sha256(seed.encode() + b"\n" + unit.encode()).hexdigest()


def _choose(method: str, units: Sequence[FrameUnit], seed: str, size: int | None) -> tuple[DrawnUnit, ...]:
    if method == "all":
        return _smallest(units, seed, len(units))
    if method == "simple":
        return _smallest(units, seed, _fixed_total(size, len(units)))
    if method == "per_coder":
        wanted = _at_least_one(size)
        groups = _by_stratum(units)
        return tuple(
            drawn for name in sorted(groups, key=str.encode) for drawn in _smallest(groups[name], seed, wanted)
        )
    raise UnknownMethodError(
        "plan: field sample.method: no such method of drawing", hint="use all, simple or per_coder"
    )


def _smallest(units: Sequence[FrameUnit], seed: str, size: int) -> tuple[DrawnUnit, ...]:
    keyed = sorted(
        ((unit_key(seed, unit.unit), unit) for unit in units), key=lambda pair: (pair[0], pair[1].unit.encode())
    )
    taken = keyed[:size]
    inclusion = len(taken) / len(keyed)
    taken.sort(key=lambda pair: pair[1].stratum.encode())
    return tuple(DrawnUnit(unit.unit, unit.stratum, key, inclusion) for key, unit in taken)


def _by_stratum(units: Sequence[FrameUnit]) -> dict[str, list[FrameUnit]]:
    groups: dict[str, list[FrameUnit]] = defaultdict(list)
    for unit in units:
        groups[unit.stratum].append(unit)
    return groups


def _strata(units: Sequence[FrameUnit], drawn: Sequence[DrawnUnit]) -> tuple[Stratum, ...]:
    sizes: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    for unit in units:
        sizes[unit.stratum] += 1
    for chosen in drawn:
        taken[chosen.stratum] += 1
    return tuple(Stratum(name=name, size=sizes[name], drawn=taken[name]) for name in sorted(sizes, key=str.encode))


def _at_least_one(size: int | None) -> int:
    if size is None or size < 1:
        raise SizeError("plan: field sample.size: missing or below 1", hint="give the number of units to draw")
    return size


def _fixed_total(size: int | None, available: int) -> int:
    wanted = _at_least_one(size)
    if wanted > available:
        raise SizeError(
            f"plan: field sample.size: {wanted} units asked of a frame of {available}",
            hint="a fixed total cannot exceed the frame; use method all",
        )
    return wanted
