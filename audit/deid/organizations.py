"""Care sites and employers: where a person is treated or works places the person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.deid.alternation import any_of
from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.lexicon import Lexicon
from audit.deid.place_words import BEFORE, PLACE_BEFORE, SAINT, SEQUENCE, UP_TO_THREE, PlaceWords
from audit.deid.words import BLANK, WORD

_WEAK_HEADS = frozenset(["General", "Gen", "Med", "Health", "Center", "VA", "Physicians", "College", "Memorial"])
"""Heads that are plain words as well: they need a preposition before the name."""
_WORKS = (
    r"(?:works?|worked|working|employed|employment|employee|job|drives?|driver|teacher|manager|nurse|clerk|engineer|"
    r"cashier|technician|worker|operator|foreman|attorney|retired|laid off|occupation|employer)"
)
_EMPLOYED = re.compile(
    rf"\b(?i:{_WORKS})\b(?:[ \t]+[a-z]+){{0,5}}?(?:[ \t]+(?:for|at|with|by)|:)[ \t]+(?:the[ \t]+)?({SEQUENCE})"
)
_AT = re.compile(r"\b(?:at|to)[ \t]+$")
_STRONG_END = re.compile(r"(?:Hospital|Clinic|Medical Center)$")
_IN_TOWN = re.compile(rf"[ \t]+(?:in|near|of)[ \t]+({UP_TO_THREE})")
_HEADING = re.compile(r"[ \t]+(?:Course|Stay|Day|Admission|Discharge|Problem|Follow|Note|Visit|Record)\b")
_LADY = re.compile(rf"(?<!\w)(?:Our|OUR){BLANK}(?:Lady|LADY|Savior|SAVIOR)(?:{BLANK}(?:of|OF|the|THE|{WORD})){{0,5}}")
_SAINTS = re.compile(rf"(?<!\w)(?:St|Saint)\.?{BLANK}[A-Z][a-z]+['\u2019]s(?!\w)")


class OrganizationFinder:
    """Finds the names of care sites and employers."""

    types = (IdentifierType.ORGANIZATION, IdentifierType.LOCATION)

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns from the word lists."""
        self._places = PlaceWords(lexicon)
        self._generic = lexicon.facility_generic
        heads = any_of(lexicon.facility_heads)
        self._site = re.compile(
            rf"(?<![\w-])((?:(?:{SAINT}|{WORD}|of|and|&|for|the){BLANK}){{0,5}}?"
            rf"(?:{WORD}|{SAINT}{BLANK}{WORD}){BLANK})((?:{heads})\b\.?(?:{BLANK}(?:{heads})\b\.?)*)(?![\w-])"
        )
        shouted = any_of(head.upper() for head in lexicon.facility_heads if head not in _WEAK_HEADS)
        self._shouted = re.compile(
            rf"\b(?:(?:AT|TO|FROM|IN|OF|BY)[ \t]+|(?i:location|facility|site|hospital|clinic|from|to|at)[ \t]*:[ \t]*)"
            rf"((?:THE[ \t]+)?(?:[A-Z][A-Z.'\u2019-]+[ \t]+){{1,4}}(?:{shouted}))(?![\w-])"
        )
        self._known = re.compile(
            rf"(?<!\w)(?:{any_of(lexicon.facility_names)})(?:['\u2019]s)?(?!\w)"
            r"(?:\s(?:clinic|hospital|office|campus|Clinic|Hospital|Health))?"
        )
        companies = any_of(lexicon.company_heads)
        self._company = re.compile(
            rf"(?<![\w-])({WORD}(?:{BLANK}(?:&{BLANK})?{WORD}){{0,3}}{BLANK}(?:{companies}))(?![\w-])\.?"
        )

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every care site and employer; spans may overlap."""
        for start, end in (*self._sites(text), *self._known_sites(text)):
            yield Identifier(start, self._places.with_city(text, end), IdentifierType.ORGANIZATION)
        yield from self._companies(text)
        for match in _EMPLOYED.finditer(text):
            if not self._places.is_common(match.group(1)):
                yield Identifier(*match.span(1), IdentifierType.ORGANIZATION)

    def _known_sites(self, text: str) -> Iterator[tuple[int, int]]:
        for match in self._known.finditer(text):
            before = text[max(0, match.start() - BEFORE) : match.start()]
            if " " in match.group() or PLACE_BEFORE.search(before):
                yield match.span()
        for pattern in (_SAINTS, _LADY, self._shouted):
            for match in pattern.finditer(text):
                yield match.span(match.lastindex or 0)

    def _sites(self, text: str) -> Iterator[tuple[int, int]]:
        for match in self._site.finditer(text):
            start = match.start() + _skipped(match.group(1), self._generic)
            if start >= match.end(1):  # nothing but kinds of place: "General Hospital" is a name only after "at"
                if not (
                    _AT.search(text[max(0, match.start() - BEFORE) : match.start()]) and _STRONG_END.search(match[0])
                ):
                    continue
                start = match.start()
            if not _is_weak(text, start, match) and not _HEADING.match(text, match.end()):
                yield start, match.end()

    def _companies(self, text: str) -> Iterator[Identifier]:
        for match in self._company.finditer(text):
            yield Identifier(*match.span(1), IdentifierType.ORGANIZATION)
            if town := _IN_TOWN.match(text, match.end()):
                yield Identifier(*town.span(1), IdentifierType.LOCATION)


def _is_weak(text: str, start: int, match: re.Match[str]) -> bool:
    """Return whether a head that is also a plain word stands without a preposition before the name."""
    if match.group(2).strip(".") not in _WEAK_HEADS:
        return False
    return not PLACE_BEFORE.search(text[max(0, start - BEFORE) : start]) or text[match.end() : match.end() + 1] == ":"


def _skipped(words: str, generic: frozenset[str]) -> int:
    """Return the offset of the first word that names a place, past articles and kinds ("The", "Primary", "our")."""
    for match in re.finditer(r"\S+", words):
        if match.group().lower() not in generic and match.group()[0].isupper():
            return match.start()
    return len(words)
