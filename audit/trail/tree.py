"""The Merkle tree of RFC 6962 §2.1 over stored bytes: leaf and node hashes, and a frontier that grows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

EMPTY_ROOT = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256


def leaf_hash(record: bytes) -> bytes:
    """Return SHA-256(0x00 ‖ record)."""
    return _sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 ‖ left ‖ right)."""
    return _sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        """Start with the empty tree."""
        self.size = 0
        self._peaks: list[bytes] = []

    def copy(self) -> Frontier:
        """Return a tree of the same leaves that grows on its own."""
        other = Frontier()
        other.size, other._peaks = self.size, list(self._peaks)
        return other

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes)."""
        size, peaks = self.size, self._peaks
        while size & 1:
            leaf = node_hash(peaks.pop(), leaf)
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def extend(self, records: Iterable[bytes]) -> None:
        """Add the leaves of ``records`` (stored bytes); what ``append`` does, without a call for each hash."""
        size, peaks, sha256 = self.size, self._peaks, _sha256
        for record in records:
            leaf, rest = sha256(b"\x00" + record).digest(), size
            while rest & 1:
                leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
                rest >>= 1
            peaks.append(leaf)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """Return the Merkle tree hash of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root
