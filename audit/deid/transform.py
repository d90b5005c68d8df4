"""The transformation under Safe Harbor: a tag for every identifier, keeping the year, the state and the ZIP prefix.

45 CFR 164.514(b)(2)(i): of a date only the year may stay, of a place the state, of a ZIP code its first three digits
where more than 20,000 people live behind them; ages over 89 become 90+. A year that tells an age over 89 goes too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from audit.deid.ages import implies_over_89, latest_year
from audit.deid.dates import year_of
from audit.deid.identifiers import Identifier, IdentifierType

_BIRTH_BEFORE = re.compile(
    r"(?:\b(?:DOB|D\.O\.B\.?|born|birth ?date|date of birth)\b)\W{0,6}(?:on\s+)?$", re.IGNORECASE
)
_ZIP3 = re.compile(r"\d{3}")


@dataclass(frozen=True, slots=True)
class Replacement:
    """One identifier and what stands in its place: offsets in the old text, and in the new."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transformed:
    """A text after transformation, with the map from old offsets to new."""

    text: str
    replacements: tuple[Replacement, ...]

    def moved(self, start: int, end: int) -> tuple[int, int]:
        """Return where the words at ``start`` to ``end`` of the old text stand in the new; a cut tag is taken whole."""
        return self._at(start, left=True), self._at(end, left=False)

    def _at(self, offset: int, *, left: bool) -> int:
        index = bisect_right(self.replacements, offset, key=lambda r: r.old_start) - 1
        if index < 0:
            return offset
        near = self.replacements[index]
        if offset >= near.old_end:
            return offset - near.old_end + near.new_end
        return near.new_start if left or offset == near.old_start else near.new_end


def replace_each(text: str, found: Sequence[Identifier], tag_of: Callable[[Identifier], str]) -> Transformed:
    """Return ``text`` with what ``tag_of`` says in place of every identifier (in order, without overlap)."""
    written: list[str] = []
    replacements: list[Replacement] = []
    at = length = 0
    for item in found:
        tag = tag_of(item)
        length += item.start - at
        written += (text[at : item.start], tag)
        replacements.append(Replacement(item.start, item.end, length, length + len(tag)))
        length, at = length + len(tag), item.end
    written.append(text[at:])
    return Transformed(text="".join(written), replacements=tuple(replacements))


class Transforms(Protocol):
    """What turns the identifiers of a text into what may leave."""

    def transform(self, text: str, found: Sequence[Identifier]) -> Transformed:
        """Return ``text`` with the identifiers of ``found`` that may not leave replaced."""
        ...

    def zip3(self, code: str) -> str:
        """Return what may stay of a ZIP code."""
        ...


class SafeHarbor:
    """Writes tags in place of identifiers."""

    def __init__(self, restricted_zip3: frozenset[str], states: Mapping[str, str]) -> None:
        """Take the ZIP prefixes that must become 000, and the states (postal code → name) that may stay."""
        self._restricted = restricted_zip3
        names = {name: code for code, name in states.items()}
        self._codes = frozenset(states) | frozenset(names)
        self._code_of = {**{code: code for code in states}, **names}
        self._state = re.compile(
            rf",\s*({'|'.join(map(re.escape, sorted(self._codes, key=len, reverse=True)))})(?:\W|$)"
        )

    def transform(self, text: str, found: Sequence[Identifier]) -> Transformed:
        """Return ``text`` with every identifier of ``found`` (in order, without overlap) replaced by its tag."""
        year = latest_year(text)
        return replace_each(text, found, lambda item: self._tag(text, item, year))

    def _tag(self, text: str, item: Identifier, year: int) -> str:
        words = item.words(text)
        if item.type is IdentifierType.DATE:
            kept = year_of(words)
            birth = bool(_BIRTH_BEFORE.search(text[max(0, item.start - 30) : item.start]))
            return _labelled("DATE", "" if kept and birth and implies_over_89(kept, year) else kept)
        if item.type is IdentifierType.AGE_OVER_89:
            return "[AGE:90+]"
        if item.type is IdentifierType.ZIP:
            return _labelled("ZIP", self.zip3(words))
        if item.type is IdentifierType.LOCATION:
            return _labelled("LOCATION", self._state_in(words))
        return f"[{item.type}]"

    def zip3(self, code: str) -> str:
        """Return what may stay of a ZIP code: its first three digits, or 000 where few live behind them."""
        match = _ZIP3.match(code.strip())
        return match.group() if match and match.group() not in self._restricted else "000"

    def _state_in(self, words: str) -> str:
        match = self._state.search(words)
        return self._code_of[match.group(1)] if match else ""


def _labelled(name: str, kept: str) -> str:
    return f"[{name}:{kept}]" if kept else f"[{name}]"
