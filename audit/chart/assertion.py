"""Who says what of a condition: negated, uncertain, historical, of the family, hypothetical.

After the ideas of NegEx (Chapman 2001) and ConText (Harkema 2009): a cue opens a scope before or after it, a word that
begins a new statement closes it. Cues and closing words are data: ``cues.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Flag, auto

from audit.chart.lexicon import Lexicon
from audit.chart.trie import YEAR, any_of


class Assertion(Flag):
    """What limits a statement; no flag: asserted of the patient, now."""

    NONE = 0
    NEGATED = auto()
    UNCERTAIN = auto()
    HISTORICAL = auto()
    FAMILY = auto()
    HYPOTHETICAL = auto()


NOT_OF_PATIENT = Assertion.NEGATED | Assertion.FAMILY | Assertion.HYPOTHETICAL
_REACH_BACK = 90
_WORDS = re.compile(r"\w")
_PART = re.compile(r",|\bof\b")
_A_YEAR = re.compile(r"\b(?:19|20)[0-9][0-9]\b")
_STOP = "stop"
_PSEUDO = "pseudo"


@dataclass(frozen=True, slots=True)
class Scope:
    """A stretch of text, and what holds of statements in it; ``at`` is where the cue itself stands."""

    start: int
    end: int
    assertion: Assertion
    at: int
    to: int


@dataclass(frozen=True, slots=True)
class Cues:
    """The cue phrases as one expression, and what each means."""

    pattern: re.Pattern[str]
    meaning: dict[str, dict[str, str]]
    """Cue to its direction and kind; a few cues have one of each direction."""

    @classmethod
    def of(cls, lexicon: Lexicon) -> Cues:
        """Build from ``cues.txt``, whose heads are ``<kind> <before|short|after|both>``, ``stop`` or ``pseudo``.

        ``yyyy`` in a cue stands for a year.
        """
        meaning: dict[str, dict[str, str]] = {}
        for head, items in lexicon.entries("cues"):
            kind, _, direction = head.partition(" ")
            for item in items:
                meaning.setdefault(item.lower().replace("yyyy", YEAR), {}).setdefault(direction, kind)
        return cls(re.compile(rf"(?<![\w-])(?:{any_of(meaning)})(?!\w)", re.IGNORECASE), meaning)

    def scopes(self, text: str, start: int, end: int) -> list[Scope]:
        """Return the scopes that the cues of one clause open, in the order of the cues."""
        found = [(m.start(), m.end(), *self._means(m, end)) for m in self.pattern.finditer(text, start, end)]
        stops = [m for m in found if m[2] == _STOP]
        scopes = []
        for at, to, kind, direction in found:
            if kind in {_STOP, _PSEUDO}:
                continue
            flag = Assertion[kind.upper()]
            if direction in {"after", "both"}:
                begin = max([start, at - _REACH_BACK, *(m[1] for m in stops if m[1] <= at)])
                scopes.append(Scope(begin, at, flag, at, to))
            if direction != "after":
                stop = min([end, *(m[0] for m in stops if m[0] >= to)])
                if direction == "short" and (cut := _PART.search(text, to, stop)):
                    stop = cut.start()
                scopes.append(Scope(to, stop, flag, at, to))
        return scopes

    def _means(self, match: re.Match[str], end: int) -> tuple[str, str]:
        """Return kind and direction: a cue of both directions looks back only from the end of its clause."""
        told = self.meaning.get(_A_YEAR.sub(YEAR, " ".join(match.group().lower().split())))
        if told is None:  # a letter that only folds to one of ours, such as the long s
            return _PSEUDO, ""
        if len(told) > 1:
            last = not _WORDS.search(match.string, match.end(), end)
            direction = "after" if last else next(d for d in told if d != "after")
            return told.get(direction, ""), direction
        direction, kind = next(iter(told.items()))
        return kind, direction


def assertion_of(scopes: Sequence[Scope], starts: Collection[int]) -> Assertion:
    """Return what the scopes of a clause say of a statement whose words begin at ``starts``.

    One word within a scope is enough: in "heart rhythm with no murmur" the murmur is denied.
    """
    said = Assertion.NONE
    for scope in scopes:
        if any(scope.start <= start < scope.end for start in starts):
            said |= scope.assertion
    return said
