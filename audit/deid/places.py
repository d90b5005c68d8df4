"""Places by what is said of them ("admitted to", "lives in"), and cities by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.deid.alternation import any_of
from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.lexicon import Lexicon
from audit.deid.naming import EPONYM_NOUN
from audit.deid.place_words import BEFORE, PLACE_BEFORE, SEQUENCE, PlaceWords

_STAYED = (
    r"seen|treated|admitted|evaluated|visit(?:s|ed|ing)?|hospitali[sz]ed|discharged|operated|consult(?:ed|ation)|"
    r"presented|presenting|diagnosed|followed|referred|transferred|examined|reviewed|underwent|session|appointment|"
    r"care|records?|notes?|clinic|office|surgery|procedure|hospital|ER|ED|ICU|ward|room|center|unit|department|floor|"
    r"facility|done|performed|staying|stayed|attend(?:s|ed|ing)?"
)
_LIVES = (
    r"lives?|lived|living|resid(?:es?|ed|ing|ent)|born|raised|moved|moving|relocated|travel(?:s|l?ed|l?ing)?|trip|"
    r"vacation|home|from|native|old|yo|y/o|man|woman|male|female|gentleman|lady|came|come|up|"
    r"grew up|works|worked|working|based|located|flew|fly|flying|drove|near|boat"
)
_TRIGGER = re.compile(
    rf"\b(?:{_STAYED}|{_LIVES})\b(?:[ \t]+[a-z]+){{0,3}}?[ \t]+(?:at|in|to|from|near)[ \t]+"
    rf"(?:our[ \t]+|the[ \t]+|a[ \t]+)?({SEQUENCE}(?:[ \t]+(?:clinic|hospital|office|campus))?)"
)

_NAME_AFTER = re.compile(r"[ \t]+[A-Z][a-z]")


class PlaceFinder:
    """Finds places named without an address or a word for a care site."""

    types = (IdentifierType.LOCATION,)

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the list of cities."""
        self._places = PlaceWords(lexicon)
        cities = any_of(form for city in lexicon.cities for form in (city.title(), city.upper()))
        self._cities = re.compile(
            rf"(?<![\w-])({cities})(?![\w-])(?:\s(?:downtown\s)?(?:clinic|office|hospital|campus|area))?"
        )

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every such place; spans may overlap."""
        for match in _TRIGGER.finditer(text):
            if not self._places.is_common(match.group(1)) and not EPONYM_NOUN.match(text, match.end(1)):
                yield Identifier(match.start(1), self._places.with_city(text, match.end(1)), IdentifierType.LOCATION)
        for match in self._cities.finditer(text):
            if " " in match.group(1) or self._is_place(text, match):
                yield Identifier(*match.span(), IdentifierType.LOCATION)

    def _is_place(self, text: str, match: re.Match[str]) -> bool:
        """Return whether a preposition stands before a city, or a comma and no further name after it."""
        before = PLACE_BEFORE.search(text[max(0, match.start() - BEFORE) : match.start()])
        if not before:
            return False
        return before.group().lstrip()[0].isalpha() or not _NAME_AFTER.match(text, match.end())
