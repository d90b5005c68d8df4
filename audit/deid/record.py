"""The first layer: everything the patient's own record knows, looked for in every form it may take in a note."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.known import KnownRecord
from audit.deid.lexicon import Lexicon
from audit.deid.normal_forms import compiled, date_patterns, name_parts, number_pattern, phrase_pattern
from audit.deid.words import WORD

_FUZZY_FROM = 6
"""Letters from which a name is also met with one letter wrong, missing, added or two swapped."""
_COMMON = 3e-6
_CLEAR = 1.9
"""Odds from which a word in lower case is still the name (john, mary, but not walker, brown, mark)."""
_TOKEN = re.compile(rf"{WORD}|[a-z]{{6,}}")


class RecordFinder:
    """Finds what one record knows. Built per record; cheap to build."""

    def __init__(self, record: KnownRecord, lexicon: Lexicon) -> None:
        """Compile the record's values into one pattern per type."""
        self._lexicon = lexicon
        people = (record.given_name, record.family_name, *record.providers, *record.kin)
        words = {p.lower() for name in people for p in name_parts(name, 2)} - lexicon.honorific_set
        words -= {c.lower() for c in lexicon.credentials}
        nicknames = {n for p in name_parts(record.given_name, 2) for n in lexicon.nicknames.get(p.lower(), ())}
        self._plain_words = frozenset(w for w in words | nicknames if _is_plain(w, lexicon))
        self._names = compiled(rf"(?<!\w){re.escape(w)}(?:['\u2019]s)?(?!\w)" for w in words | nicknames)
        self._fuzzy = _deletions(w for w in words if len(w) >= _FUZZY_FROM)
        self._patterns = tuple(_patterns(record))
        self.types = tuple({IdentifierType.NAME, *(kind for _, kind in self._patterns)})

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every known identifier in ``text``; spans may overlap."""
        for pattern, kind in self._patterns:
            for match in pattern.finditer(text):
                yield Identifier(*match.span(), kind)
        if self._names:
            for match in self._names.finditer(text):
                if not self._plain(match.group()):
                    yield Identifier(*match.span(), IdentifierType.NAME)
        if self._fuzzy:
            yield from self._misspelt(text)

    def _plain(self, word: str) -> bool:
        """Return whether a match is the plain word: a name such as Will counts only with its capital."""
        return not word[0].isupper() and re.split(r"['\u2019]s$", word)[0].lower() in self._plain_words

    def _misspelt(self, text: str) -> Iterator[Identifier]:
        for match in _TOKEN.finditer(text):
            word = re.sub(r"['\u2019]s$", "", match.group()).lower()
            if len(word) < _FUZZY_FROM - 1 or self._lexicon.words.get(word, 0.0) > _COMMON:
                continue
            if any(_one_edit(word, known) for known in self._near(word)):
                yield Identifier(match.start(), match.start() + len(word), IdentifierType.NAME)

    def _near(self, word: str) -> set[str]:
        forms = {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
        return {known for form in forms for known in self._fuzzy.get(form, ())}


def _patterns(record: KnownRecord) -> Iterator[tuple[re.Pattern[str], IdentifierType]]:
    by_type: dict[IdentifierType, list[str]] = {}

    def add(kind: IdentifierType, *patterns: str) -> None:
        by_type.setdefault(kind, []).extend(patterns)

    for value, kind in record.numbers():
        add(kind, number_pattern(value) or (phrase_pattern(value) if len(value) > 2 else ""))  # noqa: PLR2004 - letters only
    for day in (record.birth_date, *record.service_dates):
        if day:
            add(IdentifierType.DATE, *date_patterns(day))
    for value in (record.street, record.city):
        if value:
            add(IdentifierType.LOCATION, phrase_pattern(value))
    if record.street:
        add(IdentifierType.LOCATION, *_street_name(record.street))
    if record.email:
        add(IdentifierType.EMAIL, re.escape(record.email))
    for value in (*record.facilities, *record.employers):
        add(IdentifierType.ORGANIZATION, phrase_pattern(value))
    for kind, patterns in by_type.items():
        if pattern := compiled(p for p in patterns if p):
            yield pattern, kind


def _street_name(street: str) -> Iterator[str]:
    """Yield the street without its number, where two words of it are left."""
    name = re.sub(r"^\s*\d+\w*\s+", "", street)
    if len(name.split()) > 1:
        yield phrase_pattern(name)


def _is_plain(word: str, lexicon: Lexicon) -> bool:
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
    swapped = (
        len(wrong) == 2
        and wrong[1] == wrong[0] + 1
        and left[wrong[0]] == right[wrong[1]]
        and left[wrong[1]] == right[wrong[0]]
    )
    return len(wrong) == 1 or swapped
