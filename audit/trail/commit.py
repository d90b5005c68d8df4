"""The entries of one commit, gathered on the walk until its checkpoint closes them."""

from __future__ import annotations

from audit.trail.form import HEADER, MAGIC, NO_ID, Kind, Record

_ACT = Kind.ACT.value
_ACT_LABEL = Kind.ACT.label
_unpack = HEADER.unpack_from


class Commit:
    """One commit in the making. ``records`` are all its bytes; ``read`` those that say more than that they exist."""

    __slots__ = ("_epoch", "_plain", "_trail", "end", "read", "records", "start")

    def __init__(self, trail: bytes, start: int) -> None:
        """Begin the commit whose first entry is ``start``."""
        self.start = self.end = start
        self.records: list[bytes] = []
        self.read: list[Record] = []
        self._trail = trail
        self._epoch = NO_ID
        self._plain = False

    def take(self, record: Record, data: bytes) -> None:
        """Add an entry that was read in full."""
        self.records.append(data)
        self.read.append(record)
        self.end += 1
        self._epoch = record.epoch
        self._plain = record.kind is Kind.ACT

    def takes_plain(self, seq: int, kind: str, data: bytes) -> bool:
        """Add an act that follows an act of the same commit and epoch and vouches for no object.

        Its author is admitted with the act before it, so that its bytes need only be hashed: most of a long trail.
        Returns False for anything that needs a closer look.
        """
        if not self._plain or len(data) < HEADER.size:
            return False
        magic, code, trail, number, start, epoch, clear, items, body, signature = _unpack(data)
        if (
            number != seq
            or seq != self.end
            or code != _ACT
            or start != self.start
            or epoch != self._epoch
            or trail != self._trail
            or clear | items | signature
            or HEADER.size + body != len(data)
            or magic != MAGIC
            or kind != _ACT_LABEL
        ):
            return False
        self.records.append(data)
        self.end += 1
        return True
