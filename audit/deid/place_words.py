"""What a place's name looks like, and whether a capitalised phrase can be one."""

from __future__ import annotations

import re

from audit.deid.alternation import any_of
from audit.deid.lexicon import Lexicon
from audit.deid.words import BLANK, WORD

SAINT = r"(?:St|Saint|Ste|Mt|Mount|Ft|Fort)\.?"
_LINK = rf"(?:(?:of|and|de|del|la|the|&){BLANK}){{0,2}}"
SEQUENCE = rf"(?:{SAINT}{BLANK})?{WORD}(?:{BLANK}{_LINK}(?:{SAINT}{BLANK})?{WORD}){{0,5}}"
UP_TO_THREE = rf"{WORD}(?:{BLANK}{WORD}){{0,2}}"
PLACE_BEFORE = re.compile(
    r"(?:\b(?:in|at|from|to|of|near|our|the|by|outside|around|through|with|via)[ \t]+|[,(/][ \t]*)"
    r"(?:our[ \t]+|the[ \t]+|downtown[ \t]+)?$",
    re.IGNORECASE,
)
BEFORE = 16
"""Characters before a phrase in which its preposition is looked for."""
_TAIL = re.compile(rf"(?:,?{BLANK}(?:in|of|at){BLANK}|,?{BLANK}|-)({UP_TO_THREE})")
_DIRECTIONS = frozenset({"north", "south", "east", "west", "new"})
_DEPARTMENT_HEADS = frozenset(
    ("department", "dept", "unit", "service", "services", "division", "section", "ward", "committee", "team")
)
_SITE_HEADS = frozenset(["hospital", "clinic", "university", "center", "centre", "college", "institute"])
_LINKS = frozenset({"of", "and", "the", "&", "for"})
_SPECIALTY = ("ology", "ologist", "ologists", "iatry", "iatrist", "iatrics", "opedics", "etrics", "graphy", "surgery")
_SHORTEST, _ACRONYM = 3, 6


class PlaceWords:
    """Judges whether words can name a place smaller than a state."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the lists."""
        self._lexicon = lexicon
        self._titles = lexicon.honorific_set
        self._states = frozenset(lexicon.states) | frozenset(lexicon.states.values())
        self._state_after = re.compile(rf",[ \t]+(?:{any_of(self._states)})(?!\w)")

    def is_city(self, phrase: str) -> bool:
        """Return whether the list of cities holds the phrase."""
        return phrase.lower() in self._lexicon.cities

    def is_common(self, phrase: str) -> bool:
        """Return whether a capitalised phrase is more likely of medicine or plain English than a place."""
        first = re.sub(r"['\u2019]s$", "", phrase.split(maxsplit=1)[0].strip(".,'\u2019")).lower()
        lexicon = self._lexicon
        if self._is_department(phrase) or phrase.lower() in lexicon.countries:
            return True
        if self.is_city(first) or self.is_city(phrase) or (first in _DIRECTIONS and " " in phrase):
            return False
        if first in lexicon.not_names or first in lexicon.eponyms or first in self._titles:
            return True
        acronym = phrase.isupper() and len(phrase) < _ACRONYM
        return phrase in self._states or len(first) < _SHORTEST or acronym or any(c.isdigit() for c in phrase)

    def _is_department(self, phrase: str) -> bool:
        """Return whether a phrase names a department or specialty and nothing of where it is."""
        words = [word.lower().strip(".,") for word in phrase.split()]
        headed = not _DEPARTMENT_HEADS.isdisjoint(words) and _SITE_HEADS.isdisjoint(words)
        return headed or all(w in self._lexicon.departments or w in _LINKS or w.endswith(_SPECIALTY) for w in words)

    def with_city(self, text: str, end: int) -> int:
        """Return where a care site ends when a city or state follows it: "in Rochester, MN", ", Dallas"."""
        tail = _TAIL.match(text, end)
        if not tail:
            return end
        words = tail.group(1).split()
        for count in range(len(words), 0, -1):
            candidate = " ".join(words[:count])
            if self.is_city(candidate) or candidate in self._states:
                stop = tail.start(1) + len(candidate)
                state = self._state_after.match(text, stop)
                return state.end() if state else stop
        return end
