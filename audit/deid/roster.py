"""All persons and places of one export: a value of one patient is looked for in every other's documents as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.known import KnownRecord
from audit.deid.lexicon import Lexicon
from audit.deid.lookup import NumberTable, PhraseTable, tokens_of
from audit.deid.normal_forms import Words, core_of, date_forms, name_parts, words_of

SHORTEST_PART, SHORTEST_NUMBER = 3, 6
_COMMON = 3e-6
_CLEAR = 1.9


def is_distinctive(word: str, lexicon: Lexicon) -> bool:
    """Return whether a name stands out by itself: no plain word, eponym, month or city also goes by it."""
    low = word.lower()
    if low in lexicon.eponyms or low in lexicon.not_names or low in lexicon.cities or low in lexicon.vocabulary:
        return False
    if lexicon.words.get(low, 0.0) < _COMMON:
        return True
    return max(lexicon.given_odds(low), lexicon.family_odds(low)) >= _CLEAR


def known_words(records: Iterable[KnownRecord]) -> set[str]:
    """Return every part of a known person's name, in lower case, from three letters up."""
    return {part.lower() for r in records for name in _people(r) for part in name_parts(name, SHORTEST_PART)}


def known_phrases(records: Iterable[KnownRecord]) -> dict[Words, IdentifierType]:
    """Return the full names in both orders, streets, cities, care sites and employers, each of two words or more."""
    pairs: list[tuple[Words, IdentifierType]] = []
    for record in records:
        given, family = words_of(record.given_name), words_of(record.family_name)
        if given and family:
            pairs += [((*given, *family), IdentifierType.NAME), ((*family, *given), IdentifierType.NAME)]
        pairs += [(words_of(name), IdentifierType.NAME) for name in (*record.kin, *record.providers)]
        pairs += [(words_of(place), IdentifierType.LOCATION) for place in (record.street, record.city)]
        pairs += [(words_of(n), IdentifierType.ORGANIZATION) for n in (*record.facilities, *record.employers)]
    return {words: kind for words, kind in pairs if len(words) > 1}


def known_numbers(records: Iterable[KnownRecord], ids: Iterable[str]) -> dict[str, IdentifierType]:
    """Return the bare numbers of the records and the ids of the tables, from six characters up."""
    pairs = [pair for record in records for pair in record.numbers()]
    pairs += [(value, IdentifierType.OTHER_ID) for value in ids]
    cores = {core_of(value): kind for value, kind in pairs}
    return {c: kind for c, kind in cores.items() if len(c) >= SHORTEST_NUMBER and any(x.isdigit() for x in c)}


class Roster:
    """Finds the distinctive names, the phrases, numbers and dates of all records in a text, by look-up."""

    def __init__(self, records: Iterable[KnownRecord], ids: Iterable[str], lexicon: Lexicon) -> None:
        """Index what the records know, and the ids of the tables."""
        records = list(records)
        self._words = {word for word in known_words(records) if is_distinctive(word, lexicon)}
        days = {day for r in records for day in (r.birth_date, *r.service_dates) if day}
        dates = ((form, IdentifierType.DATE) for day in days for form in date_forms(day) if len(form) != 2)  # noqa: PLR2004 - month and day alone are anybody's
        self._phrases = PhraseTable([*known_phrases(records).items(), *dates])
        self._numbers = NumberTable(known_numbers(records, ids))

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield what it knows in ``text``; spans may overlap. Names of plain words count with their capitals only."""
        tokens = tokens_of(text)
        for index, (start, end, word) in enumerate(tokens):
            if word.lower() in self._words:
                yield Identifier(start, end, IdentifierType.NAME)
            for item in self._phrases.at(tokens, index):
                words = tokens_of(item.words(text))
                if item.type is not IdentifierType.NAME or all(w[0].isupper() for _, _, w in words):
                    yield item
            yield from self._numbers.at(tokens, index)


def _people(record: KnownRecord) -> tuple[str, ...]:
    return (record.given_name, record.family_name, *record.kin, *record.providers)
