"""Attributes as axes: words that exclude each other, the side of the body, and how near they stand to a hit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audit.chart.describe import SIDES
from audit.chart.hits import Hit, ReadClause
from audit.chart.lexicon import Lexicon
from audit.chart.words import Speller

SITE = "site"
_NEAR = 4
"""A side word belongs to a hit within this many content words."""


@dataclass(frozen=True, slots=True)
class Axes:
    """Word to the axis it lies on; ``site`` is the axis of body parts."""

    axis_of: dict[str, str]
    within: dict[str, str]

    @classmethod
    def of(cls, lexicon: Lexicon, speller: Speller) -> Axes:
        """Build from ``axes.txt``."""
        axes: dict[str, str] = {}
        within: dict[str, str] = {}
        for head, items in lexicon.entries("axes"):
            inside, _, larger = head.partition(" ")
            if larger:
                within.update({speller.word(item): speller.word(larger) for item in items})
            else:
                axes.update({speller.word(item): inside for item in items})
        return cls(axes, within)

    def sites(self, words: Iterable[str]) -> frozenset[str]:
        """Return the body parts among ``words``."""
        return frozenset(word for word in words if self.axis_of.get(word) == SITE)

    def held(self, sites: frozenset[str]) -> frozenset[str]:
        """Return the sites with the larger ones that hold them."""
        return sites | {self.within[site] for site in sites if site in self.within}

    def conflict(self, wanted: frozenset[str], said: frozenset[str]) -> str:
        """Return the axis on which ``said`` has another value than ``wanted`` and not the wanted one, or ''."""
        for word in sorted(wanted):
            axis = self.axis_of.get(word)
            if axis is None or axis == SITE or word in said:
                continue
            if any(self.axis_of.get(other) == axis and not _finer(other, word) for other in said):
                return axis
        return ""


def _finer(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def side_of(hit: Hit) -> str:
    """Return the side the words beside a hit give it: right, left, bilateral, or '' where none is said."""
    near = []
    for place, token in enumerate(hit.clause.tokens):
        if token.word in SIDES:
            gap = _gap(hit.places, place)
            if gap <= _NEAR:
                near.append((gap, place > hit.places[0], place, token.word))
    if not near:
        return ""
    near.sort()
    best = near[0]
    others = {word for _, _, place, word in near if abs(place - best[2]) == 1}
    return "bilateral" if others - {best[3]} else best[3]


def _gap(places: tuple[int, ...], place: int) -> int:
    if places[0] < place < places[-1]:
        return 0
    return min(abs(place - other) for other in places)


def sides_in(clause: ReadClause) -> frozenset[str]:
    """Return the side words of a clause."""
    return frozenset(token.word for token in clause.tokens if token.word in SIDES)
