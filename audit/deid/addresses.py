"""Street addresses, towns with their state, ZIP codes, landmarks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from audit.deid.alternation import any_of
from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.lexicon import Lexicon
from audit.deid.place_words import SAINT, UP_TO_THREE, PlaceWords
from audit.deid.words import BLANK, WORD

_AMBIGUOUS = frozenset(["MD", "PA", "MA", "DC", "MS", "ND", "PR", "DE", "CT", "OR", "IN", "ID", "HI", "OK", "AS", "CO"])
"""Postal codes that are also post-nominals, units or words: they need a ZIP code or a known city beside them."""
_LONG_STREET = 3
"""Letters above which a street word needs no house number before it ("Elm Street", but not "Elm Dr")."""
_TOWN = rf"{WORD}(?:{BLANK}(?:(?:of|or|de|la|del|du|the|on|d['\u2019]){BLANK}?){{0,2}}{WORD}){{0,2}}"
_TOWN_AFTER = re.compile(rf",[ \t]*({UP_TO_THREE})")
_NEAR = re.compile(rf"\bnear[ \t]+({UP_TO_THREE})")
_LANDMARK = re.compile(
    r"(?:\b(?:in|at|on|near|from|to|of|around)[ \t]+|,[ \t]*)"
    rf"((?:Lake|Port|Fort|Mount|Camp|Point|Cape|Isle|Glen){BLANK}{WORD})"
)
_LABELLED = re.compile(
    r"\b(?:(?i:(?:home|mailing|street|current|permanent|patient|residential)[ \t]+address)(?:[ \t]+is)?"
    r"|(?<![Ii][Pp] )Address|ADDRESS)"
    r"[ \t]*:?[ \t]+((?=[^\n]{0,60}\d)[^\n,;|.]{4,60})"
)
"""Whatever stands after the label of an address and holds a number."""
_NO_AMOUNT = r"(?!\s*(?:mg|mcg|units|iu|cells|copies|steps|dollars|/))"


class AddressFinder:
    """Finds addresses and their parts."""

    types = (IdentifierType.LOCATION, IdentifierType.ZIP)

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns from the word lists."""
        self._places = PlaceWords(lexicon)
        self._address = _address(lexicon.streets)
        self._unnumbered = _unnumbered(lexicon.streets)
        states = any_of([*lexicon.states, *lexicon.states.values()])
        self._city_state = re.compile(
            rf"(?<![\w-])(?P<city>(?:{SAINT}{BLANK})?{_TOWN}),[ \t]*\r?\n?[ \t]*"
            rf"(?P<state>{states})(?![\w.-])(?:[ \t]+(?P<zip>\d{{5}}(?:-\d{{4}})?)\b)?"
        )
        self._zip = re.compile(
            rf"\b(?:(?i:zip(?:[ -]?code)?)\W{{0,3}}|(?:{any_of(lexicon.states)})[ \t]+|"
            rf"(?:lives?|living|resid\w+|moved)[ \t]+(?:in|to)[ \t]+)(\d{{5}}(?:-\d{{4}})?)(?![\w-]){_NO_AMOUNT}"
        )

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every address and part of one; spans may overlap."""
        for match in self._address.finditer(text):
            yield Identifier(*match.span(), IdentifierType.LOCATION)
            if town := _TOWN_AFTER.match(text, match.end()):
                yield Identifier(*town.span(1), IdentifierType.LOCATION)
        for pattern in (_NEAR, _LANDMARK, self._unnumbered):
            for match in pattern.finditer(text):
                if not self._places.is_common(match.group(1)):
                    yield Identifier(*match.span(1), IdentifierType.LOCATION)
        for match in self._city_state.finditer(text):
            yield from self._city_and_state(match)
        for match in _LABELLED.finditer(text):
            yield Identifier(*match.span(1), IdentifierType.LOCATION)
        for match in self._zip.finditer(text):
            yield Identifier(*match.span(1), IdentifierType.ZIP)

    def _city_and_state(self, match: re.Match[str]) -> Iterator[Identifier]:
        city, state, code = match.group("city"), match.group("state"), match.group("zip")
        if code:
            yield Identifier(*match.span("zip"), IdentifierType.ZIP)
        if code or self._places.is_city(city) or (state not in _AMBIGUOUS and not self._places.is_common(city)):
            yield Identifier(match.start("city"), match.end("state"), IdentifierType.LOCATION)


def _address(streets: Sequence[str]) -> re.Pattern[str]:
    part = rf"(?:{WORD}|\d{{1,4}}(?:st|nd|rd|th)?|[NSEW]{{1,2}}\.?)"
    kinds = any_of(streets)
    numbered = rf"(?:{BLANK}\d{{1,4}}\b(?:{BLANK}(?:{kinds})\b\.?)?)?"
    unit = r"(?:,?\s(?:[Aa]pt|[Ss]uite|[Ss]te|[Uu]nit|[Rr]oom|[Ff]loor|#)\.?\s?#?[\w-]+)?"
    box = r"\bP\.?\s?O\.?\s?Box\s\d+"
    spanish = (
        rf"\d{{1,6}}{BLANK}(?:Calle|Avenida|Camino|Paseo|Via|Rue|Avenue|Plaza){BLANK}"
        rf"(?:(?:de|del|la|los|las|du|des){BLANK}){{0,2}}{WORD}"
    )
    return re.compile(
        rf"(?<![\w/.]){spanish}|"
        rf"(?<![\w/.])\d{{1,6}}(?:-\d{{1,5}})?[A-Z]?{BLANK}(?:{part}{BLANK}){{1,4}}?(?:{kinds})\b\.?{numbered}{unit}|{box}"
    )


def _unnumbered(streets: Sequence[str]) -> re.Pattern[str]:
    kinds = any_of(word for word in streets if len(word) > _LONG_STREET)
    return re.compile(
        rf"\b(?:from|on|at|near|of|to)[ \t]+({WORD}(?:{BLANK}{WORD})?{BLANK}(?:{kinds}|St\.)(?:,[ \t]+{WORD})?)(?!\w)"
    )
