"""From hits to a decision on one submitted code: is it supported, contradicted, or not found, and by which words.

The ladder: the code's own name, or the name of a relative with every remaining word of the code's description asserted
nearby (the residual rule), then the side and the other attributes. The best hit decides; a negated or a family
statement counts only where nothing is asserted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from audit.chart.assertion import NOT_OF_PATIENT, Assertion
from audit.chart.axes import side_of, sides_in
from audit.chart.hits import Hit
from audit.chart.scan import Instruments, Scanned
from audit.chart.table import CodeFacts
from audit.domain.finding import Span, Support

_TRIMMED = 2
"""A name of this rank or better is the code's own (``compile.TRIMMED``)."""


_DECIDING = frozenset({"", "assessment", "final"})
"""Sections whose plain statement makes a condition current, though another place tells it as past."""
_TOLD_OF = ("Z8",)
"""History codes: a condition within "history of X" is told, and its cue says how."""


class Reason(StrEnum):
    """Why a code stands as it does; a rule of a chart kind asks for one or several of these."""

    ASSERTED = "asserted"
    RICHER = "richer"
    UNCERTAIN = "uncertain"
    NEGATED = "negated"
    FAMILY = "family"
    HYPOTHETICAL = "hypothetical"
    HISTORY = "history"
    SIDE = "side"
    ATTRIBUTE = "attribute"
    DETAIL = "detail"
    NOTHING = "nothing"
    EVIDENCE = "evidence"
    NOT_IN_EDITION = "not_in_edition"
    NOT_A_DIAGNOSIS = "not_a_diagnosis"
    NO_DOCUMENT = "no_document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the documents say of one code. ``detail`` names the attribute at issue, never a patient's value."""

    code: str
    support: Support
    category_support: Support
    reason: Reason
    hits: tuple[Hit, ...] = ()
    spans: tuple[Span, ...] = ()
    suggested: tuple[str, ...] = ()
    detail: str = ""


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


def decide(code: str, facts: CodeFacts, scanned: Scanned, tools: Instruments) -> Decision:
    """Decide one code by the hits of its category."""
    graded = [g for hit in scanned.by_category.get(code[:3], ()) if (g := grade(hit, facts, scanned, tools)).grade]
    past = tools.evidence.past_code(code)
    current: list[Graded] = []
    limited: dict[Assertion, list[Graded]] = {}
    for g in graded:
        limits = g.hit.assertion & NOT_OF_PATIENT
        if past and g.hit.assertion & Assertion.HISTORICAL and "remission" not in facts.said:
            limits |= Assertion.HISTORICAL
        if limits:
            for flag in limits:
                limited.setdefault(flag, []).append(g)
        else:
            current.append(g)
    if limited.get(Assertion.HISTORICAL) and not any(g.hit.section in _DECIDING for g in current):
        current = []
    if current:
        return _by_current(code, facts, current, scanned, tools)
    return _by_limited(code, limited, scanned, tools)


def _by_current(
    code: str, facts: CodeFacts, current: Sequence[Graded], scanned: Scanned, tools: Instruments
) -> Decision:
    current = _balanced(current)
    best = max(g.grade for g in current)
    if best == Grade.EXACT and any(g.grade == Grade.RICHER for g in current):
        best = Grade.RICHER
    hits = [g.hit for g in current if g.grade == best]
    detail = next((g.detail for g in current if g.grade == best and g.detail), "")
    certain = [hit for hit in hits if not hit.assertion & Assertion.UNCERTAIN]
    support, reason = _OUTCOME[best]
    if best >= Grade.RICHER and not certain:
        reason = Reason.UNCERTAIN
    return Decision(
        code=code,
        support=support,
        category_support=Support.SUPPORTED,
        reason=reason,
        hits=tuple(certain or hits),
        spans=scanned.spans(certain or hits),
        suggested=_better(code, facts, [g for g in current if g.grade == best], best, tools),
        detail=detail,
    )


_OUTCOME = {
    Grade.EXACT: (Support.SUPPORTED, Reason.ASSERTED),
    Grade.RICHER: (Support.SUPPORTED, Reason.RICHER),
    Grade.SIDE: (Support.CONTRADICTED, Reason.SIDE),
    Grade.ATTRIBUTE: (Support.CONTRADICTED, Reason.ATTRIBUTE),
    Grade.DETAIL: (Support.NOT_FOUND, Reason.DETAIL),
}


def _balanced(current: Sequence[Graded]) -> Sequence[Graded]:
    """More contrary than agreeing sides reject: a code is not carried by one stray mention of its side."""
    agreeing = [g for g in current if g.grade == Grade.EXACT and g.side]
    contrary = [g for g in current if g.grade == Grade.SIDE]
    if agreeing and len(contrary) > len(agreeing):
        return [g for g in current if g not in agreeing]
    return current


