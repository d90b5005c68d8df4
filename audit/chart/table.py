"""The compiled term table: keys (sets of words) to codes, facts of every code, and the lexicon it was built with."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from audit.chart.lexicon import Lexicon

FORMAT = 1


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What the reader needs of one code: its words, those after "with", side, and its place in the tree."""

    code: str
    parent: str
    said: frozenset[str]
    extra: frozenset[str]
    side: str
    other: bool
    leaf: bool
    vague: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TermTableParts:
    """What the table is built from; ``keys`` map words to codes with the rank of the name (0 is best)."""

    edition: str
    in_force_from: date
    in_force_to: date
    digest: str
    lexicon: Lexicon
    facts: tuple[CodeFacts, ...]
    keys: Mapping[frozenset[str], Mapping[str, int]]


@dataclass(frozen=True)
class TermTable:
    """One edition's terms, ready for reading notes. ``index`` files every key under its rarest word."""

    edition: str
    in_force_from: date
    in_force_to: date
    digest: str
    lexicon: Lexicon
    rows: Mapping[str, list[Any]]
    keys: list[tuple[str, ...]]
    codes: list[dict[str, int]]
    index: dict[str, list[tuple[str, int]]]
    _facts: dict[str, CodeFacts] = field(default_factory=dict)

    @classmethod
    def build(cls, parts: TermTableParts) -> TermTable:
        """Order every key by rarity and file it."""
        rare = Counter(word for key in parts.keys for word in key)
        keys = sorted(tuple(sorted(key, key=lambda word: (rare[word], word))) for key in parts.keys)
        codes = [dict(sorted(parts.keys[frozenset(key)].items())) for key in keys]
        rows = {f.code: _row(f) for f in parts.facts}
        return cls._filed(
            parts.edition, parts.in_force_from, parts.in_force_to, parts.digest, parts.lexicon, rows, keys, codes
        )

    @classmethod
    def _filed(  # noqa: PLR0917 - private: the fields of the class in their order
        cls,
        edition: str,
        begin: date,
        end: date,
        digest: str,
        lexicon: Lexicon,
        rows: Mapping[str, list[Any]],
        keys: list[tuple[str, ...]],
        codes: list[dict[str, int]],
    ) -> TermTable:
        index: dict[str, list[tuple[str, int]]] = {}
        for number, key in enumerate(keys):
            index.setdefault(key[0], []).append((key[1] if len(key) > 1 else "", number))
        return cls(edition, begin, end, digest, lexicon, rows, keys, codes, index)

    def facts(self, code: str) -> CodeFacts | None:
        """Return the facts of a code; of one with a 7th character, those of the code it extends; else None."""
        known = self._facts.get(code)
        if known is None:
            base = self._base(code)
            if base is None:
                return None
            known = self._facts[code] = _facts(base, self.rows[base])
        return known

    def _base(self, code: str) -> str | None:
        while len(code) >= 3:  # noqa: PLR2004 - a category has three characters
            if code in self.rows:
                return code
            code = code[:-1].rstrip(".")
            while code.endswith("X") and code not in self.rows:
                code = code[:-1].rstrip(".")
        return None

    @cached_property
    def families(self) -> dict[str, tuple[str, ...]]:
        """The codes of each category, in tabular order."""
        found: dict[str, list[str]] = {}
        for code in self.rows:
            found.setdefault(code[:3], []).append(code)
        return {category: tuple(codes) for category, codes in found.items()}

    def shared(self, code: str) -> frozenset[str]:
        """Return the words that all codes for submission below ``code`` share."""
        leaves = [f for c in self.families[code[:3]] if c.startswith(code) and (f := self.facts(c)) and f.leaf]
        return frozenset.intersection(*(f.said for f in leaves)) if leaves else frozenset()

    def in_force_on(self, day: date) -> bool:
        """Whether the edition is in force on ``day``."""
        return self.in_force_from <= day <= self.in_force_to

    def dump(self) -> bytes:
        """Return the table as bytes for a cache: compressed JSON, the same for the same table."""
        words = sorted({word for key in self.keys for word in key})
        number = {word: i for i, word in enumerate(words)}
        body = {
            "format": FORMAT,
            "edition": self.edition,
            "from": self.in_force_from.isoformat(),
            "to": self.in_force_to.isoformat(),
            "digest": self.digest,
            "lexicon": {"files": self.lexicon.files, "terms": self.lexicon.terms, "digest": self.lexicon.digest},
            "rows": self.rows,
            "words": words,
            "keys": [[number[word] for word in key] for key in self.keys],
            "codes": self.codes,
        }
        return zlib.compress(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def load_terms(data: bytes) -> TermTable:
    """Rebuild what ``TermTable.dump`` wrote. Raises ValueError, KeyError or zlib.error where it is not that."""
    body = json.loads(zlib.decompress(data))
    if body["format"] != FORMAT:
        raise ValueError("another format of the term table")
    words = body["words"]
    told = body["lexicon"]
    lexicon = Lexicon(
        files={name: tuple((head, tuple(items)) for head, items in entries) for name, entries in told["files"].items()},
        terms=tuple((head, tuple(items)) for head, items in told["terms"]),
        digest=told["digest"],
    )
    return TermTable._filed(  # noqa: SLF001 - the same module: the table's other way in
        body["edition"],
        date.fromisoformat(body["from"]),
        date.fromisoformat(body["to"]),
        body["digest"],
        lexicon,
        body["rows"],
        [tuple(words[i] for i in key) for key in body["keys"]],
        body["codes"],
    )


def _row(facts: CodeFacts) -> list[Any]:
    return [
        facts.parent,
        " ".join(sorted(facts.said)),
        " ".join(sorted(facts.extra)),
        facts.side,
        int(facts.other) + 2 * int(facts.leaf) + 4 * int(facts.vague),
    ]


def _facts(code: str, row: list[Any]) -> CodeFacts:
    parent, said, extra, side, flags = row
    return CodeFacts(
        code=code,
        parent=parent,
        said=frozenset(said.split()),
        extra=frozenset(extra.split()),
        side=side,
        other=bool(flags & 1),
        leaf=bool(flags & 2),
        vague=bool(flags & 4),
    )
