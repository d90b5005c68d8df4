"""Finding terms in a clause: order-free, within a window, the longest hit wins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from audit.chart.assertion import Assertion, Scope, assertion_of
from audit.chart.table import TermTable
from audit.chart.text import Clause
from audit.chart.words import Token

_SLACK = 3
"""A key of n words must stand within n + 3 content words."""


@dataclass(frozen=True, slots=True)
class ReadClause:
    """A clause with its content words, and those of them that are asserted of the patient."""

    document: int
    number: int
    clause: Clause
    tokens: tuple[Token, ...]
    scopes: tuple[Scope, ...]
    asserted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: which key, at which content words of which clause, and what limits the statement.

    ``cover`` is the key of a longer hit that holds all its words, or -1: a covered hit says nothing of its own,
    unless it is one part of a combination.
    """

    key: int
    clause: ReadClause
    places: tuple[int, ...]
    start: int
    end: int
    assertion: Assertion
    cover: int

    @property
    def section(self) -> str:
        """The class of the section it stands in."""
        return self.clause.clause.section


def find_hits(clause: ReadClause, table: TermTable, text: str) -> list[Hit]:
    """Return every term of the clause, longest first."""
    where: dict[str, list[int]] = {}
    for place, token in enumerate(clause.tokens):
        where.setdefault(token.word, []).append(place)
    found: list[tuple[int, tuple[int, ...]]] = []
    for word in where:
        for second, number in table.index.under(word):
            if second and second not in where:
                continue
            key = table.keys[number]
            if len(key) > 2 and not all(part in where for part in key[2:]):  # noqa: PLR2004 - two are checked above
                continue
            found.extend((number, places) for places in _places(key, where))
    found.sort(key=lambda hit: (-len(table.keys[hit[0]]), hit[1]))
    return list(_ranked(found, clause, text))


def _places(key: list[str], where: dict[str, list[int]]) -> Iterator[tuple[int, ...]]:
    if len(key) == 1:
        for place in where[key[0]]:
            yield (place,)
        return
    seen = set()
    for anchor in where[key[0]]:
        places = tuple(sorted(_nearest(where[word], anchor) for word in key))
        if places[-1] - places[0] < len(key) + _SLACK and places not in seen:
            seen.add(places)
            yield places


def _nearest(places: list[int], anchor: int) -> int:
    at = bisect_left(places, anchor)
    return min(places[max(0, at - 1) : at + 1], key=lambda place: abs(place - anchor))


def _ranked(found: list[tuple[int, tuple[int, ...]]], clause: ReadClause, text: str) -> Iterator[Hit]:
    longer: list[tuple[frozenset[int], int]] = []
    for number, places in found:
        own = frozenset(places)
        cover = next((key for other, key in longer if own < other), -1)
        starts = [clause.tokens[p].start for p in places]
        start, end = min(starts), max(clause.tokens[p].end for p in places)
        if cover < 0 and "," not in text[start:end] and not _denied_inside(clause, start, end):
            longer.append((own, number))
        yield Hit(number, clause, places, start, end, assertion_of(clause.scopes, starts), cover)


def _denied_inside(clause: ReadClause, start: int, end: int) -> bool:
    """Whether a part of the words is denied ("X without Y"): then the whole is not what is said."""
    return any(s.assertion & Assertion.NEGATED and start < s.at and s.to <= end for s in clause.scopes)
