"""The Merkle tree of RFC 6962 §2.1 over stored bytes: leaf and node hashes, and a frontier that grows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY_ROOT = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256
_FAN_BITS = 8
_LAST = (1 << _FAN_BITS) - 1


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
        """Add the leaves of ``records`` (stored bytes); what ``append`` does, without a call for each hash."""
        size, peaks, sha256 = self.size, self._peaks, _sha256
        for record in records:
            leaf, rest = sha256(b"\x00" + record).digest(), size
            if size & _LAST == _LAST:
                self._keep_nodes(leaf, size)
            while rest & 1:
                leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
                rest >>= 1
            peaks.append(leaf)
            size += 1
        self.size = size

    def _keep_nodes(self, leaf: bytes, size: int) -> None:
        """Note the roots of the subtrees of 256, 65,536, … leaves that the leaf number ``size`` completes."""
        for level, peak in enumerate(reversed(self._peaks), start=1):
            if not size >> (level - 1) & 1:
                return
            leaf = node_hash(peak, leaf)
            if level % _FAN_BITS == 0:
                self.nodes.append((level, size >> level, leaf))

    def root(self) -> bytes:
        """Return the Merkle tree hash of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root
