"""How many units of each stratum: a fixed number, or a total split by units or by units times spread (Neyman 1934).

A total is dealt out one unit at a time, each to the stratum that is farthest behind its share (the highest averages of
Sainte-Laguë): rounding to the nearest would sometimes take a unit back when the total grows, and an extension must keep
all that was drawn.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from math import fsum, sqrt

from audit.domain.sample import FrameUnit
from audit.errors import InputError

LEAST = 2
"""Units that every stratum gets of a split total: with fewer no spread can be seen in it."""


class SizeError(InputError):
    """The size is missing, below 1, or larger than the frame for a fixed total."""


class MissingAmountError(InputError):
    """The design needs an amount of every unit, and one has none or a useless one."""


class UnknownStratumError(InputError):
    """The plan speaks of a stratum that has no unit in the frame."""


def allocate(
    groups: Mapping[str, Sequence[FrameUnit]], size: int, allocation: str, take_all: Sequence[str]
) -> dict[str, int]:
    """Return the number of units to draw per stratum.

    ``fixed``: ``size`` of each, a smaller stratum whole. ``proportional`` and ``neyman``: ``size`` in all, by N_h or by
    N_h x S_h of the frame's amounts. Strata of ``take_all`` are taken whole, beside the size.

    Raises:
        UnknownStratumError: a stratum of ``take_all`` has no unit.
        SizeError: a total that is larger than the strata, or too small for 2 units of each.
        MissingAmountError: Neyman's split without amounts, or with amounts that are all alike.
    """
    _known(groups, take_all)
    whole = {name: len(groups[name]) for name in take_all}
    left = {name: units for name, units in groups.items() if name not in whole}
    if allocation == "fixed":
        return whole | {name: min(size, len(units)) for name, units in left.items()}
    sizes = {name: len(units) for name, units in left.items()}
    _fits(size, sizes)
    weights = {name: float(count) for name, count in sizes.items()}
    if allocation == "neyman":
        weights = {name: weight * spread(left[name]) for name, weight in weights.items()}
        if not any(weights.values()):
            raise MissingAmountError("frame: amounts: alike in every stratum", hint="use allocation proportional")
    return whole | _dealt(size, sizes, weights)


def spread(units: Sequence[FrameUnit]) -> float:
    """Return the standard deviation S_h of a stratum's amounts (N - 1). Raises MissingAmountError."""
    values = [amount_of(unit) for unit in units]
    mean = fsum(values) / len(values)
    return sqrt(fsum((value - mean) ** 2 for value in values) / max(1, len(values) - 1))


def amount_of(unit: FrameUnit) -> float:
    """Return the amount of a unit. Raises MissingAmountError without naming the unit, which may be a patient's."""
    if unit.amount is None:
        raise MissingAmountError(
            f"frame: a unit{_where(unit)} has no amount", hint="fill paid_amount, or use a design without amounts"
        )
    return float(unit.amount)


def _where(unit: FrameUnit) -> str:
    return f" of stratum {unit.stratum}" if unit.stratum else ""


def _known(groups: Mapping[str, Sequence[FrameUnit]], names: Sequence[str]) -> None:
    for number, name in enumerate(names, start=1):
        if name not in groups:
            raise UnknownStratumError(
                f"plan: field sample.take_all: entry {number}: the stratum has no unit",
                hint="name strata as the frame does",
            )


def _fits(size: int, sizes: Mapping[str, int]) -> None:
    available, needed = sum(sizes.values()), sum(min(LEAST, count) for count in sizes.values())
    if size > available:
        raise SizeError(
            f"plan: field sample.size: {size} units asked of strata of {available}",
            hint="a fixed total cannot exceed the frame; use method all",
        )
    if size < needed:
        raise SizeError(
            f"plan: field sample.size: {size} units for {len(sizes)} strata", hint="a stratum needs 2 units at least"
        )


def _dealt(size: int, sizes: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, int]:
    given = {name: min(LEAST, count) for name, count in sizes.items()}
    queue = [
        (-weights[name] / (2 * given[name] + 1), name.encode(), name) for name in sizes if given[name] < sizes[name]
    ]
    heapq.heapify(queue)
    for _ in range(size - sum(given.values())):
        _, order, name = heapq.heappop(queue)
        given[name] += 1
        if given[name] < sizes[name]:
            heapq.heappush(queue, (-weights[name] / (2 * given[name] + 1), order, name))
    return given
