"""The word lists of ``policies/deid`` and the name statistics of the ``names`` and ``wordfreq`` packages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_CENSUS_FILES = {"given": ("dist.female.first", "dist.male.first"), "family": ("dist.all.last",)}
_UNSEEN = 1e-9
"""Share of a word that ``wordfreq`` has never met: rarer than its rarest entry (about 1e-8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Everything the finders know beforehand. Lists are lower case unless a field says otherwise."""

    honorifics: tuple[str, ...]
    credentials: tuple[str, ...]
    kinship: tuple[str, ...]
    name_labels: tuple[str, ...]
    facility_heads: tuple[str, ...]
    facility_names: tuple[str, ...]
    facility_generic: frozenset[str]
    company_heads: tuple[str, ...]
    departments: frozenset[str]
    countries: frozenset[str]
    cities: frozenset[str]
    streets: tuple[str, ...]
    states: Mapping[str, str]
    """Postal code → name, both as printed."""
    holidays: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    """Identifier type, phrase."""
    eponyms: frozenset[str]
    terms: frozenset[str]
    """Rare words of the classification of diseases."""
    products: frozenset[str]
    not_names: frozenset[str]
    vocabulary: frozenset[str]
    nicknames: Mapping[str, frozenset[str]]
    restricted_zip3: frozenset[str]
    given: Mapping[str, float]
    """Given name → share of the population of the 1990 Census."""
    family: Mapping[str, float]
    """Family name → share, likewise."""
    words: Mapping[str, float]
    """Word → share of running English, whatever its case."""

    @property
    def state_names(self) -> frozenset[str]:
        """The names of the states in lower case."""
        return frozenset(name.lower() for name in self.states.values())

    @property
    def honorific_set(self) -> frozenset[str]:
        """The honorifics, for look-up."""
        return frozenset(self.honorifics)

    def given_odds(self, word: str) -> float:
        """Return log10 of how much likelier ``word`` is as a given name than as a word of English; -9 if no name."""
        return self._odds(self.given, word)

    def family_odds(self, word: str) -> float:
        """Return the same for a family name."""
        return self._odds(self.family, word)

    def _odds(self, table: Mapping[str, float], word: str) -> float:
        lowered = word.lower()
        share = table.get(lowered)
        return -9.0 if share is None else math.log10(share / self.words.get(lowered, _UNSEEN))


def load_lexicon(root: Traversable) -> Lexicon:
    """Read the lists under ``root`` (the folder ``policies/deid``). Raises FileNotFoundError where one is missing."""

    def lowered(name: str) -> tuple[str, ...]:
        return tuple(line.lower() for line in _lines(root, name))

    return Lexicon(
        honorifics=lowered("honorifics"),
        credentials=tuple(_lines(root, "credentials")),
        kinship=lowered("kinship"),
        name_labels=lowered("name_labels"),
        facility_heads=tuple(_lines(root, "facility_heads")),
        facility_names=tuple(_lines(root, "facility_names")),
        facility_generic=frozenset(lowered("facility_generic")),
        countries=frozenset(lowered("countries")),
        departments=frozenset(lowered("departments")),
        company_heads=tuple(_lines(root, "company_heads")),
        cities=frozenset(lowered("cities")),
        streets=tuple(_lines(root, "streets")),
        states=dict(line.split(" ", 1) for line in _lines(root, "states")),
        holidays=tuple(_lines(root, "holidays")),
        labels=tuple(_pair(line) for line in _lines(root, "labels")),
        eponyms=frozenset(lowered("eponyms")),
        terms=frozenset(lowered("terms")),
        products=frozenset(lowered("products")),
        not_names=frozenset(lowered("not_names")),
        vocabulary=frozenset(lowered("vocabulary")),
        nicknames=_nicknames(_lines(root, "nicknames")),
        restricted_zip3=frozenset(word for line in _lines(root, "zip3") for word in line.split()),
        given=_census("given"),
        family=_census("family"),
        words=_words(),
    )


def _lines(root: Traversable, name: str) -> list[str]:
    text = root.joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _pair(line: str) -> tuple[str, str]:
    kind, phrase = line.split("\t")
    return kind, phrase


def _nicknames(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    """Map every form of a given name to all the forms of the names it may stand for."""
    forms: dict[str, set[str]] = {}
    for line in lines:
        group = {word.lower() for word in line.split()}
        for word in group:
            forms.setdefault(word, set()).update(group)
    return {word: frozenset(group) for word, group in forms.items()}


@lru_cache(maxsize=2)
def _census(kind: str) -> Mapping[str, float]:
    table: dict[str, float] = {}
    folder = files("names")
    for name in _CENSUS_FILES[kind]:
        for line in folder.joinpath(name).read_text(encoding="ascii").splitlines():
            word, percent, *_ = line.split()
            share = max(float(percent), 0.0005) / 100
            table[word.lower()] = max(share, table.get(word.lower(), 0.0))
    return table


@lru_cache(maxsize=1)
def _words() -> Mapping[str, float]:
    import wordfreq

    table: Mapping[str, float] = wordfreq.get_frequency_dict("en", "large")
    return table
