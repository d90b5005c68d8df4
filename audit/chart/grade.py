"""How far one hit carries one code: its name, the words that remain, the body site, the side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from audit.chart.axes import side_of, sides_in
from audit.chart.hits import Hit
from audit.chart.scan import Instruments, Scanned
from audit.chart.table import CodeFacts

_TRIMMED = 2
"""A name of this rank or better is the code's own (``compile.TRIMMED``)."""
_MODIFIERS = frozenset({"acuity", "severity", "frequency"})
_TOLD_OF = ("Z8",)
"""History codes: a condition within "history of X" is told, and its cue says how."""


class Grade(IntEnum):
    """How far one hit carries the code."""

    NONE = 0
    DETAIL = 1
    ATTRIBUTE = 2
    SIDE = 3
    RICHER = 4
    EXACT = 5


@dataclass(frozen=True, slots=True)
class Graded:
    """A hit with its grade for the code, and what is missing or contrary."""

    hit: Hit
    grade: Grade
    detail: str = ""
    side: str = ""


def grade(hit: Hit, facts: CodeFacts, scanned: Scanned, tools: Instruments) -> Graded:
    """Say how far one hit carries the code: its name, the words that remain, the body site, the side."""
    if hit.cover >= 0 and not _component(hit, tools):
        return Graded(hit, Grade.NONE)
    key = frozenset(tools.table.keys[hit.key])
    if _listed_apart(hit, scanned, tools):
        return Graded(hit, Grade.NONE)
    if _other_site(hit, key, facts, tools) or _other_bag(hit, facts, tools):
        return Graded(hit, Grade.NONE)
    missing = _missing(hit, key, facts, scanned, tools)
    if missing:
        axis = tools.axes.conflict(missing, key | hit.clause.asserted)
        return Graded(hit, Grade.ATTRIBUTE if axis else Grade.DETAIL, axis or "detail")
    named = tools.table.codes[hit.key].get(facts.code, _TRIMMED + 1) <= _TRIMMED
    sided = facts.side and not (named and not _sided(facts, tools))
    return _by_side(hit, facts, scanned, tools) if sided else _unsided(hit, facts, scanned, tools)


def _unsided(hit: Hit, facts: CodeFacts, scanned: Scanned, tools: Instruments) -> Graded:
    if _says_more(hit, facts, tools):
        return Graded(hit, Grade.RICHER, "detail")
    if facts.vague and _side_said(hit, scanned) and _sided(facts, tools):
        return Graded(hit, Grade.RICHER, "side", _side_said(hit, scanned))
    return Graded(hit, Grade.EXACT)


def _component(hit: Hit, tools: Instruments) -> bool:
    """Whether a covered hit is one part of a combination ("X with Y") that the covering key names."""
    key = frozenset(tools.table.keys[hit.key])
    for code in tools.table.codes[hit.cover]:
        if code.startswith(_TOLD_OF):
            return True
        facts = tools.table.facts(code)
        if facts and facts.extra and (key <= facts.extra or not key & facts.extra):
            return True
    return False


def _listed_apart(hit: Hit, scanned: Scanned, tools: Instruments) -> bool:
    """Whether a modifier belongs to another item of a list: "chronic headache, cough" is no chronic cough."""
    text = scanned.documents[hit.clause.document].text
    for one, other in pairwise(hit.places):
        first, second = hit.clause.tokens[one], hit.clause.tokens[other]
        before = hit.clause.tokens[hit.places[0] : one + 1]
        modifies = all(tools.axes.axis_of.get(token.word) in _MODIFIERS for token in before)
        if other - one > 1 and modifies and "," in text[first.end : second.start]:
            return True
    return False


def _other_site(hit: Hit, key: frozenset[str], facts: CodeFacts, tools: Instruments) -> bool:
    wanted = tools.axes.sites(facts.said)
    if not wanted or tools.table.codes[hit.key].get(facts.code, _TRIMMED + 1) <= _TRIMMED:
        return False
    said = tools.axes.sites(key)
    if not said:
        first, last = hit.places[0], hit.places[-1]
        near = hit.clause.tokens[max(0, first - 4) : last + 5]
        said = tools.axes.sites(t.word for t in near)
    if not said:
        return _is_mixed(facts.code[:3], tools)
    return not tools.axes.held(said) & tools.axes.held(wanted)


_CIRCUMSTANCES = "VWXY"
_MIXED = ("other", "pain", "disorders", "symptoms", "abnormal", "unspecified", "encounter", "personal", "presence")


def _other_bag(hit: Hit, facts: CodeFacts, tools: Instruments) -> bool:
    """Whether hit and code only share a category that holds unlike things: then the subcategory must agree."""
    if facts.code[0] not in "RZVWXY" and not _is_mixed(facts.code[:3], tools):
        return False
    for code in tools.table.codes[hit.key]:
        other = tools.table.facts(code)
        vague = bool(other and other.vague and facts.code[0] not in _CIRCUMSTANCES)
        if code[:3] == facts.code[:3] and other and (code[:5] == facts.code[:5] or vague or len(code) == 3):  # noqa: PLR2004 - a category
            return False
    return True


def _is_mixed(category: str, tools: Instruments) -> bool:
    facts = tools.table.facts(category)
    return bool(facts and (facts.other or not facts.said.isdisjoint(_MIXED)))


