"""All persons and places of one export: a name of one patient is looked for in the documents of every other as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.known import KnownRecord
from audit.deid.lexicon import Lexicon
from audit.deid.normal_forms import name_parts

SHORTEST_PART = 3
_COMMON = 3e-6
_CLEAR = 1.9
_WORD = re.compile(r"[^\W\d_]+")


def is_distinctive(word: str, lexicon: Lexicon) -> bool:
    """Return whether a name stands out by itself: no plain word, eponym, month or city also goes by it."""
    lowered = word.lower()
    if (
        lowered in lexicon.eponyms
        or lowered in lexicon.not_names
        or lowered in lexicon.cities
        or lowered in lexicon.vocabulary
    ):
        return False
    if lexicon.words.get(lowered, 0.0) < _COMMON:
        return True
    return max(lexicon.given_odds(lowered), lexicon.family_odds(lowered)) >= _CLEAR


@dataclass(frozen=True, slots=True)
class Phrase:
    """Several words that together are one known value, in lower case."""

    words: tuple[str, ...]
    type: IdentifierType


def known_words(records: Iterable[KnownRecord]) -> set[str]:
    """Return every part of a known person's name, in lower case, from three letters up."""
    return {part.lower() for r in records for name in _people(r) for part in name_parts(name, SHORTEST_PART)}


def known_phrases(records: Iterable[KnownRecord]) -> set[Phrase]:
    """Return the full names in both orders, streets, cities, care sites and employers."""
    found: set[Phrase] = set()
    for record in records:
        given, family = _words(record.given_name), _words(record.family_name)
        if given and family:
            found |= {Phrase((*given, *family), IdentifierType.NAME), Phrase((*family, *given), IdentifierType.NAME)}
        named = [(name, IdentifierType.NAME) for name in (*record.kin, *record.providers)]
        named += [(record.street, IdentifierType.LOCATION), (record.city, IdentifierType.LOCATION)]
        named += [(name, IdentifierType.ORGANIZATION) for name in (*record.facilities, *record.employers)]
        found |= {Phrase(_words(text), kind) for text, kind in named if len(_words(text)) > 1}
    return found


class Roster:
    """Finds the distinctive names and the phrases of all records in a text, by look-up word by word."""

    def __init__(self, records: Iterable[KnownRecord], lexicon: Lexicon) -> None:
        """Index what the records know."""
        records = list(records)
        self._words = {word for word in known_words(records) if is_distinctive(word, lexicon)}
        self._phrases: dict[str, list[Phrase]] = {}
        for phrase in known_phrases(records):
            self._phrases.setdefault(phrase.words[0], []).append(phrase)

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield what it knows in ``text``; spans may overlap."""
        tokens = [(m.start(), m.end(), m.group().lower()) for m in _WORD.finditer(text)]
        for index, (start, end, word) in enumerate(tokens):
            if word in self._words:
                yield Identifier(start, end, IdentifierType.NAME)
            for phrase in self._phrases.get(word, ()):
                last = index + len(phrase.words)
                if last <= len(tokens) and phrase.words == tuple(w for _, _, w in tokens[index:last]):
                    yield Identifier(start, tokens[last - 1][1], phrase.type)


def _people(record: KnownRecord) -> tuple[str, ...]:
    return (record.given_name, record.family_name, *record.kin, *record.providers)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(text))
