"""The entries of one commit, gathered on the walk until its checkpoint closes them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from audit.trail.form import HEADER, MAGIC, Kind, Record

StoredEntry = tuple[int, str, bytes]
"""``seq``, ``kind`` as stored, and the record."""
_ACT_LABEL = Kind.ACT.label
_SIZE = HEADER.size
_PLAIN = struct.Struct(">37sQ32sII")
"""The header in five pieces: magic, kind and trail; seq; commit, epoch and the lengths that are 0; body; signature."""
_BETWEEN = struct.Struct(">Q16sII")
_unpack = _PLAIN.unpack_from


class Commit:
    """One commit in the making. ``records`` are all its bytes; ``read`` those that say more than that they exist."""

    __slots__ = ("_before", "_between", "_plain", "end", "read", "records", "start")

    def __init__(self, trail: bytes, start: int) -> None:
        """Begin the commit whose first entry is ``start``."""
        self.start = self.end = start
        self.records: list[bytes] = []
        self.read: list[Record] = []
        self._plain = False
        self._before = MAGIC + bytes([Kind.ACT]) + trail
        self._between = b""

    def take(self, record: Record, data: bytes) -> None:
        """Add an entry that was read in full."""
        self.records.append(data)
        self.read.append(record)
        self.end += 1
        self._plain = record.kind is Kind.ACT
        self._between = _BETWEEN.pack(self.start, record.epoch, 0, 0)

    def take_run(self, entries: Iterator[StoredEntry]) -> StoredEntry | None:
        """Add the acts that follow an act of the same commit and epoch and vouch for no object: most of a long trail.

        Their author is admitted with the act before them, so that their bytes need only be hashed. Returns the first
        entry that needs a closer look, None at the end.
        """
        if not self._plain:
            return next(entries, None)
        end, append, before, between = self.end, self.records.append, self._before, self._between
        for entry in entries:
            seq, kind, data = entry
            if len(data) < _SIZE:
                break
            start, number, middle, body, signature = _unpack(data)
            if (
                number != seq
                or seq != end
                or start != before
                or middle != between
                or signature
                or _SIZE + body != len(data)
                or kind != _ACT_LABEL
            ):
                break
            append(data)
            end += 1
        else:
            self.end = end
            return None
        self.end = end
        return entry
