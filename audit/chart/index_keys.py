"""Keys of the Alphabetic Index: a path of headings is one name, and a heading that gives several forms is several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

IndexRow = tuple[Sequence[str], str]
"""The headings of one row, outermost first, and its code; an incomplete code stands for the codes below it."""

_MOST_FORMS = 6
_STEM = 4
"""Forms of one word share this many letters ("abdomen, abdominal"); else a comma turns words round."""
_LINKS = re.compile(r"^(?:with|in|due to|and|by|from|of|for|due to, in|in, due to|with, due to)$")
_KINDS = re.compile(r"\b(?:nec|nos)\b", re.IGNORECASE)
_REST = re.compile(r"\bspecified\b(?! as)")
_UNSAID = re.compile(r"\b(?:without|not |except|unspecified)\b")


def names_of(headings: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Yield each name of a path, and whether it is one for what has no entry of its own ("specified NEC")."""
    levels = [_KINDS.sub("", heading.lower()).strip(" ,") for heading in headings]
    rest = any(_REST.search(level) for level in levels)
    if any(_UNSAID.search(level) for level in levels):
        return
    said = [_forms(level) for level in levels if level and not _LINKS.match(level) and not _REST.search(level)]
    for forms in islice(product(*said), _MOST_FORMS):
        yield ", ".join(forms), rest


def _forms(heading: str) -> list[str]:
    parts = heading.split(", ")
    alike = len({part[:_STEM] for part in parts}) == 1
    return parts if len(parts) > 1 and alike else [heading]


def known_rows(rows: Iterable[IndexRow], codes: frozenset[str]) -> Iterator[IndexRow]:
    """Yield the rows whose code the edition has: the index may be of another year than the tabular list.

    Reasons for an encounter are not taken: an X-ray named in a note is not a visit for one.
    """
    for headings, code in rows:
        if code in codes and not "Z00" <= code[:3] <= "Z13":
            yield headings, code
