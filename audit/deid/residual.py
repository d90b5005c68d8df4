"""The second detector: what still looks like an identifier in a text that has been transformed.

It shares no pattern with the finders. They look for evidence of an identifier; this one asks of every token whether it
may be there at all: a word that English and medicine know, a number that measures. What is left over is a *residual*,
counted by type and place for a person to look at, never shown. A residual is a question, not a leak.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Iterator

from audit.deid.identifiers import IdentifierType
from audit.deid.lexicon import Lexicon

_STRIPPED = string.punctuation + "\u2019\u201c\u201d\u2013\u2022"
_KNOWN_SHARE = 1e-6
_SHORTEST_WORD, _SHORTEST_NUMBER = 3, 7
_DATE_PARTS = 3
_MONTHS = frozenset(["january", "february", "april", "june", "july", "august", "september", "october", "november"])


class Residuals:
    """Counts what a transformed text still holds."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the words that may stand in a text."""
        self._lexicon = lexicon
        self._allowed = (
            *(lexicon.not_names, lexicon.eponyms, lexicon.vocabulary, lexicon.terms, lexicon.products),
            *(lexicon.departments, lexicon.countries, lexicon.state_names, lexicon.facility_generic),
        )

    def of(self, texts: Iterable[str]) -> Counter[str]:
        """Return how many tokens of each type are left in ``texts``."""
        return Counter(str(kind) for text in texts for kind in self._kinds(text))

    def _kinds(self, text: str) -> Iterator[IdentifierType]:
        before = ""
        for token in _outside_tags(text).split():
            word = token.strip(_STRIPPED)
            if word and (kind := self._kind(word, token, before)):
                yield kind
            before = token

    def _kind(self, word: str, token: str, before: str) -> IdentifierType | None:
        if "@" in token:
            return IdentifierType.EMAIL
        if "://" in token or token.lower().startswith("www."):
            return IdentifierType.URL
        if any(c.isdigit() for c in word):
            return _number_kind(word)
        if word.lower() in _MONTHS or (word.isdigit() and before.lower().strip(".") in _MONTHS):
            return IdentifierType.DATE
        amid = bool(before) and before[-1] not in ".:!?;)|" and before[-1].isalnum() and before[-1].islower()
        return IdentifierType.NAME if amid and self._is_unknown(word) else None

    def _is_unknown(self, word: str) -> bool:
        low = word.lower().removesuffix("'s").removesuffix("\u2019s")
        if len(low) < _SHORTEST_WORD or not word[0].isupper() or not word[1:].islower():
            return False
        if any(part in words for words in self._allowed for part in (low, low.rstrip("s"), *low.split("-"))):
            return False
        share = self._lexicon.words.get(low, 0.0)
        return share < _KNOWN_SHARE or low in self._lexicon.given


def _number_kind(word: str) -> IdentifierType | None:
    digits = sum(c.isdigit() for c in word)
    for mark in "/-.":
        parts = word.split(mark)
        if len(parts) == _DATE_PARTS and all(p.isdigit() for p in parts) and digits <= _SHORTEST_NUMBER + 1:
            return IdentifierType.DATE
    if digits >= _SHORTEST_NUMBER:
        return IdentifierType.OTHER_ID
    return None


def _outside_tags(text: str) -> str:
    """Return the text without its tags: ``[NAME]`` and the like."""
    kept: list[str] = []
    for piece in text.split("["):
        tag, closed, rest = piece.partition("]")
        kept.append(rest if closed and tag.split(":")[0].replace("_", "").isupper() else piece)
    return " ".join(kept)
