"""The identifiers that 45 CFR 164.514(b)(2)(i) names, and where in a text one was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class IdentifierType(StrEnum):
    """What kind of identifier a span is. The letters are the paragraphs of 164.514(b)(2)(i)."""

    NAME = "NAME"  # (A)
    LOCATION = "LOCATION"  # (B)
    ZIP = "ZIP"  # (B)
    DATE = "DATE"  # (C)
    AGE_OVER_89 = "AGE_OVER_89"  # (C)
    PHONE = "PHONE"  # (D)
    FAX = "FAX"  # (E)
    EMAIL = "EMAIL"  # (F)
    SSN = "SSN"  # (G)
    MRN = "MRN"  # (H)
    HEALTH_PLAN = "HEALTH_PLAN"  # (I)
    ACCOUNT = "ACCOUNT"  # (J)
    LICENSE = "LICENSE"  # (K)
    VEHICLE = "VEHICLE"  # (L)
    DEVICE = "DEVICE"  # (M)
    URL = "URL"  # (N)
    IP = "IP"  # (O)
    BIOMETRIC = "BIOMETRIC"  # (P)
    PHOTO = "PHOTO"  # (Q)
    ORGANIZATION = "ORGANIZATION"  # employers and care sites: (A) and (B) by what they give away
    OTHER_ID = "OTHER_ID"  # (R)


PARAGRAPH: Mapping[IdentifierType, str] = {
    **dict(zip(list(IdentifierType)[:2], "AB", strict=True)),
    **dict(zip(list(IdentifierType)[2:5], "BCC", strict=True)),
    **dict(zip(list(IdentifierType)[5:19], "DEFGHIJKLMNOPQ", strict=True)),
    IdentifierType.ORGANIZATION: "A",
    IdentifierType.OTHER_ID: "R",
}
"""The paragraph of 164.514(b)(2)(i) that each type belongs to; an employer's name is a name, (A)."""


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One identifier in a text: code-point offsets of that text, end exclusive."""

    start: int
    end: int
    type: IdentifierType

    def words(self, text: str) -> str:
        """Return what it covers."""
        return text[self.start : self.end]


def _by_place(item: Identifier) -> tuple[int, int, bool, str]:
    """Order by start, the longest first; of two types for the same words the more telling one comes first."""
    return item.start, -item.end, item.type in (IdentifierType.OTHER_ID, IdentifierType.NAME), item.type


def merge(found: list[Identifier]) -> tuple[Identifier, ...]:
    """Return the identifiers in order, without overlap; what overlaps becomes one span of the longest part's type."""
    merged: list[Identifier] = []
    longest = 0
    for item in sorted(found, key=_by_place):
        last = merged[-1] if merged else None
        if last is None or item.start >= last.end:
            merged.append(item)
            longest = item.end - item.start
        elif item.end > last.end:
            wins = item.end - item.start > longest
            longest = max(longest, item.end - item.start)
            merged[-1] = Identifier(last.start, item.end, item.type if wins else last.type)
    return tuple(merged)
