"""Dates: every element but the year is an identifier (45 CFR 164.514(b)(2)(i)(C)).

A year alone, a duration ("3 days post-op") and a time of day are no dates here. Weekdays, month names and holidays are:
beside a note's year they name the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from audit.deid.identifiers import Identifier, IdentifierType

_LONG = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTH = rf"(?:{_LONG}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?"
_CLEAR = "January|February|April|June|July|August|September|October|November|December"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MON = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:1[89]|20|21)\d\d"
_SHORT_YEAR = rf"(?:{_YEAR}|['\u2019]?\d\d)"
_ORDINAL = r"(?:st|nd|rd|th)?"
_GAP = r"[ \t]*\r?\n?[ \t]*"
_ON = r"(?:on|since|until|til|till|by|from|to|through|thru|before|after|dated|date|of|between|and|DOB:?|DOS:?|seen)"
_MEASURE = (
    r"(?![\d/%]|\.\d)(?!\s*(?:strength|scale|pain|systolic|diastolic|murmur|points?|in severity|out|on the|mg|bilat))"
)

_WRITTEN = re.compile(
    rf"\b(?:{_WEEKDAY}|(?:Mon|Tue|Tues|Wed|Thu|Thur|Thurs|Fri|Sat|Sun)\.?)?,?\s?(?<!\w)(?:"
    rf"{_MONTH}{_GAP}{_DAY}{_ORDINAL}\b(?!\s?(?:mg|mcg|ml|%))(?:\s*[-\u2013&]\s*{_DAY}{_ORDINAL}\b)?"
    rf"(?:{_GAP},?{_GAP}{_YEAR}\b|\s?,?\s['\u2019]\d\d\b)?"
    rf"|{_DAY}{_ORDINAL}(?:\s+of\s+|[-\s]){_MONTH}(?:,?[-\s]{_SHORT_YEAR}\b)?(?!\w)"
    rf"|{_MONTH}(?:,|\s+of)?[-\s]{_YEAR}\b)",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    rf"(?<![\w./-])(?:"
    rf"{_YEAR}([-/.]){_MON}\1{_DAY}(?=\D|$)(?:T\d\d:?\d\d(?::?\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"
    rf"|{_MON}([-/.]){_DAY}\2(?:{_YEAR}|\d\d)(?![\d/]|-\d|\.\d)"
    rf"|{_DAY}([-/.]){_MON}\3{_YEAR}(?![\d/]|-\d|\.\d)"
    rf"|{_MON}[/-]{_YEAR}(?![\d/]|-\d)"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[0-2]\d[0-5]\d(?:[0-5]\d)?)?(?!\d))"
)
_PARTIAL = re.compile(
    rf"\b{_ON}\s+({_MON}/{_DAY}){_MEASURE}|\b{_ON}\s+(0\d[/-]{_DAY})(?![\d/%-]|\.\d)|(?<![\w./-])({_DAY}/{_YEAR})(?![\d/])",
    re.IGNORECASE,
)
_MAY_OR_MARCH = re.compile(
    r"\b(?:in|of|since|until|till|by|from|through|last|next|this|during|early|late|mid)[ -]"
    r"(?:early |late |mid[- ]?)?(May|March|Mar)\b(?!\s+(?:be|have|not|need|also|or|cause|help|require))"
)


class DateFinder:
    """Finds dates and parts of dates."""

    types = (IdentifierType.DATE,)

    def __init__(self, holidays: tuple[str, ...]) -> None:
        """Take the names of the days that fix a date, as printed."""
        named = "|".join(re.escape(day) for day in sorted(holidays, key=len, reverse=True))
        self._alone = re.compile(rf"\b(?:{_CLEAR}|{_WEEKDAY}|{named.upper()}|{named})\b(?!['\u2019]?s\b(?<=day's))")

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every date of ``text``; spans may overlap."""
        for pattern in (_WRITTEN, _NUMERIC, _PARTIAL, _MAY_OR_MARCH, self._alone):
            for match in pattern.finditer(text):
                start, end = _group(match)
                yield Identifier(start + _leading(text, start, end), end, IdentifierType.DATE)


def _group(match: re.Match[str]) -> tuple[int, int]:
    """Return the span of the group that names the date where a pattern needs words around it, else of all."""
    if match.re in (_PARTIAL, _MAY_OR_MARCH):
        return match.span(match.lastindex or 0)
    return match.span()


def _leading(text: str, start: int, end: int) -> int:
    """Return how many blanks and commas the match begins with: an optional weekday may leave some."""
    words = text[start:end]
    return len(words) - len(words.lstrip(" \t\r\n,"))


_YEAR_IN = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
_YEAR_AT_START = re.compile(rf"{_YEAR}(?=\d{{4}})")


def year_of(words: str) -> str:
    """Return the four-digit year a date says, or an empty string; two digits are not guessed."""
    match = _YEAR_IN.search(words) or _YEAR_AT_START.match(words)
    return match.group() if match else ""
