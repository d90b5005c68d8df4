"""Dates: every element but the year is an identifier (45 CFR 164.514(b)(2)(i)(C)).

A year alone, a duration ("3 days post-op") and a time of day are no dates here. Weekdays, month names and holidays are:
beside a note's year they name the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.deid.alternation import any_of
from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.words import lowered

_LONG = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november")
_MONTHS = (*_LONG, "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{any_of(_MONTHS)})\.?"
_CLEAR = [m.capitalize() for m in (*_LONG, "december") if m not in ("may", "march")]
_WEEKDAYS = [f"{d}day{s}" for d in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun") for s in ("", "s")]
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MON = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:1[89]|20|21)\d\d"
_SHORT_YEAR = rf"(?:{_YEAR}|['\u2019]?\d\d)"
_ORDINAL = r"(?:st|nd|rd|th)?"
_GAP = r"[ \t]*\r?\n?[ \t]*"

# On lower-case text. Each begins with a literal or a digit, which is what makes it fast.
_MONTH_FIRST = re.compile(
    rf"(?:{any_of(_MONTHS)})\b\.?(?:"
    rf"{_GAP}{_DAY}{_ORDINAL}\b(?!\s?(?:mg|mcg|ml|%))(?:\s*[-\u2013&]\s*{_DAY}{_ORDINAL}\b)?"
    rf"(?:{_GAP},?{_GAP}{_YEAR}\b|\s?,?\s['\u2019]\d\d\b)?"
    rf"|(?:,|\s+of)?[-\s]{_YEAR}\b)"
)
_DAY_FIRST = re.compile(rf"\d{{1,2}}{_ORDINAL}(?:\s+of\s+|[-\s]){_MONTH}(?:,?[-\s]{_SHORT_YEAR}\b)?(?!\w)")
_NUMERIC = re.compile(
    rf"{_YEAR}([-/.]){_MON}\1{_DAY}(?=\D|$)(?:t\d\d:?\d\d(?::?\d\d)?(?:\.\d+)?(?:z|[+-]\d\d:?\d\d)?)?"
    rf"|{_MON}([-/.]){_DAY}\2(?:{_YEAR}|\d\d)(?![\d/]|-\d|\.\d)"
    rf"|{_DAY}([-/.]){_MON}\3{_YEAR}(?![\d/]|-\d|\.\d)"
    rf"|(?:1[3-9]|2\d|3[01])([-/.]){_MON}\4\d\d(?![\d/]|-\d|\.\d)"
    rf"|(?:{_MON}|{_DAY})/{_YEAR}(?![\d/]|-\d)|{_MON}-{_YEAR}(?![\d/]|-\d)"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[0-2]\d[0-5]\d(?:[0-5]\d)?)?(?!\d)"
)
_CANDIDATE = re.compile(r"\d{1,4}[-/.]\d|\d{8}")
_MEASURE = r"(?!\s*(?:strength|scale|pain|systolic|diastolic|murmur|points?|in severity|out|of|on the|mg|bilat))"
_PARTIAL = re.compile(rf"{_MON}/{_DAY}(?![\d/%]|\.\d){_MEASURE}|0\d-{_DAY}(?![\d/%-]|\.\d)")
_ON_BEFORE = re.compile(
    r"\b(?:on|since|until|til|till|by|from|to|through|thru|before|after|dated|date|of|between|and|dob:?|dos:?|seen|appt|"
    r"appointment|visit|due|(?:mon|tues?|wed|thurs?|fri|sat|sun)\.?,?)\s+$"
)
_FIRMLY_BEFORE = re.compile(
    r"\b(?:on|since|until|till|dated|date|dob:?|dos:?|seen|appt|appointment|visit|due|(?:mon|tues?|wed|thurs?|fri|sat|sun)\.?,?)\s+$"
)
_TENTHS = 10
_WEEKDAY_BEFORE = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|mon|tues?|wed|thurs?|fri|sat|sun)\.?,?\s$"
)
_MAY_OR_MARCH = re.compile(r"(?:may|march|mar)\b(?!\s+(?:be|have|not|need|also|or|cause|help|require))")
_IN_BEFORE = re.compile(
    r"\b(?:in|of|since|until|till|by|from|through|last|next|this|during|early|late|mid)[ -](?:early |late |mid[- ]?)?$"
)
_ON_THE = re.compile(r"\b(?:on|by|since|until) the (\d{1,2}(?:st|nd|rd|th))(?=[.,;)\n]|$)")
_SHORT_WEEKDAY = re.compile(r"\b(?:on|this|next|last|until|by)[ \t](Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\b(?![\w'])")
_BEFORE = 24
_WORD_OR_NUMBER = re.compile(r"[\w./-]")


class DateFinder:
    """Finds dates and parts of dates."""

    types = (IdentifierType.DATE,)

    def __init__(self, holidays: tuple[str, ...]) -> None:
        """Take the names of the days that fix a date, as printed."""
        named = any_of([*holidays, *(day.upper() for day in holidays), *_CLEAR, *_WEEKDAYS])
        self._alone = re.compile(rf"(?:{named})\b")

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every date of ``text``; spans may overlap."""
        low = lowered(text)
        for start, end in (
            *_written(low),
            *_numeric(low),
            *_may(text, low),
            *_short_weekdays(text),
            *self._named(text),
        ):
            yield Identifier(start, end, IdentifierType.DATE)

    def _named(self, text: str) -> Iterator[tuple[int, int]]:
        for match in self._alone.finditer(text):
            if _stands_alone(text, match.start()):
                yield match.span()


