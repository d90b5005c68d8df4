"""One fast pattern out of many phrases: a trie, so that a text is compared once per letter and not once per phrase."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_END = ""
_BLANK = r"[ \t]+"


def any_of(phrases: Iterable[str]) -> str:
    """Return a pattern that matches any of ``phrases``, the longest first; a blank stands for any blanks."""
    trie: dict[str, Any] = {}
    for phrase in phrases:
        node = trie
        for character in phrase:
            node = node.setdefault(character, {})
        node[_END] = {}
    return _pattern(trie)


def _pattern(node: dict[str, Any]) -> str:
    branches = [_step(character) + _pattern(below) for character, below in sorted(node.items()) if character != _END]
    if not branches:
        return ""
    joined = "|".join(branches)
    if _END in node:
        return f"(?:{joined})?"
    return joined if len(branches) == 1 else f"(?:{joined})"


def _step(character: str) -> str:
    if character == " ":
        return _BLANK
    return "['\u2019]" if character == "'" else re.escape(character)
