"""The forms a known value may take in running text: what the finder looks for and what the sweep must not meet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

_SEPARATOR = r"[\s./()+\u2013-]{0,3}"
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 - a list of words reads as one
)
_SHORTEST_NUMBER = 4
_LETTERS = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def name_parts(name: str, shortest: int) -> Iterator[str]:
    """Yield the words of a name of at least ``shortest`` letters; a hyphenated word whole and in halves."""
    for word in _LETTERS.findall(name):
        yield from (w for w in {word, *word.split("-")} if len(w) >= shortest)


def number_pattern(value: str) -> str | None:
    """Return a pattern of a number with any separators and leading zeros, or None where it is too short to search."""
    core = re.sub(r"\W|_", "", value).lstrip("0")
    if len(core) < _SHORTEST_NUMBER or not any(c.isdigit() for c in core):
        return None
    return r"(?<![^\W_])0*" + _SEPARATOR.join(re.escape(c) for c in core) + r"(?![^\W_])"


def phrase_pattern(value: str) -> str:
    """Return a pattern of a phrase whose blanks may be any blanks or a line break, and whose commas and stops may go."""
    words = [re.escape(word.strip(".,")) for word in value.split() if word.strip(".,")]
    return r"(?<!\w)" + r"[\s.,]{1,4}".join(words) + r"(?!\w)"


def date_patterns(day: date) -> Iterator[str]:
    """Yield patterns of one date in the ways notes write it: ISO, numeric with any separator, written, compact."""
    y, m, d = day.year, day.month, day.day
    short = rf"(?:{y}|{y % 100:02d})"
    month, sep = _MONTHS[m - 1], r"[-/. ]"
    named = rf"(?:{month}|{month[:3]}t?\.?)"
    yield rf"(?<!\d){y}{sep}0?{m}{sep}0?{d}(?!\d)"
    yield rf"(?<!\d)0?{m}{sep}0?{d}{sep}{short}(?!\d)"
    yield rf"(?<!\d)0?{d}{sep}0?{m}{sep}{short}(?!\d)"
    yield rf"(?<!\w){named}\s+0?{d}(?:st|nd|rd|th)?(?:\s*,?\s*['\u2019]?{short})?(?!\d)"
    yield rf"(?<!\d)0?{d}(?:st|nd|rd|th)?[-\s]+(?:of\s+)?{named}(?:[-\s,]+['\u2019]?{short})?(?!\w)"
    yield rf"(?<!\d)(?:{y}{m:02d}{d:02d}|{m:02d}{d:02d}{y})(?!\d)"


def compiled(patterns: Iterable[str]) -> re.Pattern[str] | None:
    """Return one case-blind alternation of all patterns, or None where there are none."""
    unique = sorted(set(patterns), key=len, reverse=True)
    return re.compile("|".join(unique), re.IGNORECASE) if unique else None
