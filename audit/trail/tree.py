"""The Merkle tree of RFC 6962 §2.1 over stored bytes: leaf and node hashes, and a frontier that grows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY_ROOT = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256
_FAN_BITS = 8
_FAN = 1 << _FAN_BITS


def leaf_hash(record: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ record)."""
    return _sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return _sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first."""

    __slots__ = ("_peaks", "nodes", "size")

    def __init__(self) -> None:
        """Start with the empty tree."""
        self.size = 0
        self._peaks: list[bytes] = []
        self.nodes: list[tuple[int, int, bytes]] = []
        """Level, number and root of each complete subtree of 256^k leaves so far (FORMAT.md §2)."""

    def copy(self) -> Frontier:
        """Return a tree of the same leaves that grows on its own; its ``nodes`` are the later ones only."""
        other = Frontier()
        other.size, other._peaks = self.size, list(self._peaks)
        return other

    def extend(self, records: Iterable[bytes]) -> None:
        """Add the leaves of ``records`` (stored bytes), whole groups of 256 level by level, which is twice as fast."""
        sha256 = _sha256
        leaves = [sha256(b"\x00" + record).digest() for record in records]
        lead = min(-self.size % _FAN, len(leaves))
        for leaf in leaves[:lead]:
            self._push(leaf, 0)
        whole = lead + (len(leaves) - lead) // _FAN * _FAN
        for at in range(lead, whole, _FAN):
            group = leaves[at : at + _FAN]
            while len(group) > 1:
                pairs = iter(group)
                group = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
            self.nodes.append((_FAN_BITS, self.size >> _FAN_BITS, group[0]))
            self._push(group[0], _FAN_BITS)
        for leaf in leaves[whole:]:
            self._push(leaf, 0)

    def _push(self, root: bytes, level: int) -> None:
        """Add the root of a complete subtree of ``2 ** level`` leaves behind a size that is a multiple of that."""
        size = self.size >> level
        self.size += 1 << level
        while size & 1:
            root = node_hash(self._peaks.pop(), root)
            size, level = size >> 1, level + 1
            if level % _FAN_BITS == 0:
                self.nodes.append((level, size, root))
        self._peaks.append(root)

    def root(self) -> bytes:
        """Return the Merkle tree hash of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root
