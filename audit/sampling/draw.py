"""The draw: a seed and a frame in, units out, the same on any machine.

The key of a unit is SHA-256(UTF-8(seed) ‖ 0x0A ‖ UTF-8(unit)); a draw takes the smallest keys. It depends on the units'
names alone, never on row order, and a larger size keeps all that a smaller one drew (but for the systematic designs,
whose steps change with the size).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from audit.domain.sample import Draw, DrawnUnit, FrameUnit, Stratum
from audit.errors import InputError
from audit.sampling.allocation import SizeError, UnknownStratumError, allocate
from audit.sampling.frame import EmptyFrameError, frame_csv, frame_digest
from audit.sampling.keys import by_stratum, in_order, smallest, unit_key
from audit.sampling.systematic import by_money, systematic

__all__ = [
    "ALLOCATIONS",
    "DISCOVERY_SIZE",
    "EXTENDABLE",
    "METHODS",
    "PURPOSIVE",
    "Design",
    "SizeError",
    "UnknownStratumError",
    "draw",
    "unit_key",
]  # names that callers of the draw need

DISCOVERY_SIZE = 50
"""Units of a discovery sample unless the plan says otherwise (OIG corporate integrity agreements)."""
ALLOCATIONS = ("fixed", "proportional", "neyman")
PURPOSIVE = "purposive"


class UnknownMethodError(InputError):
    """The plan names a method of drawing, or of splitting a total, that does not exist here."""


class NotNamedError(InputError):
    """A purposive sample names no unit, or one that the frame does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What a method needs beside its size.

    ``allocation`` and ``take_all`` (names of strata taken whole) are for ``stratified``; ``named`` are the units of a
    purposive sample.
    """

    allocation: str = "fixed"
    take_all: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


PLAIN = Design()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    units: Sequence[FrameUnit]
    seed: str
    size: int | None
    design: Design


def draw(method: str, units: Sequence[FrameUnit], seed: str, size: int | None, design: Design = PLAIN) -> Draw:
    """Draw a sample; units come in stratum, key order.

    - ``all``: every unit (``size`` says nothing there).
    - ``simple``: ``size`` units of the whole frame, whatever their stratum.
    - ``discovery``: the same, of 50 units unless said otherwise; the same seed with a larger size extends it.
    - ``stratified``: by ``design``, see ``allocate``. ``per_coder``: ``size`` of each stratum, smaller ones whole.
    - ``systematic``, ``pps``: see ``audit.sampling.systematic``.
    - ``cluster``: ``size`` strata by the key of their name, every unit of each.
    - ``purposive``: the units of ``design.named``. They have no chance of inclusion (0.0), so nothing can be estimated.

    Raises:
        EmptyFrameError: no unit. SizeError: size missing, below 1, or above N for a fixed total.
        UnknownMethodError: no such method or allocation. NotNamedError, UnknownStratumError, MissingAmountError: see
        the design. And all that ``frame_csv`` raises of a bad unit.
    """
    if method not in METHODS:
        raise UnknownMethodError(
            "plan: field sample.method: no such method of drawing", hint=f"use one of {', '.join(METHODS)}"
        )
    if not units:
        raise EmptyFrameError("frame: no unit", hint="check the filters of the plan's population")
    digest = frame_digest(frame_csv(units))
    drawn = _METHODS[method](_Asked(units=units, seed=seed, size=size, design=design))
    return Draw(method=method, seed=seed, frame_digest=digest, units=drawn, strata=_strata(units, drawn))


def _all(asked: _Asked) -> tuple[DrawnUnit, ...]:
    return smallest(asked.units, asked.seed, len(asked.units))


def _simple(asked: _Asked) -> tuple[DrawnUnit, ...]:
    return smallest(asked.units, asked.seed, _fixed_total(asked.size, len(asked.units)))


def _discovery(asked: _Asked) -> tuple[DrawnUnit, ...]:
    return _simple(replace(asked, size=DISCOVERY_SIZE) if asked.size is None else asked)


def _per_coder(asked: _Asked) -> tuple[DrawnUnit, ...]:
    return _stratified(replace(asked, design=PLAIN))


def _stratified(asked: _Asked) -> tuple[DrawnUnit, ...]:
    if asked.design.allocation not in ALLOCATIONS:
        raise UnknownMethodError(
            "plan: field sample.allocation: no such way to split a total", hint=f"use one of {', '.join(ALLOCATIONS)}"
        )
    groups = by_stratum(asked.units)
    wanted = allocate(groups, _at_least_one(asked.size), asked.design.allocation, asked.design.take_all)
    return tuple(drawn for name in groups for drawn in smallest(groups[name], asked.seed, wanted[name]))


def _systematic(asked: _Asked) -> tuple[DrawnUnit, ...]:
    return systematic(asked.units, asked.seed, _fixed_total(asked.size, len(asked.units)))


def _pps(asked: _Asked) -> tuple[DrawnUnit, ...]:
    return by_money(asked.units, asked.seed, _at_least_one(asked.size))


def _cluster(asked: _Asked) -> tuple[DrawnUnit, ...]:
    groups = by_stratum(asked.units)
    wanted = _fixed_total(asked.size, len(groups))
    names = sorted(groups, key=lambda name: (unit_key(asked.seed, name), name.encode()))[:wanted]
    chance = wanted / len(groups)
    return in_order(
        [DrawnUnit(u.unit, u.stratum, unit_key(asked.seed, u.unit), chance) for name in names for u in groups[name]]
    )


def _purposive(asked: _Asked) -> tuple[DrawnUnit, ...]:
    known = {unit.unit: unit for unit in asked.units}
    if not asked.design.named:
        raise NotNamedError("plan: field sample.units: no unit is named", hint="name the units to be looked at")
    for number, name in enumerate(asked.design.named, start=1):
        if name not in known:
            raise NotNamedError(
                f"plan: field sample.units: entry {number}: not a unit of the frame", hint="check its id and exclusions"
            )
    chosen = [known[name] for name in dict.fromkeys(asked.design.named)]
    return in_order([DrawnUnit(u.unit, u.stratum, unit_key(asked.seed, u.unit), 0.0) for u in chosen])


_METHODS: dict[str, Callable[[_Asked], tuple[DrawnUnit, ...]]] = {
    "all": _all,
    "simple": _simple,
    "stratified": _stratified,
    "per_coder": _per_coder,
    "systematic": _systematic,
    "pps": _pps,
    "cluster": _cluster,
    "discovery": _discovery,
    PURPOSIVE: _purposive,
}
METHODS = tuple(_METHODS)
EXTENDABLE = frozenset({"all", "simple", "stratified", "per_coder", "cluster", "discovery"})
"""Methods of which a larger size keeps every unit drawn before."""


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
