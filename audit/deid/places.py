"""Places smaller than a state, care sites and employers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.lexicon import Lexicon
from audit.deid.words import BLANK, WORD

_SAINT = r"(?:St|Saint|Ste|Mt|Mount|Ft|Fort)\.?"
_SEQUENCE = rf"(?:{_SAINT}{BLANK})?{WORD}(?:{BLANK}(?:(?:of|and|de|del|la|the|&){BLANK}){{0,2}}(?:{_SAINT}{BLANK})?{WORD}){{0,5}}"
_WEAK_HEADS = frozenset({"General", "Gen", "Med", "Health", "Center", "VA", "Physicians", "College", "Memorial"})
_DIRECTIONS = frozenset({"north", "south", "east", "west", "new"})
_CREDENTIALS = frozenset(
    {"MD", "PA", "MA", "DC", "MS", "ND", "PR", "DE", "CT", "OR", "IN", "ID", "HI", "OK", "AS", "CO"}
)
"""Postal codes that are also post-nominals, units or words: they need a ZIP code or a known city beside them."""
_STAYED = (
    r"seen|treated|admitted|evaluated|visit(?:s|ed|ing)?|hospitali[sz]ed|discharged|operated|consult(?:ed|ation)|"
    r"presented|presenting|diagnosed|followed|referred|transferred|examined|reviewed|underwent|session|appointment|"
    r"care|records?|notes?|clinic|office|surgery|procedure|hospital|ER|ED|ICU|ward|room|center|unit|department|floor|facility|done|performed|staying|stayed|attend(?:s|ed|ing)?"
)
_LIVES = (
    r"lives?|lived|living|resid(?:es?|ed|ing|ent)|born|raised|moved|moving|relocated|travel(?:s|l?ed|l?ing)?|trip|"
    r"vacation|visiting|visit|home|from|native|grew up|works|worked|working|based|located|flew|fly|flying|drove|near|office|boat"
)
_WORKS = (
    r"(?:works?|worked|working|employed|employment|employee|job|drives?|driver|teacher|manager|nurse|clerk|engineer|"
    r"cashier|technician|worker|operator|foreman|attorney|retired|laid off|occupation|employer)"
)
_TAIL = re.compile(rf"(?:,?{BLANK}(?:in|of|at){BLANK}|,?{BLANK}|-)({WORD}(?:{BLANK}{WORD}){{0,2}})")


class PlaceFinder:
    """Finds addresses, cities, ZIP codes, care sites and employers."""

    types = (IdentifierType.LOCATION, IdentifierType.ZIP, IdentifierType.ORGANIZATION)

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns from the word lists."""
        self._lexicon = lexicon
        self._generic = lexicon.facility_generic
        self._state_codes = frozenset(lexicon.states)
        self._state_after = re.compile(rf",[ \t]+(?:{_any_of([*lexicon.states, *lexicon.states.values()])})(?!\w)")
        self._address = _address(lexicon.streets)
        self._unnumbered = re.compile(
            rf"\b(?:from|on|at|near|of|to)[ \t]+({WORD}(?:{BLANK}{WORD})?{BLANK}(?:{_any_of([w for w in lexicon.streets if len(w) > 3])}|St\.)"
            rf"(?:,[ \t]+{WORD})?)(?!\w)"
        )
        self._city_state = _city_state(lexicon)
        heads = _any_of(lexicon.facility_heads)
        self._site = re.compile(
            rf"(?<![\w-])((?:(?:{_SAINT}|{WORD}|of|and|&|for|the){BLANK}){{0,5}}?(?:{WORD}|{_SAINT}{BLANK}{WORD}){BLANK})"
            rf"((?:{heads})\b\.?(?:{BLANK}(?:{heads})\b\.?)*)(?![\w-])"
        )
        self._known = re.compile(
            rf"(?<![\w])(?:{_any_of(lexicon.facility_names)})(?:['\u2019]s)?(?![\w])"
            r"(?:\s(?:clinic|hospital|office|campus|Clinic|Hospital|Health))?"
        )
        self._cities = re.compile(
            rf"(?<![\w-])({_any_of([c.title() for c in lexicon.cities] + [c.upper() for c in lexicon.cities])})(?![\w-])"
            r"(?:\s(?:downtown\s)?(?:clinic|office|hospital|campus|area))?"
        )
        self._company = re.compile(
            rf"(?<![\w-])({WORD}(?:{BLANK}(?:&{BLANK})?{WORD}){{0,3}}{BLANK}(?:{_any_of(lexicon.company_heads)}))(?![\w-])\.?"
        )

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every place and organisation of ``text``; spans may overlap."""
        yield from self._addresses(text)
        yield from self._sites(text)
        yield from self._triggered(text)
        yield from self._city_names(text)

    def _addresses(self, text: str) -> Iterator[Identifier]:
        for match in self._address.finditer(text):
            yield Identifier(*match.span(), IdentifierType.LOCATION)
            if tail := _TOWN_AFTER.match(text, match.end()):
                yield Identifier(*tail.span(1), IdentifierType.LOCATION)
        for pattern in (_NEAR, _LANDMARK, self._unnumbered):
            for match in pattern.finditer(text):
                if not self._common(match.group(1)):
                    yield Identifier(*match.span(1), IdentifierType.LOCATION)
        for match in self._city_state.finditer(text):
            yield from self._city_and_state(match)
        for match in _ZIP.finditer(text):
            yield Identifier(*match.span(1), IdentifierType.ZIP)

    def _city_and_state(self, match: re.Match[str]) -> Iterator[Identifier]:
        city, state, code = match.group("city"), match.group("state"), match.group("zip")
        if code:
            yield Identifier(*match.span("zip"), IdentifierType.ZIP)
        certain = bool(code) or city.lower() in self._lexicon.cities
        if certain or (state not in _CREDENTIALS and not self._common(city)):
            yield Identifier(match.start("city"), match.end("state"), IdentifierType.LOCATION)

    def _sites(self, text: str) -> Iterator[Identifier]:
        for match in self._site.finditer(text):
            start = match.start() + _skipped(match.group(1), self._generic)
            if start >= match.end(1):
                if not _AT.search(text[max(0, match.start() - 5) : match.start()]) or not _STRONG_END.search(
                    match.group()
                ):
                    continue
                start = match.start()
            if not self._weak(text, start, match):
                yield Identifier(start, self._with_city(text, match.end()), IdentifierType.ORGANIZATION)
        for match in self._known.finditer(text):
            yield Identifier(match.start(), self._with_city(text, match.end()), IdentifierType.ORGANIZATION)
        for match in _SAINTS.finditer(text):
            yield Identifier(*match.span(), IdentifierType.ORGANIZATION)
        for match in self._company.finditer(text):
            yield Identifier(*match.span(1), IdentifierType.ORGANIZATION)
            if town := _IN_TOWN.match(text, match.end()):
                yield Identifier(*town.span(1), IdentifierType.LOCATION)

    def _weak(self, text: str, start: int, match: re.Match[str]) -> bool:
        """Return whether a head that is also a plain word stands without a preposition before it."""
        if match.group(2).strip(".") not in _WEAK_HEADS:
            return False
        return not _PLACE_BEFORE.search(text[max(0, start - 16) : start]) or text[match.end() : match.end() + 1] == ":"

    def _with_city(self, text: str, end: int) -> int:
        """Return where a care site ends when a city or state follows it: "in Rochester, MN", ", Dallas"."""
        tail = _TAIL.match(text, end)
        if not tail:
            return end
        words = tail.group(1).split()
        for count in range(len(words), 0, -1):
            candidate = " ".join(words[:count])
            if candidate.lower() in self._lexicon.cities or candidate in self._state_codes | set(
                self._lexicon.states.values()
            ):
                stop = tail.start(1) + len(candidate)
                state = self._state_after.match(text, stop)
                return state.end() if state else stop
        return end

    def _triggered(self, text: str) -> Iterator[Identifier]:
        for match in _STAY_TRIGGER.finditer(text):
            if not self._common(match.group(1)):
                yield Identifier(match.start(1), self._with_city(text, match.end(1)), IdentifierType.LOCATION)
        for match in _EMPLOYED.finditer(text):
            if not self._common(match.group(1)):
                yield Identifier(*match.span(1), IdentifierType.ORGANIZATION)

    def _city_names(self, text: str) -> Iterator[Identifier]:
        for match in self._cities.finditer(text):
            if " " in match.group(1) or _PLACE_BEFORE.search(text[max(0, match.start() - 16) : match.start()]):
                yield Identifier(*match.span(), IdentifierType.LOCATION)

    def _common(self, phrase: str) -> bool:
        """Return whether a capitalised phrase is more likely of medicine or plain English than a place."""
        first = phrase.split(maxsplit=1)[0].strip(".,'\u2019")
        bare = re.sub(r"['\u2019]s$", "", first).lower()
        lexicon = self._lexicon
        if bare in lexicon.cities or phrase.lower() in lexicon.cities:
            return False
        if bare in _DIRECTIONS and " " in phrase:
            return False
        if bare in lexicon.not_names or bare in lexicon.eponyms or bare in lexicon.honorific_set:
            return True
        if phrase in lexicon.states.values() or phrase in self._state_codes:
            return True
        return len(bare) < 3 or (phrase.isupper() and len(phrase) < 6) or any(c.isdigit() for c in phrase)


_AT = re.compile(r"\b(?:at|to)[ \t]+$")
_STRONG_END = re.compile(r"(?:Hospital|Clinic|Medical Center)$")
_IN_TOWN = re.compile(rf"[ \t]+(?:in|near|of)[ \t]+({WORD}(?:{BLANK}{WORD}){{0,2}})")
_TOWN_AFTER = re.compile(rf",[ \t]*({WORD}(?:{BLANK}{WORD}){{0,2}})")
_NEAR = re.compile(rf"\bnear[ \t]+({WORD}(?:{BLANK}{WORD}){{0,2}})")
_LANDMARK = re.compile(
    rf"(?:\b(?:in|at|on|near|from|to|of|around)[ \t]+|,[ \t]*)((?:Lake|Port|Fort|Mount|Camp|Point|Cape|Isle|Glen){BLANK}{WORD})"
)
_SAINTS = re.compile(rf"(?<!\w)(?:St|Saint)\.?{BLANK}[A-Z][a-z]+['\u2019]s(?!\w)")
_ZIP = re.compile(
    r"\b(?:zip(?:[ -]?code)?\W{0,3}|[A-Z]{2}[ \t]+|(?:in|from)[ \t]+(?=\d{5}(?:-\d{4})?(?:[,.;)?]|\s(?:area|zip))))(\d{5}(?:-\d{4})?)(?![\w-])(?!\s*(?:mg|units|iu|cells))",
    re.IGNORECASE,
)
_PLACE_BEFORE = re.compile(
    r"(?:\b(?:in|at|from|to|of|near|our|the|by|outside|around|through|with|via)[ \t]+|[,(/][ \t]*)(?:our[ \t]+|the[ \t]+|downtown[ \t]+)?$",
    re.IGNORECASE,
)
_STAY_TRIGGER = re.compile(
    rf"\b(?:{_STAYED}|{_LIVES})\b(?:[ \t]+[a-z]+){{0,3}}?[ \t]+(?:at|in|to|from|near|by)[ \t]+(?:our[ \t]+|the[ \t]+|a[ \t]+)?"
    rf"({_SEQUENCE}(?:[ \t]+(?:clinic|hospital|office|campus))?)"
)
_EMPLOYED = re.compile(
    rf"\b(?i:{_WORKS})\b(?:[ \t]+[a-z]+){{0,5}}?(?:[ \t]+(?:for|at|with|by)|:)[ \t]+(?:the[ \t]+)?({_SEQUENCE})"
)


def _any_of(phrases: Sequence[str]) -> str:
    ordered = sorted(set(phrases), key=len, reverse=True)
    return "|".join(re.escape(p).replace(r"\ ", r"\s") for p in ordered)


def _address(streets: Sequence[str]) -> re.Pattern[str]:
    part = rf"(?:{WORD}|\d{{1,4}}(?:st|nd|rd|th)?|[NSEW]{{1,2}}\.?)"
    kinds = _any_of(streets)
    box = r"\bP\.?\s?O\.?\s?Box\s\d+"
    unit = r"(?:,?\s(?:[Aa]pt|[Ss]uite|[Ss]te|[Uu]nit|[Rr]oom|[Ff]loor|#)\.?\s?#?[\w-]+)?"
    return re.compile(
        rf"(?<![\w/.])\d{{1,6}}[A-Z]?{BLANK}(?:{part}{BLANK}){{1,4}}?(?:{kinds})\b\.?(?:{BLANK}\d{{1,4}}\b(?:{BLANK}(?:{kinds})\b\.?)?)?{unit}|{box}"
    )


def _city_state(lexicon: Lexicon) -> re.Pattern[str]:
    states = _any_of([*lexicon.states, *lexicon.states.values()])
    return re.compile(
        rf"(?<![\w-])(?P<city>(?:{_SAINT}{BLANK})?{WORD}(?:{BLANK}{WORD}){{0,2}}),[ \t]*\r?\n?[ \t]*"
        rf"(?P<state>{states})(?![\w.-])(?:[ \t]+(?P<zip>\d{{5}}(?:-\d{{4}})?)\b)?"
    )


def _skipped(words: str, generic: frozenset[str]) -> int:
    """Return the offset of the first word that names a place, past articles and kinds ("The", "Primary", "our")."""
    for match in re.finditer(r"\S+", words):
        if match.group().lower() not in generic and match.group()[0].isupper():
            return match.start()
    return len(words)
