"""From hits to a decision on one submitted code: is it supported, contradicted, or not found, and by which words.

The ladder: the code's own name, or the name of a relative with every remaining word of the code's description asserted
nearby (the residual rule), then the side and the other attributes. The best hit decides; a negated or a family
statement counts only where nothing is asserted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from audit.chart.assertion import NOT_OF_PATIENT, Assertion
from audit.chart.grade import Grade, Graded, grade, names_sibling, with_side
from audit.chart.hits import Hit
from audit.chart.scan import Instruments, Scanned
from audit.chart.table import CodeFacts
from audit.domain.finding import Span, Support

_DECIDING = frozenset({"", "assessment", "final"})
"""Sections whose plain statement makes a condition current, though another place tells it as past."""


_SCREENING = ("Z11", "Z12", "Z13")
"""Codes for a visit that looks for what is not there: to be hypothetical is their meaning."""


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


def decide(code: str, facts: CodeFacts, scanned: Scanned, tools: Instruments) -> Decision:
    """Decide one code by the hits of its category."""
    graded = [g for hit in scanned.by_category.get(code[:3], ()) if (g := grade(hit, facts, scanned, tools)).grade]
    past = tools.evidence.past_code(code)
    screening = code.startswith(_SCREENING)
    current: list[Graded] = []
    limited: dict[Assertion, list[Graded]] = {}
    for g in graded:
        limits = g.hit.assertion & (NOT_OF_PATIENT & ~Assertion.HYPOTHETICAL if screening else NOT_OF_PATIENT)
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
    if best == Grade.EXACT:
        current = [_outranking(g, facts, tools) for g in current]
        best = Grade.RICHER if any(g.grade == Grade.RICHER for g in current) else best
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


def _outranking(graded: Graded, facts: CodeFacts, tools: Instruments) -> Graded:
    """A code for the unspecified yields to a sibling that the note names; what is only suspected outranks nothing."""
    if graded.hit.assertion & Assertion.UNCERTAIN:
        return graded if graded.grade == Grade.EXACT else replace(graded, grade=Grade.DETAIL)
    specific = (
        graded.grade in {Grade.DETAIL, Grade.ATTRIBUTE} and facts.vague and names_sibling(graded.hit, facts, tools)
    )
    return replace(graded, grade=Grade.RICHER) if specific else graded


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


def _better(code: str, facts: CodeFacts, graded: Sequence[Graded], best: Grade, tools: Instruments) -> tuple[str, ...]:
    """Return the codes that the words of the note name instead, without 7th character."""
    if best == Grade.EXACT:
        return ()
    sides = {g.side for g in graded if g.side}
    if sides and best in {Grade.SIDE, Grade.RICHER}:
        side = next(iter(sides)) if len(sides) == 1 else "bilateral"
        return with_side(facts, (side,), tools)
    if best == Grade.DETAIL:
        return ()
    named = [
        other
        for g in graded
        for other in tools.table.codes[g.hit.key]
        if other[:3] == code[:3] and other != facts.code and (f := tools.table.facts(other)) and f.leaf
    ]
    return tuple(dict.fromkeys(named))[:3]
