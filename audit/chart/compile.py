"""Compiling the term table: every name a code has in the classification and the lexicon, as a key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from audit.chart.axes import Axes
from audit.chart.describe import SIDES, Described, Optional, describe
from audit.chart.index_keys import IndexRow, known_rows, names_of
from audit.chart.lexicon import Lexicon
from audit.chart.table import CodeFacts, TermTable, TermTableParts
from audit.chart.words import Speller
from audit.domain.canonical import canonical_bytes, sha256_hex
from audit.domain.classification import Classification, CodeEntry

SPOKEN, OWN, TRIMMED, SHORTENED, OTHER = range(5)
"""Ranks of a key for a code, best first: lexicon term, own words, absent parts removed, optional words left out, and
the names of codes for what has no code of its own."""

_MOST_WORDS = 14
Keys = dict[frozenset[str], dict[str, int]]


def compile_terms(
    classification: Classification, lexicon: Lexicon, index: Iterable[IndexRow] = (), index_digest: str = ""
) -> TermTable:
    """Build the term table of one edition of the classification with one lexicon (about 5 s), and the index if any."""
    speller = Speller.of(lexicon)
    optional = Optional.of(lexicon, speller)
    entries = [entry for entry in classification.entries if not entry.seventh]
    keys: Keys = {}
    facts = []
    parents = {entry.parent for entry in entries}
    for entry in entries:
        described = describe(entry.description, speller)
        facts.append(_facts(entry, described, optional, leaf=entry.code not in parents))
        for key, rank in _keys(entry, described, speller, optional):
            _add(keys, key, entry.code, rank)
    codes = tuple(entry.code for entry in entries)
    _add_indexed(keys, known_rows(index, frozenset(codes)), speller, optional)
    _add_spoken(keys, lexicon, {own.code: own for own in facts}, speller)
    parts = TermTableParts(
        edition=classification.edition,
        in_force_from=classification.in_force_from,
        in_force_to=classification.in_force_to,
        digest=sha256_hex(canonical_bytes([classification.digest, lexicon.digest, index_digest])),
        lexicon=lexicon,
        facts=tuple(facts),
        keys=_pruned(keys),
    )
    return TermTable.build(parts)


def _add_indexed(keys: Keys, rows: Iterable[IndexRow], speller: Speller, optional: Optional) -> None:
    for headings, code in rows:
        for name, rest in names_of(headings):
            said = describe(name, speller).said
            if not said or len(said) > _MOST_WORDS or optional.is_weak(said):
                continue
            _add(keys, said, code, OTHER if rest else OWN)
            for variant in optional.variants(said):
                _add(keys, variant, code, OTHER if rest else SHORTENED)


def _add_spoken(keys: Keys, lexicon: Lexicon, facts: Mapping[str, CodeFacts], speller: Speller) -> None:
    """Add the lexicon's names; a head that ends in ``*`` stands for its code and every code below it.

    Below it, a code for "other" or for a part of the body part is not what the name says. Codes that this edition
    does not have are passed over: the lexicon serves every edition.
    """
    axes = Axes.of(lexicon, speller)
    for head, names in lexicon.terms:
        stem = head.removesuffix("*")
        meant = [code for code in facts if code.startswith(stem)] if head != stem else [head] if head in facts else []
        for name in names:
            said = frozenset(t.word for t in speller.tokens(name) if t.word not in SIDES)
            for code in meant if said else ():
                if code == stem or not _elsewhere(said, facts[code], axes):
                    _add(keys, said, code, OTHER if _rest(code, stem, facts) else SPOKEN)


def _rest(code: str, stem: str, facts: Mapping[str, CodeFacts]) -> bool:
    """Whether the code is for what is left over below a head that is no such code itself."""
    return facts[code].other and not (stem in facts and facts[stem].other)


def _elsewhere(said: frozenset[str], facts: CodeFacts, axes: Axes) -> bool:
    named, wanted = axes.sites(said), axes.sites(facts.said)
    return not named & wanted and any(axes.within.get(site) in named for site in wanted)


def _facts(entry: CodeEntry, described: Described, optional: Optional, *, leaf: bool) -> CodeFacts:
    return CodeFacts(
        code=entry.code,
        parent=entry.parent or "",
        said=described.said - optional.modifiers,
        extra=described.extra,
        side=described.side,
        other=described.other,
        leaf=leaf,
        vague="unspecified" in entry.description.lower(),
    )


def _keys(
    entry: CodeEntry, described: Described, speller: Speller, optional: Optional
) -> Iterator[tuple[frozenset[str], int]]:
    names = [(described, False)]
    names += [(describe(term, speller), True) for term in entry.inclusion_terms]
    if entry.parent is None:
        names += [(describe(term, speller), True) for term in entry.includes]
    for name, inclusion in names:
        if not name.said or len(name.said) > _MOST_WORDS or optional.is_weak(name.said):
            continue
        rank = OTHER if name.other and not inclusion else TRIMMED if name.trimmed else OWN
        yield name.said, rank
        for variant in optional.variants(name.said):
            yield variant, OTHER if rank == OTHER else SHORTENED


def _add(keys: Keys, key: frozenset[str], code: str, rank: int) -> None:
    codes = keys.setdefault(key, {})
    codes[code] = min(rank, codes.get(code, rank))


def _pruned(keys: Keys) -> Keys:
    """Drop codes for "other" from keys that name another code, and shortened keys that name another category."""
    for codes in keys.values():
        best = min(codes.values())
        categories = {code[:3] for code, rank in codes.items() if rank == best}
        for code, rank in list(codes.items()):
            if rank > best and rank >= SHORTENED and code[:3] not in categories:
                del codes[code]
    return keys


def rarity(keys: Keys) -> Counter[str]:
    """Return in how many keys each word occurs."""
    return Counter(word for key in keys for word in key)