def _by_limited(code: str, limited: dict[Assertion, list[Graded]], scanned: Scanned, tools: Instruments) -> Decision:
    for flag, reason, support in (
        (Assertion.HISTORICAL, Reason.HISTORY, Support.NOT_FOUND),
        (Assertion.NEGATED, Reason.NEGATED, Support.CONTRADICTED),
        (Assertion.FAMILY, Reason.FAMILY, Support.NOT_FOUND),
        (Assertion.HYPOTHETICAL, Reason.HYPOTHETICAL, Support.NOT_FOUND),
    ):
        hits = [g.hit for g in limited.get(flag, ()) if g.grade >= Grade.SIDE or flag != Assertion.NEGATED]
        if flag == Assertion.HISTORICAL:
            hits = [hit for hit in hits if not hit.assertion & NOT_OF_PATIENT]
        if hits:
            better = {
                Reason.HISTORY: tools.evidence.past_code(code),
                Reason.FAMILY: tools.evidence.family_code(code),
            }.get(reason, "")
            return Decision(
                code=code,
                support=support,
                category_support=support,
                reason=reason,
                hits=tuple(hits),
                spans=scanned.spans(hits),
                suggested=(better,) if better else (),
            )
    return Decision(code=code, support=Support.NOT_FOUND, category_support=Support.NOT_FOUND, reason=Reason.NOTHING)


def grade(hit: Hit, facts: CodeFacts, scanned: Scanned, tools: Instruments) -> Graded:
    """Say how far one hit carries the code: its name, the words that remain, the body site, the side."""
    if hit.cover >= 0 and not _component(hit, tools):
        return Graded(hit, Grade.NONE)
    key = frozenset(tools.table.keys[hit.key])
    if _other_site(hit, key, facts, tools) or _other_bag(hit, facts, tools):
        return Graded(hit, Grade.NONE)
    missing = _missing(hit, key, facts, scanned, tools)
    if missing:
        axis = tools.axes.conflict(missing, key | hit.clause.asserted)
        return Graded(hit, Grade.ATTRIBUTE if axis else Grade.DETAIL, axis or "detail")
    return _by_side(hit, facts, scanned, tools) if facts.side else _unsided(hit, facts, scanned, tools)


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


_MIXED = ("other", "pain", "disorders", "symptoms", "abnormal", "unspecified", "encounter", "personal", "presence")


def _other_bag(hit: Hit, facts: CodeFacts, tools: Instruments) -> bool:
    """Whether hit and code only share a category that holds unlike things: then the subcategory must agree."""
    if facts.code[0] not in "RZVWXY" and not _is_mixed(facts.code[:3], tools):
        return False
    for code in tools.table.codes[hit.key]:
        other = tools.table.facts(code)
        if code[:3] == facts.code[:3] and other and (code[:5] == facts.code[:5] or other.vague or len(code) == 3):  # noqa: PLR2004 - a category
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
    if facts.other:
        return frozenset({"other"})
    left = facts.said - key - tools.optional.heads - tools.table.shared(facts.code[:3])
    around = _around(hit, scanned)
    left -= around
    sites = tools.axes.sites(facts.said)
    if tools.axes.held(tools.axes.sites(key | around)) & sites:
        left -= sites
    if left and left <= facts.extra and any(left <= clause.asserted for clause in scanned.clauses):
        return frozenset()
    return left


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


def _by_side(hit: Hit, facts: CodeFacts, scanned: Scanned, tools: Instruments) -> Graded:
    said = _side_said(hit, scanned)
    if said == facts.side or (said == "bilateral" and not _with_side(facts, ("bilateral",), tools)):
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
    return bool(_with_side(facts, ("right", "left", "bilateral"), tools))


def _with_side(facts: CodeFacts, sides: Sequence[str], tools: Instruments) -> tuple[str, ...]:
    found = []
    for code in tools.table.families[facts.code[:3]]:
        other = tools.table.facts(code)
        if other and other.leaf and other.side in sides and other.said == facts.said and code != facts.code:
            found.append(code)
    return tuple(found)


def _better(code: str, facts: CodeFacts, graded: Sequence[Graded], best: Grade, tools: Instruments) -> tuple[str, ...]:
    """Return the codes that the words of the note name instead, without 7th character."""
    if best == Grade.EXACT:
        return ()
    sides = {g.side for g in graded if g.side}
    if sides and best in {Grade.SIDE, Grade.RICHER}:
        side = next(iter(sides)) if len(sides) == 1 else "bilateral"
        return _with_side(facts, (side,), tools)
    if best == Grade.DETAIL:
        return ()
    named = [
        other
        for g in graded
        for other in tools.table.codes[g.hit.key]
        if other[:3] == code[:3] and other != facts.code and (f := tools.table.facts(other)) and f.leaf
    ]
    return tuple(dict.fromkeys(named))[:3]
