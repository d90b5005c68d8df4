"""The key that orders a unit, and the n smallest keys: what every draw by key is made of."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

from audit.domain.sample import DrawnUnit, FrameUnit


def unit_key(seed: str, unit: str) -> str:
    """Return the key that orders a unit: hex SHA-256 of seed, a line feed, and the unit."""
    return hashlib.sha256(seed.encode() + b"\n" + unit.encode()).hexdigest()


def by_key(units: Sequence[FrameUnit], seed: str) -> list[tuple[str, FrameUnit]]:
    """Return the units with their keys, smallest first; ties by unit bytes."""
    return sorted(
        ((unit_key(seed, unit.unit), unit) for unit in units), key=lambda pair: (pair[0], pair[1].unit.encode())
    )


def smallest(units: Sequence[FrameUnit], seed: str, size: int) -> tuple[DrawnUnit, ...]:
    """Return the units with the ``size`` smallest keys (all, if there are fewer), each with chance n / N."""
    taken = by_key(units, seed)[:size]
    inclusion = len(taken) / len(units)
    return in_order([DrawnUnit(unit.unit, unit.stratum, key, inclusion) for key, unit in taken])


def in_order(drawn: Sequence[DrawnUnit]) -> tuple[DrawnUnit, ...]:
    """Return drawn units as they are printed: by stratum, then key, then unit."""
    return tuple(sorted(drawn, key=lambda one: (one.stratum.encode(), one.key, one.unit.encode())))


def by_stratum(units: Sequence[FrameUnit]) -> dict[str, list[FrameUnit]]:
    """Return the units of each stratum, strata in byte order."""
    groups: dict[str, list[FrameUnit]] = defaultdict(list)
    for unit in units:
        groups[unit.stratum].append(unit)
    return {name: groups[name] for name in sorted(groups, key=str.encode)}
