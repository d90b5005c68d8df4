"""The kinds of damage a trail can show, and the error that stops every command but the verifier."""

from __future__ import annotations

from enum import StrEnum

from audit.errors import CheckFailedError


class Damage(StrEnum):
    """What happened to a trail, as far as its bytes tell."""

    EDITED = "edited"
    REMOVED = "removed"
    REORDERED = "reordered"
    INSERTED = "inserted"
    ROLLED_BACK = "rolled_back"
    FORKED = "forked"
    SCHEMA = "schema"
    UNAUTHORISED = "unauthorised"


class DamagedTrailError(CheckFailedError):
    """The trail is not what was written. ``seq`` is the first bad entry, None when no entry itself is bad."""

    def __init__(self, damage: Damage, seq: int | None) -> None:
        """Name the kind of damage and the place; never stored text."""
        place = "" if seq is None else f" at entry {seq}"
        super().__init__(f"the trail is damaged{place}: {damage}", hint="see chartassay trail verify")
        self.damage = damage
        self.seq = seq
