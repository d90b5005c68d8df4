"""The compiled term table: keys (sets of words) to codes, facts of every code, and the lexicon it was built with."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from audit.chart.lexicon import Lexicon

FORMAT = 4


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


class CodesOfKeys:
    """The codes of each key with the rank of the name; a line is taken apart when it is first asked for."""

    def __init__(self, lines: list[str]) -> None:
        """Take one line per key: ``code rank`` pairs, separated by blanks."""
        self.lines = lines
        self._parsed: dict[int, dict[str, int]] = {}

    def __getitem__(self, number: int) -> dict[str, int]:
        """Return code to rank of one key."""
        known = self._parsed.get(number)
        if known is None:
            parts = self.lines[number].split(" ")
            known = self._parsed[number] = {code: int(rank) for code, rank in zip(*[iter(parts)] * 2, strict=True)}
        return known


@dataclass(frozen=True, slots=True)
class KeyLines:
    """The keys, one line each, rarest word first, in sorted order; a line is split when it is first asked for."""

    lines: list[str]
    _split: dict[int, list[str]] = field(default_factory=dict, compare=False)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self.lines)

    def __getitem__(self, number: int) -> list[str]:
        """Return the words of one key."""
        known = self._split.get(number)
        if known is None:
            known = self._split[number] = self.lines[number].split(" ")
        return known


class FiledKeys:
    """The keys under their rarest word; those of a word are filed when it is first asked for."""

    def __init__(self, keys: KeyLines) -> None:
        """Note where the keys of each first word begin."""
        self._keys = keys
        self._begins: dict[str, int] = {}
        for number, line in enumerate(keys.lines):
            self._begins.setdefault(line.partition(" ")[0], number)
        self._filed: dict[str, list[tuple[str, int]]] = {}

    def under(self, word: str) -> list[tuple[str, int]]:
        """Return (second-rarest word or '', number) of every key whose rarest word is ``word``."""
        known = self._filed.get(word)
        if known is None:
            known = self._filed[word] = list(self._file(word))
        return known

    def _file(self, word: str) -> Iterator[tuple[str, int]]:
        for number in range(self._begins.get(word, len(self._keys)), len(self._keys)):
            key = self._keys[number]
            if key[0] != word:
                return
            yield (key[1] if len(key) > 1 else ""), number


@dataclass(frozen=True)
class TermTable:
    """One edition's terms, ready for reading notes. ``index`` files every key under its rarest word."""

    edition: str
    in_force_from: date
    in_force_to: date
    digest: str
    lexicon: Lexicon
    rows: Mapping[str, str]
    """Code to its facts as one line; see ``_row``."""
    keys: KeyLines
    codes: CodesOfKeys
    index: FiledKeys
    _facts: dict[str, CodeFacts] = field(default_factory=dict)

    @classmethod
    def build(cls, parts: TermTableParts) -> TermTable:
        """Order every key by rarity and file it."""
        rare = Counter(word for key in parts.keys for word in key)
        ordered = sorted(sorted(key, key=lambda word: (rare[word], word)) for key in parts.keys)
        keys = KeyLines([" ".join(key) for key in ordered])
        named = [parts.keys[frozenset(key)] for key in ordered]
        codes = [" ".join(f"{code} {rank}" for code, rank in sorted(codes.items())) for codes in named]
        return cls(
            edition=parts.edition,
            in_force_from=parts.in_force_from,
            in_force_to=parts.in_force_to,
            digest=parts.digest,
            lexicon=parts.lexicon,
            rows={f.code: _row(f) for f in parts.facts},
            keys=keys,
            codes=CodesOfKeys(codes),
            index=FiledKeys(keys),
        )

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
        """Return the table as bytes for a cache, the same for the same table."""
        head = {
            "format": FORMAT,
            "edition": self.edition,
            "from": self.in_force_from.isoformat(),
            "to": self.in_force_to.isoformat(),
            "digest": self.digest,
            "lexicon": {"files": self.lexicon.files, "digest": self.lexicon.digest},
        }
        parts = (
            json.dumps(head, ensure_ascii=False, separators=(",", ":")),
            "\n".join(f"{code}\t{row}" for code, row in self.rows.items()),
            "\n".join(self.keys.lines),
            "\n".join(self.codes.lines),
        )
        return zlib.compress("\f".join(parts).encode(), 6)


def load_terms(data: bytes) -> TermTable:
    """Rebuild what ``TermTable.dump`` wrote. Raises ValueError, KeyError or zlib.error where it is not that."""
    head_text, row_text, key_text, code_text = zlib.decompress(data).decode().split("\f")
    head = json.loads(head_text)
    if head["format"] != FORMAT:
        raise ValueError("another format of the term table")
    keys = KeyLines(key_text.split("\n"))
    return TermTable(
        edition=head["edition"],
        in_force_from=date.fromisoformat(head["from"]),
        in_force_to=date.fromisoformat(head["to"]),
        digest=head["digest"],
        lexicon=_lexicon(head["lexicon"]),
        rows=dict(line.split("\t", 1) for line in row_text.split("\n")),
        keys=keys,
        codes=CodesOfKeys(code_text.split("\n")),
        index=FiledKeys(keys),
    )


def _lexicon(told: dict[str, Any]) -> Lexicon:
    return Lexicon(
        files={name: tuple((head, tuple(items)) for head, items in entries) for name, entries in told["files"].items()},
        terms=(),  # they are keys by now
        digest=told["digest"],
    )


def _row(facts: CodeFacts) -> str:
    flags = int(facts.other) + 2 * int(facts.leaf) + 4 * int(facts.vague)
    words = (" ".join(sorted(facts.said)), " ".join(sorted(facts.extra)))
    return "\t".join((facts.parent, *words, facts.side, str(flags)))


def _facts(code: str, row: str) -> CodeFacts:
    parent, said, extra, side, flags = row.split("\t")
    return CodeFacts(
        code=code,
        parent=parent,
        said=frozenset(said.split()),
        extra=frozenset(extra.split()),
        side=side,
        other=bool(int(flags) & 1),
        leaf=bool(int(flags) & 2),
        vague=bool(int(flags) & 4),
    )
