"""How a capitalised word looks: the pieces of pattern that the finders of names and places share."""

from __future__ import annotations

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽ"
WORD = rf"(?<!\w['\u2019])[{UPPER}][\w'\u2019]{{0,40}}(?:-[\w'\u2019]{{1,40}}){{0,4}}"
"""One capitalised word, with apostrophes and hyphens inside; bounded, so that no text takes time by its square."""
BLANK = r"[ \t]+"
_LIST_NUMBER = 3
SENTENCE_START = frozenset(".!?:\n\r\u2022*|;")
"""Characters after which a capital says nothing."""


def begins_sentence(text: str, start: int) -> bool:
    """Return whether the word at ``start`` is capitalised by its place alone."""
    at = start - 1
    while at >= 0 and text[at] in " \t\"'(-\u201c":
        at -= 1
    return at < 0 or text[at] in SENTENCE_START or (text[at] in ")0123456789" and _numbered(text, at))


def _numbered(text: str, at: int) -> bool:
    """Return whether a list number ends at ``at``: the word after it begins a line."""
    line = text[text.rfind("\n", 0, at) + 1 : at + 1].strip()
    return len(line) <= _LIST_NUMBER and line.rstrip(").").isdigit()


def lowered(text: str) -> str:
    """Return ``text`` in lower case with every character at its old offset."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
