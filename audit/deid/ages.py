"""Ages over 89, of the patient and of relatives, and years of birth that give one away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.deid.identifiers import Identifier, IdentifierType

_AGE = r"(9\d|1[01]\d|12[0-5])"
_ONES = "(?:one|two|three|four|five|six|seven|eight|nine)"
_TENS = rf"(?:ninety(?:[- ]{_ONES})?|(?:one|a) hundred(?:[- ]and)?(?:[- ]{_ONES})?)"
_PATTERNS = (
    re.compile(rf"(?<![\w.])(?:{_AGE}|({_TENS}))[ -]*(?:years?|yrs?)\b[ -]*(?:old|of age)?", re.IGNORECASE),
    re.compile(rf"(?<![\w.-]){_AGE}(?:[ -]*(?:y/?o|y\.o\.|yo[mf]?|yr-old)|[MF])(?!\w)"),
    re.compile(
        r"(?<!\[)\b(?:aged?|age is|age:|at age|at the age of|age of|turned|turning|until|reached|lived to|is now)"
        rf"(?: be)?[ \t]+(?:{_AGE}|({_TENS}))\b(?!\s*(?:%|mg|mcg|ml|bpm|days|weeks|months|minutes|/|degrees))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:died|dead|passed(?: away)?|deceased|alive|living)[ \t]+(?:\w+[ \t]+){{0,2}}?at[ \t]+(?:age[ \t]+)?"
        rf"(?:{_AGE}|({_TENS}))\b(?!\s*(?:%|mg|/))",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:in|into|mid|early|late)[ -](?:his|her|their|the)?[ ]?(?:early |mid[- ]?|late )?"
        r"(9\d['\u2019]?s|nineties)\b"
    ),
    re.compile(r"\b(nonagenarian|centenarian)\b", re.IGNORECASE),
    re.compile(rf"(?<!\[)\bage[ \t]*[:=|][ \t]*{_AGE}\b", re.IGNORECASE),
)
_BORN = re.compile(
    r"\b(?:born|birth year|year of birth|YOB|DOB|birthdate)\b[^\n\d]{0,20}((?:18|19)\d\d)(?![\d/-])", re.IGNORECASE
)
_ANY_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_OVER = 89
_WITHOUT_A_YEAR = 2030
"""A text that names no year of this century is judged as if written then: stricter is always allowed."""
_CANDIDATE = re.compile(r"9\d|1[012]\d|[Nn][Ii][Nn][Ee][Tt]|[Hh][Uu][Nn][Dd][Rr][Ee][Dd]|genarian")
_AROUND = 48
"""Characters before and after a candidate within which its evidence stands."""


class AgeFinder:
    """Finds ages over 89 and the years that imply them."""

    types = (IdentifierType.AGE_OVER_89,)

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every such age of ``text``; the span is the number alone."""
        for candidate in _CANDIDATE.finditer(text):
            low, high = max(0, candidate.start() - _AROUND), min(len(text), candidate.end() + _AROUND)
            for pattern in _PATTERNS:
                for match in pattern.finditer(text, low, high):
                    yield Identifier(*match.span(match.lastindex or 0), IdentifierType.AGE_OVER_89)
        for match in _BORN.finditer(text):
            if implies_over_89(match.group(1), latest_year(text)):
                yield Identifier(*match.span(1), IdentifierType.AGE_OVER_89)


def latest_year(text: str) -> int:
    """Return the latest year of this century that ``text`` names; a note is not older than what it tells."""
    return max((int(match.group()) for match in _ANY_YEAR.finditer(text)), default=_WITHOUT_A_YEAR)


def implies_over_89(year_of_birth: str, year: int) -> bool:
    """Return whether somebody born in that year is 90 or about to be in ``year``."""
    return year - int(year_of_birth) > _OVER
