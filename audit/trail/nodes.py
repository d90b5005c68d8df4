"""Hashes of parts of the tree, from the stored roots of its complete subtrees: a proof reads a few hundred rows.

A node is the root of a complete subtree of 256^k entries: ``level`` is 8k, ``number`` counts such subtrees from the
left (the tiles of c2sp.org/tlog-tiles, kept by their roots). Level 0 are the leaf hashes themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from audit.trail.damage import Damage, DamagedTrailError
from audit.trail.proof import tree_root

Node = tuple[int, int, bytes]
"""Level, number, hash."""
FAN_BITS = 8
_FAN = 1 << FAN_BITS


class Nodes:
    """Roots of any part of the tree that RFC 6962 names, read group by group and kept for one proof."""

    def __init__(self, read: Callable[[int, int, int], Sequence[bytes]]) -> None:
        """Take ``read``: (level, first number, how many) → hashes, fewer at the right edge of the tree."""
        self._read = read
        self._groups: dict[tuple[int, int], Sequence[bytes]] = {}

    def root(self, start: int, end: int) -> bytes:
        """Return the root over the entries ``start`` to ``end`` (exclusive). Raises DamagedTrailError where one lacks.

        The part is one that a proof asks for: complete, or beginning where its largest complete subtree begins.
        """
        width = end - start
        if width & (width - 1):
            split = 1 << width.bit_length() - 1
            return tree_root([self.root(start, start + split), self.root(start + split, end)])
        level = (width.bit_length() - 1) // FAN_BITS * FAN_BITS
        first, count = start >> level, width >> level
        group = self._group(level, first >> FAN_BITS)
        found = group[first % _FAN : first % _FAN + count]
        if len(found) != count:
            raise DamagedTrailError(Damage.REMOVED, None)
        return tree_root(found)

    def _group(self, level: int, number: int) -> Sequence[bytes]:
        if (level, number) not in self._groups:
            self._groups[level, number] = self._read(level, number << FAN_BITS, _FAN)
        return self._groups[level, number]
