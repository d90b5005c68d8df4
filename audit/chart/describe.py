"""From the words of the classification to keys: sets of canonical words that, together in a clause, name a code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from audit.chart.lexicon import Lexicon
from audit.chart.words import Speller

SIDES = {"right": "right", "left": "left", "bilateral": "bilateral"}
_ASIDE = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_ABSENT = re.compile(
    r",?\s*\b(?:without|not (?:intractable|stated|specified|elsewhere|having)|uncomplicated|no )\b[^,]*?"
    r"(?=\bof (?:right|left|unspecified|bilateral)\b|\bin remission\b|,|$)|"
    r",?\s*\b(?:excluding|except|unless)\b[^,]*"
)
_ELSEWHERE = re.compile(
    r"\s*\b(?:in|with) (?:other )?(?:specified )?(?:diseases|disorders|conditions) classified elsewhere\b"
)
_INCLUDED = re.compile(r",? including\b[^,]*")
_UNSTATED = re.compile(
    r",?\s*\bunspecified(?: as to)? (?:organism|severity|cause|type|stage|trimester|origin|location|episode\b[^,]*|"
    r"degree|chronicity|whether[^,]*|site|as to [^,]*|episode of care|external cause status|control|[^,]*status)\b|"
    r",\s*unspecified$|\bunspecified\b|\b(?:nos|nec)\b"
)
_OTHER = re.compile(
    r"^other\b|\bother specified\b|, other\b|\b(?:with|of|to|by|in|for) other\b|\bnot elsewhere classified\b|\bnec\b"
)
_WITH = re.compile(r"\b(?:with|complicated by|due to|associated with)\b")


@dataclass(frozen=True, slots=True)
class Described:
    """A description taken apart. ``said`` are its content words, without side words and what it says is absent.

    ``extra`` are those after "with"; ``other`` marks codes for what has no code of its own; ``trimmed`` that
    something absent or unstated was removed.
    """

    said: frozenset[str]
    extra: frozenset[str]
    side: str
    other: bool
    trimmed: bool


def describe(text: str, speller: Speller) -> Described:
    """Take one description or inclusion term apart."""
    low = _ASIDE.sub("", text.lower()).strip()
    other = bool(_OTHER.search(low))
    low = _INCLUDED.sub("", _ELSEWHERE.sub("", low))
    bare = _UNSTATED.sub("", _ABSENT.sub(" ", low)).strip(" ,") or low
    words = [t.word for t in speller.tokens(bare)]
    joined = _WITH.search(bare)
    extra = frozenset(t.word for t in speller.tokens(bare, joined.end())) if joined else frozenset()
    sides = [SIDES[word] for word in words if word in SIDES]
    side = sides[0] if sides else ""
    said = frozenset(word for word in words if word not in SIDES)
    head = frozenset(t.word for t in speller.tokens(bare, 0, joined.start())) if joined else frozenset()
    return Described(said, extra - head - frozenset(SIDES), side, other, bare != low)


@dataclass(frozen=True, slots=True)
class Optional:
    """Words a speaker leaves out: ``modifiers`` always, ``heads`` (disease, disorder) where two words remain."""

    modifiers: frozenset[str]
    heads: frozenset[str]
    weak: frozenset[str]
    """Words that name no condition: no key consists of these only."""
    bare: frozenset[str]
    """Kinds of condition that name one only with a second word."""

    @classmethod
    def of(cls, lexicon: Lexicon, speller: Speller) -> Optional:
        """Build from ``optional.txt``, whose heads are ``modifier``, ``head``, ``weak`` and ``bare``."""
        groups: dict[str, set[str]] = {name: set() for name in ("modifier", "head", "weak", "bare")}
        for head, items in lexicon.entries("optional"):
            if head in groups:
                groups[head].update(speller.word(item) for item in items)
        return cls(*(frozenset(group) for group in groups.values()))

    def variants(self, said: frozenset[str]) -> Iterator[frozenset[str]]:
        """Return shorter keys for the same code."""
        lean = said - self.modifiers
        if lean and lean != said and not self.is_weak(lean):
            yield lean
        short = lean - self.heads
        if len(short) > 1 and short not in {said, lean} and not self.is_weak(short):
            yield short

    def is_weak(self, key: frozenset[str]) -> bool:
        """Whether a key names no condition by itself."""
        return key <= self.weak or (len(key) == 1 and key <= self.bare)
