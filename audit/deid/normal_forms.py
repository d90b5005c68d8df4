"""The forms a known value may take in running text, as sequences of words: what stands between them does not matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

Words = tuple[str, ...]

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NAME = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_JOINT = re.compile(r"['\u2019-]")
_WORD = re.compile(r"[^\W_]+")


def words_of(value: str) -> Words:
    """Return the words and numbers of a value in lower case, without anything between them."""
    return tuple(word.lower() for word in _WORD.findall(value))


def name_parts(name: str, shortest: int) -> Iterator[str]:
    """Yield the words of a name of at least ``shortest`` letters; one with hyphen or apostrophe whole and in parts."""
    for word in _NAME.findall(name):
        yield from (part for part in {word, *word.split("-"), *_JOINT.split(word)} if len(part) >= shortest)


def core_of(value: str) -> str:
    """Return a number or code bare: lower case, no separators, no leading zeros."""
    return "".join(words_of(value)).lstrip("0")


def date_forms(day: date) -> Iterator[Words]:
    """Yield one date in the ways notes write it: ISO, month or day first, two-digit year, written, compact."""
    years = (str(day.year), f"{day.year % 100:02d}")
    months = {str(day.month), f"{day.month:02d}"}
    days = {str(day.day), f"{day.day:02d}"}
    name = _MONTHS[day.month - 1]
    spoken = {name, name[:3], f"{name[:3]}t"}
    spoken_days = days | {f"{d}{ending}" for d in days for ending in ("st", "nd", "rd", "th")}
    for month in months:
        for d in days:
            yield (years[0], month, d)
            for year in years:
                yield from ((month, d, year), (d, month, year))
    for month in spoken:
        for d in spoken_days:
            yield from ((month, d), (d, month), (d, "of", month))
            for year in years:
                yield from ((month, d, year), (d, month, year), (d, "of", month, year))
    yield (f"{day:%Y%m%d}",)
    yield (f"{day:%m%d%Y}",)
