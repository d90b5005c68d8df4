"""What a document's own header and first sentence say of patient, birth date, sex, age and visit date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = "|".join(f"{m[:3]}(?:{m[3:]})?" if m != "may" else "may" for m in _MONTHS)
_DATE = (
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})|(?P<us>\d{1,2}[/-]\d{1,2}[/-]\d{2,4})|"
    rf"(?P<long>(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})|(?P<euro>\d{{1,2}}\s+(?:{_MONTH})\.?,?\s+\d{{4}})"
)
_PERSON = re.compile(
    r"(?im)^[\s*#>|-]*(?:patient(?:'s)?(?: name)?|pt(?: name)?|name(?: of patient)?)\s*:\s*"
    r"(?P<name>[^\W\d_][^\n\r:|;/()\[\]\d]{1,60})"
)
_NARRATED = re.compile(
    r"(?P<name>(?:(?:Mr|Mrs|Ms|Miss)\.?\s+)?[A-Z][\w'\u2019-]+(?:\s+[A-Z][\w.'\u2019-]*){0,2}),?\s+(?:is|was)\s+an?\s+"
    r"(?:\w+\s+)?\d{1,3}[\s-]*year"
)
_BORN = re.compile(rf"(?i)\b(?:dob|d\.o\.b\.?|date of birth|birth date|birthdate|born)\s*(?:on)?\s*:?\s*(?:{_DATE})")
# "last seen on …" tells of another visit, which a note may well do.
_NOT_EARLIER = "".join(rf"(?<!{word} )" for word in ("last", "first", "previously", "previous", "prior", "next"))
_VISIT = re.compile(
    r"(?i)(?:^|\b)(?:date of (?:service|visit|encounter|exam(?:ination)?|consultation|procedure)|dos|visit date|"
    rf"service date|encounter date|{_NOT_EARLIER}(?:seen on|visit on)|date seen)\s*:?\s*(?:{_DATE})"
)
_DATED = re.compile(rf"(?im)^[\s*#>|-]*date\s*:\s*(?:{_DATE})")
_SEX_FIELD = re.compile(r"(?im)\b(?:sex|gender)\s*:\s*(?P<sex>male|female|m|f)\b")
_AGED = re.compile(
    r"(?i)\b(?P<age>\d{1,3})\s*[\s-]?(?:years?|yrs?|y)[\s-]*(?:/?o|old|of[\s-]age)\b\.?,?\s*"
    r"(?:[a-z-]+\s+){0,3}?(?P<sex>male|female|man|woman|gentleman|lady|boy|girl|m|f)?\b"
)
_AGE_FIELD = re.compile(r"(?im)\bage\s*:\s*(?P<age>\d{1,3})\b")
_RELATIVE = re.compile(r"(?i)\b(?:mother|father|brother|sister|son|daughter|husband|wife|aunt|uncle|spouse)\b")
_FEMALE = frozenset({"female", "f", "woman", "lady", "girl"})
_PARTICLES = frozenset({"de", "del", "van", "von", "der", "la", "di", "da", "bin", "al", "st"})
_NO_NAMES = frozenset(
    {"this", "the", "patient", "pt", "she", "he", "they", "it", "who", "there", "a", "an", "her", "his"}
)
_PIVOT = 30
_SENTENCE = 6
"""As many words are no name any more."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing a document states of its patient or visit, and where."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StatedDate:
    """One date a document states, and where."""

    day: date
    start: int
    end: int


def names(text: str) -> Iterator[Stated]:
    """Yield the patient's name as a header field or the opening of the history gives it."""
    for pattern in (_PERSON, _NARRATED):
        for match in pattern.finditer(text):
            value = match["name"].split("  ")[0].split("\t")[0].strip(" ,.")
            if _is_name(value):
                yield Stated(value, match.start("name"), match.start("name") + len(value))


def _is_name(value: str) -> bool:
    """Whether words look like a full name, or a title with a name: capitals, no sentence."""
    words = re.findall(r"[^\W\d_][\w'\u2019-]*", value)
    plain = all(word[0].isupper() or word.lower() in _PARTICLES for word in words)
    return plain and 1 < len(words) < _SENTENCE and words[0].lower() not in _NO_NAMES


def birth_dates(text: str) -> Iterator[StatedDate]:
    """Yield birth dates given as such."""
    yield from _dates(_BORN, text)


def visit_dates(text: str) -> Iterator[StatedDate]:
    """Yield dates given as the date of service, or as the bare date of the document's header."""
    yield from _dates(_VISIT, text)
    yield from _dates(_DATED, text)


def sexes(text: str) -> Iterator[Stated]:
    """Yield ``F`` or ``M`` from a header field and from the first "n-year-old …" that is not a relative's."""
    for match in _SEX_FIELD.finditer(text):
        yield _sex(match)
    aged = _first_aged(text)
    if aged and aged["sex"]:
        yield _sex(aged)


def ages(text: str) -> Iterator[Stated]:
    """Yield ages in years, likewise."""
    for match in _AGE_FIELD.finditer(text):
        yield Stated(match["age"], match.start("age"), match.end("age"))
    aged = _first_aged(text)
    if aged:
        yield Stated(aged["age"], aged.start("age"), aged.end("age"))


def _first_aged(text: str) -> re.Match[str] | None:
    for match in _AGED.finditer(text):
        if not _RELATIVE.search(text, max(0, match.start() - 40), match.start()):
            return match
        return None
    return None


def _sex(match: re.Match[str]) -> Stated:
    return Stated("F" if match["sex"].lower() in _FEMALE else "M", match.start("sex"), match.end("sex"))


def _dates(pattern: re.Pattern[str], text: str) -> Iterator[StatedDate]:
    for match in pattern.finditer(text):
        kind = match.lastgroup or ""
        day = _parse(kind, match[kind]) if kind else None
        if day is not None:
            yield StatedDate(day, match.start(kind), match.end(kind))


def _parse(kind: str, written: str) -> date | None:
    try:
        if kind in {"iso", "us"}:
            parts = [int(part) for part in re.split(r"[/-]", written)]
            year, month, day = parts if kind == "iso" else (parts[2], parts[0], parts[1])
        else:
            words = re.findall(r"[A-Za-z]{3,}|\d+", written)
            month = [m[:3] for m in _MONTHS].index(next(w for w in words if w.isalpha())[:3].lower()) + 1
            numbers = [int(w) for w in words if w.isdigit()]
            day, year = numbers[0], numbers[1]
        return date(year if year > 99 else year + (2000 if year <= _PIVOT else 1900), month, day)  # noqa: PLR2004 - two digits
    except (ValueError, StopIteration, IndexError):
        return None