def _written(low: str) -> Iterator[tuple[int, int]]:
    """Yield dates with a month's name, with the weekday before them where there is one."""
    for pattern in (_MONTH_FIRST, _DAY_FIRST):
        for match in pattern.finditer(low):
            if _stands_alone(low, match.start()) or low[match.start() - 1] in "-/(":
                weekday = _WEEKDAY_BEFORE.search(low, max(0, match.start() - _BEFORE), match.start())
                yield (weekday.start() if weekday else match.start()), match.end()


def _numeric(low: str) -> Iterator[tuple[int, int]]:
    for candidate in _CANDIDATE.finditer(low):
        match = None if _glued(low, candidate.start()) else _NUMERIC.match(low, candidate.start())
        if match:
            yield match.span()
    for match in _PARTIAL.finditer(low):
        pattern = _FIRMLY_BEFORE if _is_fraction(match.group()) else _ON_BEFORE
        if pattern.search(low, max(0, match.start() - _BEFORE), match.start()):
            yield match.span()


def _is_fraction(words: str) -> bool:
    """Return whether month/day could be a part, a score or an acuity: 1/3, 4/10."""
    first, second = re.split("[-/]", words)
    return int(first) <= int(second) <= _TENTHS


def _may(text: str, low: str) -> Iterator[tuple[int, int]]:
    """Yield May and March where they are months: with a capital, after a preposition."""
    for match in _MAY_OR_MARCH.finditer(low):
        if text[match.start()].isupper() and _IN_BEFORE.search(low, max(0, match.start() - _BEFORE), match.start()):
            yield match.span()


def _short_weekdays(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_SHORT_WEEKDAY, _ON_THE):
        for match in pattern.finditer(text):
            yield match.span(1)


def _stands_alone(text: str, start: int) -> bool:
    return start == 0 or not (text[start - 1].isalnum() or text[start - 1] in "_-")


def _glued(text: str, start: int) -> bool:
    """Return whether a number goes on to the left of ``start``."""
    return start > 0 and bool(_WORD_OR_NUMBER.match(text[start - 1]))


_YEAR_IN = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_YEAR_AT_START = re.compile(rf"{_YEAR}(?=\d{{4}})")


def year_of(words: str) -> str:
    """Return the four-digit year a date says, or an empty string; two digits are not guessed."""
    match = _YEAR_IN.search(words) or _YEAR_AT_START.match(words)
    return match.group() if match else ""