def _missing(hit: Hit, key: frozenset[str], facts: CodeFacts, scanned: Scanned, tools: Instruments) -> frozenset[str]:
    """Return the words of the code that nothing near the hit asserts (the residual rule)."""
    codes = tools.table.codes[hit.key]
    rank = codes.get(facts.code)
    if rank is not None and (rank <= _TRIMMED or rank == min(codes.values())):
        return frozenset()
    if _plainer_sibling(facts, codes, rank, tools):
        return frozenset({"kind"})
    if facts.other:
        return frozenset({"other"})
    left = facts.said - key - tools.optional.heads - tools.table.shared(facts.code[:3])
    around = _around(hit, scanned)
    around -= frozenset(word for word in left & around if _of_another_item(word, hit, scanned, tools))
    left -= around - (facts.extra & tools.axes.sites(facts.extra))
    sites = tools.axes.sites(facts.said)
    if tools.axes.held(tools.axes.sites(key | around)) & sites:
        left -= sites
    if _told_elsewhere(left, facts, scanned, tools):
        return frozenset()
    return left


def _plainer_sibling(facts: CodeFacts, codes: Mapping[str, int], rank: int | None, tools: Instruments) -> bool:
    """Whether the words name a code beside this one that differs only by a word a speaker may leave out."""
    for code, other_rank in codes.items():
        other = tools.table.facts(code)
        if other is None or not other.leaf or code == facts.code or other.parent != facts.parent:
            continue
        if other_rank <= _TRIMMED and (rank is None or other_rank < rank) and _alike(other, facts):
            return True
    return False


def _alike(one: CodeFacts, other: CodeFacts) -> bool:
    return one.said == other.said and one.side == other.side


def _of_another_item(word: str, hit: Hit, scanned: Scanned, tools: Instruments) -> bool:
    """Whether a modifier in the clause of the hit stands only in an earlier item of its list."""
    tokens = hit.clause.tokens[: hit.places[0]]
    at = [place for place, token in enumerate(tokens) if token.word == word]
    if tools.axes.axis_of.get(word) not in _MODIFIERS or not at or at[-1] == len(tokens) - 1:
        return False
    text = scanned.documents[hit.clause.document].text
    return "," in text[tokens[at[-1] + 1].start : hit.start]


def _told_elsewhere(left: frozenset[str], facts: CodeFacts, scanned: Scanned, tools: Instruments) -> bool:
    """Whether what comes "with" the condition is asserted in one clause anywhere; a body part alone tells nothing."""
    telling = left - tools.axes.sites(left) - tools.optional.weak
    return bool(telling) and left <= facts.extra and any(left <= clause.asserted for clause in scanned.clauses)


def _around(hit: Hit, scanned: Scanned) -> frozenset[str]:
    number = hit.clause.number
    near = scanned.clauses[max(0, number - 1) : number + 3]
    words = [c.asserted for c in near if c.document == hit.clause.document and c.clause.section == hit.section]
    return frozenset().union(*words)


def _says_more(hit: Hit, facts: CodeFacts, tools: Instruments) -> bool:
    """Whether the hit names a code that says all this one says, and more."""
    codes = tools.table.codes[hit.key]
    own = facts.said - tools.optional.heads
    if facts.code in codes:
        return False
    relatives = (tools.table.facts(code) for code in codes if code[:3] == facts.code[:3])
    return any(f.leaf and not f.vague and not f.other and own < f.said for f in relatives if f)


def names_sibling(hit: Hit, facts: CodeFacts, tools: Instruments) -> bool:
    """Whether the hit is the own name of a specific code of the same category, where the category is of one kind."""
    if facts.code[0] in "RSTVWXYZ" or _is_mixed(facts.code[:3], tools):
        return False
    named = (code for code, rank in tools.table.codes[hit.key].items() if rank < _TRIMMED)
    siblings = (tools.table.facts(code) for code in named if code[:3] == facts.code[:3])
    return any(f.leaf and not f.vague and not f.other for f in siblings if f)


def _by_side(hit: Hit, facts: CodeFacts, scanned: Scanned, tools: Instruments) -> Graded:
    said = _side_said(hit, scanned)
    if said == facts.side or (said == "bilateral" and not with_side(facts, ("bilateral",), tools)):
        return Graded(hit, Grade.EXACT, "", said)
    if not said:
        return Graded(hit, Grade.DETAIL, "side")
    return Graded(hit, Grade.SIDE, "side", said)


def _side_said(hit: Hit, scanned: Scanned) -> str:
    """Return the side beside the hit, else the only one of its clause, of the clauses around, of the same paragraph."""
    beside = side_of(hit)
    if beside:
        return beside
    number, document = hit.clause.number, hit.clause.document
    for reach in (0, 1, 3):
        near = [c for c in scanned.clauses[max(0, number - reach) : number + reach + 1] if c.document == document]
        sides = frozenset().union(*(sides_in(c) for c in near))
        if len(sides) == 1:
            return next(iter(sides))
        if sides:
            return "bilateral" if "bilateral" in sides or reach == 0 else ""
    return ""


def _sided(facts: CodeFacts, tools: Instruments) -> bool:
    return bool(with_side(facts, ("right", "left", "bilateral"), tools))


def with_side(facts: CodeFacts, sides: Sequence[str], tools: Instruments) -> tuple[str, ...]:
    """Return the codes for submission that differ from this one in the side alone."""
    found = []
    for code in tools.table.families[facts.code[:3]]:
        other = tools.table.facts(code)
        if other and other.leaf and other.side in sides and other.said == facts.said and code != facts.code:
            found.append(code)
    return tuple(found)
