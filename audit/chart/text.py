"""Cutting a stored text into sections and clauses. Nothing is rewritten: every offset is one of the stored text.

A clause ends at a line end, ``;``, ``.``, ``!`` or ``?`` (not inside a number or an abbreviation); a line that runs on
(the next begins in lower case) is one clause with it. Headings are structure and never text to match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audit.chart.lexicon import Lexicon

_LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_DRESS = re.compile(r"[\s\-*•·●▪#>|=_\u2022\u200e\u200f\u202a-\u202e\ufeff]*(?:\(?\d{1,2}[.)]\s+)?(?:\[[ xX]?\]\s*)?")
_GAP = re.compile(r"\n\s*\n")
_END = re.compile(r"[;!?]+|\.+(?=\s|$|[\"')\]])")
_TITLE = re.compile(r"\b(?:dr|mr|mrs|ms|vs|st|no|approx|e\.g|i\.e|q\.d|b\.i\.d|a\.m|p\.m)$", re.IGNORECASE)
LABEL = "label"
"""Words before a colon that are neither a heading of a section nor text: the systems of a review or an exam."""

_HEADING_LETTERS = 70
_RUNS_ON = 40
_LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: offsets into the document's text, its section class, and which line group it stands in."""

    start: int
    end: int
    section: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Headings:
    """Heading text (lower case, without marks) to section class."""

    sections: Mapping[str, str]

    @classmethod
    def of(cls, lexicon: Lexicon) -> Headings:
        """Build the table from ``headings.txt``."""
        return cls({_bare(item): head for head, items in lexicon.entries("headings") for item in items})

    def find(self, line: str) -> tuple[str, int] | None:
        """Return the section class and the length of the heading at the start of ``line``, or None.

        A heading fills its line or stands before a colon.
        """
        head, colon, _ = line.partition(":")
        if len(head) > _HEADING_LETTERS:
            return None
        section = self.sections.get(_bare(head))
        if section is None:
            return None
        return section, len(head) + len(colon)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower().replace("'", "").replace("\u2019", "")))


def clauses(text: str, headings: Headings) -> list[Clause]:
    """Return the clauses of ``text`` in order."""
    found: list[Clause] = []
    section = ""
    for paragraph, (start, end) in enumerate(_joined_lines(text, headings)):
        heading = headings.find(text[start : min(end, start + _HEADING_LETTERS + 1)])
        begin = start if heading is None else start + heading[1]
        if heading is not None and heading[0] != LABEL:
            section = heading[0]
        found.extend(Clause(a, b, section, paragraph) for a, b in _cut(text, begin, end))
    return found


def _joined_lines(text: str, headings: Headings) -> Iterator[tuple[int, int]]:
    held: tuple[int, int] | None = None
    for match in _LINE.finditer(text):
        dressed = _DRESS.match(text, match.start(), match.end())
        start = dressed.end() if dressed else match.start()
        if start >= match.end():
            continue
        if held is not None and start - match.start() < 2 and _continues(text, held, start, headings):  # noqa: PLR2004 - at most one blank: a bullet starts anew
            held = (held[0], match.end())
            continue
        if held is not None:
            yield held
        held = (start, match.end())
    if held is not None:
        yield held


def _continues(text: str, held: tuple[int, int], start: int, headings: Headings) -> bool:
    line = text[held[0] : held[1]].rstrip()
    if _GAP.search(text, held[1], start) or len(line) < _RUNS_ON or line[-1:] in ".:;!?":
        return False
    return text[start].islower() and headings.find(line) is None


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _END.finditer(text, start, end):
        if match.group().startswith(".") and _TITLE.search(text, max(at, match.start() - 8), match.start()):
            continue
        yield from _chunks(text, at, match.start())
        at = match.end()
    yield from _chunks(text, at, end)


def _chunks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Bound a clause without any punctuation, so that no text can make matching slow."""
    while end - start > _LONGEST:
        stop = text.rfind(" ", start + 1, start + _LONGEST)
        stop = stop if stop > start else start + _LONGEST
        yield start, stop
        start = stop
    if text[start:end].strip():
        yield start, end
