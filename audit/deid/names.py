"""Names of persons.

Evidence, strongest first: a title, a label, a kinship word or credentials beside it; a given name with a surname or
initial after it; a lone given name in the middle of a sentence. A name found by any of these is looked for again in the
whole text (``Propagation``). Eponyms yield only to evidence beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from audit.deid.identifiers import Identifier, IdentifierType
from audit.deid.lexicon import Lexicon
from audit.deid.name_evidence import EvidenceFinder
from audit.deid.name_lists import ListFinder
from audit.deid.naming import EPONYM_NOUN, LONE, SUBJECT_VERB, TOKEN, NameOdds, bare
from audit.deid.words import begins_sentence

_SHORTEST_PART = 3


class NameFinder:
    """Finds the names of persons."""

    types = (IdentifierType.NAME,)

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the patterns from the word lists."""
        odds = NameOdds(lexicon)
        self._finders = (EvidenceFinder(lexicon, odds), ListFinder(lexicon, odds))

    def find(self, text: str) -> Iterator[Identifier]:
        """Yield every name of ``text``; spans may overlap."""
        for finder in self._finders:
            for start, end in finder.spans(text):
                yield Identifier(start, end, IdentifierType.NAME)


class Propagation:
    """Looks for the parts of names found in one text again in all of it."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the lists: a part that is a common word is followed only in the middle of a sentence."""
        self._lexicon = lexicon
        self._odds = NameOdds(lexicon)

    def parts(self, names: Iterable[str]) -> dict[str, bool]:
        """Return the parts of ``names`` worth following (lower case) → whether it is a plain word as well."""
        words = {bare(word).lower() for name in names for word in TOKEN.findall(name)}
        words = {word for word in words if len(word) >= _SHORTEST_PART} - self._lexicon.honorific_set
        return {word: self._odds.either(word) < LONE and not self._odds.is_rare(word) for word in words}

    def spans(self, text: str, parts: dict[str, bool]) -> Iterator[tuple[int, int]]:
        """Yield the offsets of every capitalised word that is one of ``parts``."""
        if not parts:
            return
        for match in TOKEN.finditer(text):
            word = bare(match.group())
            low = word.lower()
            plain = parts.get(low, parts.get(low.removesuffix("s")))  # "the Smiths"
            if plain is None or self._is_eponym(text, match.start() + len(word), word):
                continue
            if not plain or not (begins_sentence(text, match.start()) or word.isupper()):
                yield match.start(), match.start() + len(word)

    def _is_eponym(self, text: str, end: int, word: str) -> bool:
        """Return whether the word that ends at ``end`` names a thing of medicine here, not the person."""
        if EPONYM_NOUN.match(text, end):
            return True
        return word.lower() in self._lexicon.eponyms and not SUBJECT_VERB.match(text, end)
