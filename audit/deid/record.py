"""The first layer: everything the patient's own record knows, looked for in every form it may take in a note.

The note is cut into words and numbers once; names, phrases, dates and numbers of the record are looked up in it.
Nothing is compiled per record, so a record costs little beside its note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.known import KnownRecord
from audit.deid.lexicon import Lexicon
from audit.deid.lookup import NumberTable, PhraseTable, tokens_of
from audit.deid.normal_forms import Words, core_of, date_forms, name_parts, words_of

_SHORTEST_NAME = 2
_SHORTEST_CODE = 4
_FUZZY_FROM = 6
"""Letters from which a name is also met with one letter wrong, missing, added or two swapped."""
_COMMON = 3e-6
_CLEAR = 1.9
"""Odds from which a word in lower case is still the name (john, mary, but not walker, brown, mark)."""


class RecordFinder:
    """Finds what one record knows."""

    def __init__(self, record: KnownRecord, lexicon: Lexicon) -> None:
        """Bring the record's values to the forms that are looked up."""
        self._lexicon = lexicon
        self._names = _names(record, lexicon)
        self._plain = frozenset(w for w in self._names if _is_plain(w, lexicon))
        self._fuzzy = _deletions(w for w in self._names if len(w) >= _FUZZY_FROM)
        phrases = list(_phrases(record))
        cores = {core_of(v): kind for v, kind in record.numbers() if len(core_of(v)) >= _SHORTEST_CODE}
        self._phrases = PhraseTable(phrases)
        self._numbers = NumberTable(cores)
        kinds = {kind for _, kind in phrases} | set(cores.values())
        self.types = (IdentifierType.NAME, *sorted(kinds - {IdentifierType.NAME}))

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every known identifier in ``text``; spans may overlap."""
        tokens = tokens_of(text)
        for index, (start, end, word) in enumerate(tokens):
            if self._is_name(word):
                yield Identifier(start, end, IdentifierType.NAME)
            yield from self._phrases.at(tokens, index)
            yield from self._numbers.at(tokens, index)

    def _is_name(self, word: str) -> bool:
        low = word.lower()
        if low in self._names:
            return word[0].isupper() or low not in self._plain
        return len(low) >= _FUZZY_FROM - 1 and self._is_misspelt(low)

    def _is_misspelt(self, low: str) -> bool:
        if not self._fuzzy or self._lexicon.words.get(low, 0.0) > _COMMON:
            return False
        forms = {low, *(low[:i] + low[i + 1 :] for i in range(len(low)))}
        near = {known for form in forms for known in self._fuzzy.get(form, ())}
        return any(_one_edit(low, known) for known in near)


def _names(record: KnownRecord, lexicon: Lexicon) -> frozenset[str]:
    """Return the parts of all names of the record in lower case, with the short forms of the given name."""
    people = (record.given_name, record.family_name, *record.providers, *record.kin)
    parts = {p.lower() for name in people for p in name_parts(name, _SHORTEST_NAME)}
    parts |= {n for p in name_parts(record.given_name, _SHORTEST_NAME) for n in lexicon.nicknames.get(p.lower(), ())}
    return frozenset(parts - lexicon.honorific_set - {c.lower() for c in lexicon.credentials})


def _phrases(record: KnownRecord) -> Iterator[tuple[Words, IdentifierType]]:
    street = words_of(record.street)
    places = [street, street[1:] if len(street) > 2 else (), words_of(record.city)]  # noqa: PLR2004 - number and two words
    pairs = [(words, IdentifierType.LOCATION) for words in places]
    pairs.append((words_of(record.email), IdentifierType.EMAIL))
    pairs += [(words_of(v), IdentifierType.ORGANIZATION) for v in (*record.facilities, *record.employers)]
    people = (record.given_name, record.family_name, *record.providers, *record.kin)
    pairs += [(words_of(part), IdentifierType.NAME) for name in people for part in name_parts(name, _SHORTEST_CODE)]
    pairs = [(words, kind) for words, kind in pairs if kind is not IdentifierType.NAME or len(words) > 1]
    pairs += [(words_of(value), kind) for value, kind in record.numbers() if len(core_of(value)) < _SHORTEST_CODE]
    for day in (record.birth_date, *record.service_dates):
        pairs += [(form, IdentifierType.DATE) for form in (date_forms(day) if day else ())]
    yield from (pair for pair in pairs if pair[0] and len("".join(pair[0])) >= _SHORTEST_CODE - 1)


def _is_plain(word: str, lexicon: Lexicon) -> bool:
    """Return whether a name is a plain word as well, so that it counts only with its capital: Will, Walker, Brown."""
    return lexicon.words.get(word, 0.0) > _COMMON and max(lexicon.given_odds(word), lexicon.family_odds(word)) < _CLEAR


def _deletions(words: Iterable[str]) -> dict[str, set[str]]:
    """Map every word, and every word with one letter missing, to the words it may stand for."""
    forms: dict[str, set[str]] = {}
    for word in words:
        for form in {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}:
            forms.setdefault(form, set()).add(word)
    return forms


def _one_edit(left: str, right: str) -> bool:
    """Return whether one letter wrong, missing, added, or two neighbours swapped, turn ``left`` into ``right``."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    if len(left) != len(right):
        longer, shorter = (left, right) if len(left) > len(right) else (right, left)
        return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
    wrong = [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
    if len(wrong) == 1:
        return True
    first, last = wrong[0], wrong[-1]
    return [first, first + 1] == wrong and left[first] == right[last] and left[last] == right[first]
