"""The sweep: every byte of an export is searched for every known value of every patient in it.

It shares no pattern with the finders: the output is cut into words, numbers and dates, each is brought to a normal form
and looked up. Values too short or too plain to be searched alone are counted as not examined, never passed over in
silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from audit.deid.identifiers import IdentifierType
from audit.deid.known import KnownRecord
from audit.deid.lexicon import Lexicon
from audit.deid.roster import is_distinctive, known_numbers, known_phrases, known_words

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![^\W_])\d(?:[ \t./()+\u2013-]{0,3}\d){1,30}(?![^\W_])")
_CODE = re.compile(r"[^\W_]+(?:[-./\u2013][^\W_]+)*")
_EMAIL = re.compile(r"[\w.+'-]+@[\w.-]+")
_TRIPLE = re.compile(r"(?<![\d.])(\d{1,4})([-/. ])(\d{1,2})\2(\d{1,4})(?!\d)")
_FULL_YEAR = 1000
_PARTS = 5
"""Groups of digits that one number is written in at most."""
_BETWEEN = re.compile(r"[ \t]{0,2},?[ \t]{0,2}\n?|-")
_MONTHS = {
    m: i for i, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_SPOKEN = re.compile(
    r"(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)?[-\s,]+(?:of\s+)?)?(?P<m>[A-Za-z]{3,9})\.?[-\s,]+(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?[-\s,]+)?(?P<y>\d{4})(?!\d)"
)


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """A known value that was met in the output: what kind, and where. Never the value."""

    file: str
    row: int
    type: IdentifierType


@dataclass(frozen=True, slots=True)
class KnownValues:
    """The normal forms of all known values of all patients of an export."""

    words: frozenset[str]
    phrases: dict[str, list[tuple[str, ...]]]
    phrase_types: dict[tuple[str, ...], IdentifierType]
    numbers: dict[str, IdentifierType]
    dates: frozenset[date]
    emails: frozenset[str]
    not_examined: int = field(default=0)
    """Values not searched alone: names that are plain words, numbers below six characters."""


def index_known(records: Sequence[KnownRecord], extra_ids: Iterable[str], lexicon: Lexicon) -> KnownValues:
    """Bring everything the records know, and the ids of the tables, to the forms the sweep looks up."""
    ids = list(extra_ids)
    names = known_words(records)
    words = frozenset(w for w in names if is_distinctive(w, lexicon))
    types = known_phrases(records)
    phrases: dict[str, list[tuple[str, ...]]] = {}
    for sequence in types:
        phrases.setdefault(sequence[0], []).append(sequence)
    numbers = known_numbers(records, ids)
    every = {_core(value) for record in records for value, _ in record.numbers()} | {_core(value) for value in ids}
    return KnownValues(
        words=words,
        phrases=phrases,
        phrase_types=types,
        numbers=numbers,
        dates=frozenset(d for r in records for d in (r.birth_date, *r.service_dates) if d),
        emails=frozenset(r.email.lower() for r in records if r.email),
        not_examined=len(names) - len(words) + len(every - set(numbers) - {""}),
    )


def sweep(folder: Path, known: KnownValues) -> list[Leak]:
    """Return every known value in the contents and names of the files under ``folder``, by file, row and type."""
    leaks: set[Leak] = set()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        leaks |= {Leak("(file name)", 0, kind) for kind in found_types(name.replace("_", " "), known)}
        if path.is_file():
            leaks |= set(_in_file(path, name, known))
    return sorted(leaks)


def _in_file(path: Path, name: str, known: KnownValues) -> Iterator[Leak]:
    text = path.read_bytes().decode("utf-8", "surrogatepass")
    for number, block in enumerate(_blocks(text), 1):
        for kind in found_types(block, known):
            yield Leak(name, number, kind)


def _blocks(text: str) -> list[str]:
    """Return the rows of a table, a quoted cell with line ends in it whole; of other files the lines."""
    rows: list[str] = []
    held: list[str] = []
    quotes = 0
    for line in text.split("\n"):
        held.append(line)
        quotes += line.count('"')
        if quotes % 2 == 0:
            rows.append("\n".join(held))
            held, quotes = [], 0
    return [*rows, "\n".join(held)] if held else rows


def found_types(text: str, known: KnownValues) -> set[IdentifierType]:
    """Return the types of the known values that stand in ``text``."""
    found = set(_word_types(text, known)) | set(_number_types(text, known))
    if not known.dates.isdisjoint(_dates_in(text)):
        found.add(IdentifierType.DATE)
    if "@" in text and any(m.group().lower().strip(".") in known.emails for m in _EMAIL.finditer(text)):
        found.add(IdentifierType.EMAIL)
    return found


def _word_types(text: str, known: KnownValues) -> Iterator[IdentifierType]:
    words = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]
    if not known.words.isdisjoint(word.lower() for _, _, word in words):
        yield IdentifierType.NAME
    for index, (_, _, word) in enumerate(words):
        for phrase in known.phrases.get(word.lower(), ()):
            kind = known.phrase_types[phrase]
            if _stands(text, words[index : index + len(phrase)], phrase, named=kind is IdentifierType.NAME):
                yield kind


def _stands(text: str, found: Sequence[tuple[int, int, str]], phrase: tuple[str, ...], *, named: bool) -> bool:
    """Return whether the words are the phrase with no more than blanks, a comma or a hyphen between them."""
    if tuple(word.lower() for _, _, word in found) != phrase:
        return False
    gaps = (text[left[1] : right[0]] for left, right in pairwise(found))
    return all(_BETWEEN.fullmatch(gap) for gap in gaps) and (not named or all(w[0].isupper() for _, _, w in found))


def _number_types(text: str, known: KnownValues) -> Iterator[IdentifierType]:
    for match in _CODE.finditer(text):
        if kind := known.numbers.get(_core(match.group())):
            yield kind
    for match in _NUMBER.finditer(text):
        parts = re.findall(r"\d+", match.group())
        for first in range(len(parts)):
            for last in range(first + 1, min(len(parts), first + _PARTS) + 1):
                if kind := known.numbers.get("".join(parts[first:last]).lstrip("0")):
                    yield kind


def _dates_in(text: str) -> Iterator[date]:
    for match in _TRIPLE.finditer(text):
        a, b, c = (int(match.group(n)) for n in (1, 3, 4))
        if match.group(2) == " " and max(a, c) < _FULL_YEAR:
            continue
        for y, m, d in ((a, b, c), (c, a, b), (c, b, a)):
            yield from _days(y, m, d)
    for match in re.finditer(r"(?<!\d)\d{8}(?!\d)", text):
        eight = match.group()
        yield from _days(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
        yield from _days(int(eight[4:]), int(eight[:2]), int(eight[2:4]))
    for match in _SPOKEN.finditer(text):
        month = _MONTHS.get(match.group("m")[:3].lower())
        day = match.group("d2") or match.group("d1")
        if month and day:
            yield from _days(int(match.group("y")), month, int(day))


def _days(year: int, month: int, day: int) -> Iterator[date]:
    """Yield the date where there is one; a year of two digits stands for both centuries."""
    for full in (year,) if year > 99 else (1900 + year, 2000 + year):  # noqa: PLR2004 - two digits
        try:
            yield date(full, month, day)
        except ValueError:
            continue


def _core(value: str) -> str:
    return re.sub(r"[\W_]", "", value).lower().lstrip("0")
