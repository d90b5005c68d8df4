"""The words of a note that are evidence: overlapping spans cut into runs, and excerpts around one span."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

CONTEXT = 80
"""Code points of the note shown on either side of an excerpt, widened to the next blank."""

QUOTES = 2
"""How many different quotations stand beside a code line; all of them are marked in the note."""

_WIDEN = 20
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of text under one set of marks.

    ``opens``: the findings of which a mark begins here; ``first``: those of them that had none before in the text.
    """

    text: str
    findings: tuple[int, ...]
    lines: tuple[int, ...]
    opens: tuple[int, ...]
    first: tuple[int, ...]

    @property
    def marked(self) -> bool:
        """Whether any finding or reading points at these words."""
        return bool(self.findings or self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """One span with a little of the note around it; the booleans say whether the note goes on."""

    before: str
    words: str
    after: str
    cut_before: bool
    cut_after: bool


def runs(text: str, marks: Sequence[Mapping[str, Any]]) -> list[Run]:
    """Cut ``text`` at every boundary of ``marks``; the runs joined are the text again.

    ``marks`` are ``{start, end, finding, line}`` in code points, end exclusive, as ``encounter_row`` gives them.
    """
    marks = [mark for mark in marks if mark["start"] < mark["end"]]
    cuts = sorted({0, len(text), *(m["start"] for m in marks), *(m["end"] for m in marks)})
    seen: set[int] = set()
    cut: list[Run] = []
    for start, end in pairwise(cuts):
        here = [m for m in marks if m["start"] <= start and end <= m["end"]]
        opens = _numbers([m for m in here if m["start"] == start], "finding")
        first = tuple(number for number in opens if number not in seen)
        seen.update(first)
        lines = _numbers([m for m in here if m["finding"] is None], "line")
        findings = _numbers(here, "finding")
        cut.append(Run(text=text[start:end], findings=findings, lines=lines, opens=opens, first=first))
    return cut


def excerpt(text: str, start: int, end: int) -> Excerpt:
    """Return the words of the span with ``CONTEXT`` code points on either side, blank lines closed up."""
    first, last = _back(text, max(0, start - CONTEXT)), _forward(text, min(len(text), end + CONTEXT))
    return Excerpt(
        before=_BLANK_LINES.sub("\n", text[first:start]).lstrip(),
        words=text[start:end],
        after=_BLANK_LINES.sub("\n", text[end:last]).rstrip(),
        cut_before=first > 0,
        cut_after=last < len(text),
    )


def quotes(evidence: Sequence[Mapping[str, Any]], documents: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the different words that ``evidence`` (spans as JSON) points at, at most ``QUOTES`` of them."""
    texts = {document["document_id"]: document["text"] for document in documents}
    said = (texts[s["document_id"]][s["start"] : s["end"]] for s in evidence if s["document_id"] in texts)
    return list(dict.fromkeys(said))[:QUOTES]


def _numbers(marks: Sequence[Mapping[str, Any]], field: str) -> tuple[int, ...]:
    return tuple(sorted({mark[field] for mark in marks if mark[field] is not None}))


def _back(text: str, at: int) -> int:
    blank = max(text.rfind(" ", max(0, at - _WIDEN), at), text.rfind("\n", max(0, at - _WIDEN), at))
    return at if at == 0 or blank < 0 else blank + 1


def _forward(text: str, at: int) -> int:
    found = [i for i in (text.find(" ", at, at + _WIDEN), text.find("\n", at, at + _WIDEN)) if i >= 0]
    return min(found) if at < len(text) and found else at
