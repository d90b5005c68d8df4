"""Is a selection somebody else printed the one that RAT-STATS makes from the printed seed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audit.errors import CheckFailedError, InputError
from audit.sampling.ratstats import Numbers, Selection, replay


class SelectionDiffersError(CheckFailedError):
    """The printed items are not the ones that seed and ranges give."""


class UnreadableSelectionError(InputError):
    """The list of items is empty, or a line of it is not one number per range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A selection that was replayed: how it is ordered, and how many items it has."""

    verdict: str
    order: str
    sequential: int
    spares: int


def parse_items(text: str, width: int) -> tuple[Numbers, ...]:
    """Read one item a line, ``width`` whole numbers parted by blanks, commas or semicolons; empty lines are passed.

    Raises:
        UnreadableSelectionError: naming the line.
    """
    items = []
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.replace(",", " ").replace(";", " ").split()
        if not fields:
            continue
        if len(fields) != width or not all(field.isascii() and field.isdigit() for field in fields):
            raise UnreadableSelectionError(
                f"line {number}: not {width} whole numbers", hint="one item a line, one number per --range"
            )
        items.append(tuple(map(int, fields)))
    if not items:
        raise UnreadableSelectionError("the list holds no item", hint="one item a line, one number per --range")
    return tuple(items)


def check_selection(
    items: Sequence[Numbers], seed: float, ranges: Sequence[tuple[int, int]], *, spares: int = 0
) -> Proof:
    """Return the proof if ``items`` (the last ``spares`` of them spares) are what the program selects.

    The items may stand as printed (sorted) or as drawn; spares stand as drawn.

    Raises:
        SelectionDiffersError: saying how many items the program does not select. And all that ``replay`` raises.
    """
    sequential = len(items) - spares
    found = replay(seed, ranges, max(0, sequential), spares)
    first, rest = tuple(items[:sequential]), tuple(items[sequential:])
    order = _order(first, found)
    if order and rest == found.spares:
        return Proof(verdict="verified", order=order, sequential=sequential, spares=spares)
    strange = len(set(items) - set(found.selection_order))
    raise SelectionDiffersError(
        f"ratstats: {strange} of {len(items)} items are not selected by this seed from these ranges"
        if strange
        else "ratstats: the items are right but not their order, or a spare was moved up",
        hint="check seed, ranges and the number of spares; RAT-STATS before 2005 and after 2010 may differ",
    )


def _order(first: tuple[Numbers, ...], found: Selection) -> str:
    drawn = found.selection_order[: len(first)]
    if first == drawn:
        return "as drawn"
    return "sorted" if first == found.sequential else ""
