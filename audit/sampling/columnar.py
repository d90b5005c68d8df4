"""The stratified draw as SQL, for a frame too long to hold: what the database hands back is checked here.

One pass over the file keeps, per stratum, the n units with the smallest keys; the keys are then made again from the
units by this room's own hash, so that nothing rests on the database's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audit.domain.sample import Draw, DrawnUnit, Stratum
from audit.errors import InputError
from audit.sampling.allocation import SizeError
from audit.sampling.frame import DuplicateUnitError, EmptyFrameError, EmptyUnitError
from audit.sampling.keys import in_order, unit_key

Group = tuple[str | None, int, int, Sequence[str]]
"""Stratum, units in it, rows without a unit, and the units with the smallest keys in key order."""


class KeysDifferError(InputError):
    """The database ordered units otherwise than their keys do."""


def draw_sql(source: str) -> str:
    """Return the query that draws from ``source``, a table expression with the columns ``unit`` and ``stratum``.

    Its parameters are the seed with a line feed after it, and the size per stratum; its rows are ``Group``.
    """
    return (
        "SELECT stratum, count(*), count(*) - count(nullif(unit, '')), arg_min(unit, sha256(concat(?, unit)), ?)"
        f" FROM {source} GROUP BY stratum"
    )


def parameters(seed: str, size: int) -> tuple[str, int]:
    """Return the parameters of ``draw_sql``. Raises SizeError for a size below 1."""
    if size < 1:
        raise SizeError("sample: the size is below 1", hint="give the number of units to draw per stratum")
    return seed + "\n", size


def draw_of(groups: Iterable[Group], seed: str, size: int, frame_digest: str) -> Draw:
    """Make the draw of what the query returned; a stratum smaller than ``size`` is taken whole.

    A unit that stands twice is noticed where it would have been drawn: its two equal keys come together.

    Raises:
        EmptyFrameError, EmptyUnitError, DuplicateUnitError: of the frame. KeysDifferError: of the database.
    """
    found = sorted(groups, key=lambda group: (group[0] or "").encode())
    if not found:
        raise EmptyFrameError("frame: no unit", hint="check the frame file")
    if any(without for _, _, without, _ in found):
        raise EmptyUnitError("frame: rows without a unit", hint="give every unit its id")
    drawn = [unit for name, count, _, units in found for unit in _stratum(name or "", count, units, seed)]
    strata = tuple(Stratum(name=name or "", size=count, drawn=min(size, count)) for name, count, _, _ in found)
    return Draw(method="stratified", seed=seed, frame_digest=frame_digest, units=in_order(drawn), strata=strata)


def _stratum(name: str, count: int, units: Sequence[str], seed: str) -> list[DrawnUnit]:
    keys = [unit_key(seed, unit) for unit in units]
    if keys != sorted(keys):
        raise KeysDifferError("sample: the database hashes otherwise than SHA-256 of UTF-8", hint="report this")
    if len(set(units)) != len(units):
        raise DuplicateUnitError("frame: a drawn unit stands twice", hint="a unit may stand in a frame only once")
    return [DrawnUnit(unit, name, key, len(units) / count) for unit, key in zip(units, keys, strict=True)]
