"""Looking values up in a text that was cut into words and numbers: phrases over gaps, numbers over separators."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence

from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.normal_forms import Words

Token = tuple[int, int, str]

_TOKEN = re.compile(r"[^\W_]+")
_GAP = 4
"""Characters that may stand between two words of one value."""


def tokens_of(text: str) -> list[Token]:
    """Return the words and numbers of ``text`` with their offsets."""
    return [(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]


class PhraseTable:
    """Several words that together are one value, found by their first."""

    def __init__(self, pairs: Iterable[tuple[Words, IdentifierType]]) -> None:
        """Index the phrases."""
        self._by_first: dict[str, list[tuple[Words, IdentifierType]]] = {}
        for words, kind in pairs:
            self._by_first.setdefault(words[0], []).append((words, kind))

    def at(self, tokens: Sequence[Token], index: int) -> Iterator[Identifier]:
        """Yield every phrase that begins at a token."""
        for words, kind in self._by_first.get(tokens[index][2].lower(), ()):
            if (stop := _phrase_end(tokens, index, words)) is not None:
                yield Identifier(tokens[index][0], stop, kind)


class NumberTable:
    """Numbers and codes whose separators and leading zeros mean nothing."""

    def __init__(self, cores: Mapping[str, IdentifierType]) -> None:
        """Index bare numbers (``core_of``) and all their beginnings."""
        self._cores = cores
        self._starts = {core[:n] for core in cores for n in range(1, len(core) + 1)}

    def at(self, tokens: Sequence[Token], index: int) -> Iterator[Identifier]:
        """Yield every number that begins at a token; letters glued to its front may be a label."""
        start, _, word = tokens[index]
        if not (word[-1].isdigit() or word[0].isdigit() or word.lower() in self._starts):
            return
        for skipped in {0, len(word) - len(word.lstrip(string.ascii_letters))}:
            for stop, core in _joined(tokens, index, skipped):
                if kind := self._cores.get(core):
                    yield Identifier(start + skipped, stop, kind)
                if core and core not in self._starts:
                    break


def _joined(tokens: Sequence[Token], index: int, skipped: int) -> Iterator[tuple[int, str]]:
    """Yield the end and the bare form of ever longer sequences of tokens that stand close together."""
    joined = ""
    for at in range(index, len(tokens)):
        start, stop, word = tokens[at]
        if at > index and start - tokens[at - 1][1] > _GAP:
            return
        joined += (word[skipped:] if at == index else word).lower()
        yield stop, joined.lstrip("0")


def _phrase_end(tokens: Sequence[Token], index: int, words: Words) -> int | None:
    last = index + len(words) - 1
    if last >= len(tokens):
        return None
    for offset in range(1, len(words)):
        token = tokens[index + offset]
        if token[2].lower() != words[offset] or token[0] - tokens[index + offset - 1][1] > _GAP:
            return None
    return tokens[last][1]
