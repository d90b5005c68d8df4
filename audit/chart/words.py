"""One spelling for every word, in terms and notes alike: plural, British form, adjective, abbreviation, phrase.

A word of a text becomes zero, one or several canonical words; each keeps the code-point offsets of what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from audit.chart.lexicon import Lexicon

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|\u2019s\b")
_MIXED = re.compile(r"([A-Za-z]{2,})(\d+[a-z]?)$")
_VERTEBRA = {"L": "lumbar", "C": "cervical", "T": "thoracic"}
_LEVEL = re.compile(r"([LCT])(\d{1,2})$")
_FIRST_SACRAL = "S1"
_ORDINAL = {"i": "1", "ii": "2", "iii": "3", "iiia": "3a", "iiib": "3b", "iv": "4", "v": "5", "one": "1", "two": "2"}
_ORDINAL |= {"three": "3", "four": "4", "five": "5"}
_COUNTED = frozenset({"type", "stage", "grade", "class", "category", "level"})
_LONGEST_PHRASE = 6
_SHORTEST_PLURAL = 4
_SHORTEST_BRITISH = 6


@dataclass(frozen=True, slots=True)
class Token:
    """A canonical word and the offsets of what was written; ``place`` counts content words in its clause."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Speller:
    """Turns text into canonical words by the lexicon. Build one with ``Speller.of`` and keep it: it caches."""

    words: dict[str, str]
    short: dict[str, tuple[str, ...]]
    phrases: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]
    stop: frozenset[str]
    """Words that carry no part of a condition; cues are read from the raw text, so nothing is lost."""
    _seen: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, lexicon: Lexicon) -> Speller:
        """Build the speller: first words, then abbreviations and phrases in canonical words."""
        words = {item.lower(): head for head, items in lexicon.entries("words") for item in items}
        stop = frozenset(item for head, items in lexicon.entries("optional") if head == "stop" for item in items)
        plain = cls(words, {}, {}, stop)
        short = {
            item: tuple(t.word for t in plain.tokens(head))
            for head, items in lexicon.entries("abbreviations")
            for item in items
        }
        speller = cls(words, short, {}, stop)
        for head, items in lexicon.entries("phrases"):
            meaning = tuple(t.word for t in plain.tokens(head))
            for item in items:
                speller._add_phrase(item, meaning)
        for options in speller.phrases.values():
            options.sort(key=lambda option: -len(option[0]))
        return speller

    def _add_phrase(self, text: str, meaning: tuple[str, ...]) -> None:
        said = tuple(self.word(m.group()) for m in WORD.finditer(text))
        self.phrases.setdefault(said[0], []).append((said, meaning))

    def word(self, written: str) -> str:
        """Return the canonical form of one written word."""
        known = self._seen.get(written)
        if known is None:
            known = self._seen[written] = self._canonical(written)
        return known

    def _canonical(self, written: str) -> str:
        low = written.lower().replace("\u2019", "'")
        low = low.removesuffix("'s").replace("'", "")
        if low in self.words:
            return self.words[low]
        low = _singular(low)
        if low in self.words:
            return self.words[low]
        return self.words.get(american := _american(low), american)

    def tokens(self, text: str, start: int = 0, end: int | None = None) -> list[Token]:
        """Return the content words of ``text[start:end]`` with offsets into ``text``."""
        stop = len(text) if end is None else end
        written = list(self._written(text, start, stop))
        return [t for t in self._phrased(written) if t.word and t.word not in self.stop]

    def _written(self, text: str, start: int, end: int) -> Iterator[Token]:
        before = ""
        for match in WORD.finditer(text, start, end):
            raw, at, to = match.group(), match.start(), match.end()
            for word in self._expand(raw, before, text[to : to + 1]):
                yield Token(word, at, to)
                before = word

    def _expand(self, raw: str, before: str, after: str) -> tuple[str, ...]:
        if raw in self.short and not (len(raw) == 1 and after in {".", "'", "/"}):
            return self.short[raw]
        if before in _COUNTED:
            return (_ORDINAL.get(raw.lower(), raw.lower()),)
        if raw[-1].isdigit() or raw[0].isdigit():
            return self._with_digits(raw, before)
        return (self.word(raw),)

    def _with_digits(self, raw: str, before: str) -> tuple[str, ...]:
        if raw == _FIRST_SACRAL and before == _VERTEBRA["L"]:
            return ("lumbosacral",)
        level = _LEVEL.match(raw)
        if level:
            return (_VERTEBRA[level[1]],)
        mixed = _MIXED.match(raw)
        if mixed and mixed[1] in self.short:
            return (*self.short[mixed[1]], "stage", mixed[2].lower())
        return (raw.lower(),)

    def _phrased(self, written: list[Token]) -> Iterator[Token]:
        at = 0
        while at < len(written):
            found = self._phrase_at(written, at) if written[at].word in self.phrases else None
            if found is None:
                yield written[at]
                at += 1
                continue
            length, meaning = found
            first, last = written[at], written[at + length - 1]
            for word in meaning:
                yield Token(word, first.start, last.end)
            at += length

    def _phrase_at(self, written: list[Token], at: int) -> tuple[int, tuple[str, ...]] | None:
        window = tuple(t.word for t in written[at : at + _LONGEST_PHRASE])
        for said, meaning in self.phrases[window[0]]:
            if window[: len(said)] == said:
                return len(said), meaning
        return None


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1]


def _american(word: str) -> str:
    if len(word) < _SHORTEST_BRITISH:
        return word
    return word.replace("ae", "e").replace("oe", "e").replace("mour", "mor")
