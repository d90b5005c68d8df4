"""Evidence for codes that no phrase names: drugs, history, family, combinations, circumstances, reason of visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audit.chart.assertion import NOT_OF_PATIENT, Assertion
from audit.chart.decide import Decision, Reason
from audit.chart.evidence_tables import Ranges
from audit.chart.hits import Hit
from audit.chart.scan import Instruments, Scanned
from audit.domain.finding import Span, Support


def weigh(decision: Decision, scanned: Scanned, tools: Instruments) -> Decision:
    """Return the decision, raised where evidence of another kind carries the code or its category."""
    if decision.support is Support.SUPPORTED:
        return decision
    code = decision.code
    spans = _drug(code, scanned, tools) or _told(code, scanned, tools) or _combined(code, scanned, tools)
    spans = spans or _circumstance(code, scanned, tools, exact=True)
    if spans:
        return _raised(decision, spans, Support.SUPPORTED)
    if decision.category_support is Support.SUPPORTED:
        return decision
    spans = _circumstance(code, scanned, tools, exact=False) or _reason(code, scanned, tools)
    return _raised(decision, spans, Support.NOT_FOUND) if spans else decision


def _raised(decision: Decision, spans: tuple[Span, ...], support: Support) -> Decision:
    return Decision(
        code=decision.code,
        support=support,
        category_support=Support.SUPPORTED,
        reason=Reason.EVIDENCE,
        spans=spans,
    )


def _drug(code: str, scanned: Scanned, tools: Instruments) -> tuple[Span, ...]:
    pattern = tools.evidence.drugs.get(code)
    if pattern is None:
        return ()
    for number, document in enumerate(scanned.documents):
        match = pattern.search(document.text)
        if match:
            return (scanned.span(number, match.start(), match.end()),)
    return ()


def _told(code: str, scanned: Scanned, tools: Instruments) -> tuple[Span, ...]:
    """History and family-history codes: the condition itself, told as past or of a relative."""
    if not code.startswith(("Z8", "I25.2")):
        return ()
    tables = tools.evidence
    for rows, flag in (
        (tables.history, Assertion.HISTORICAL),
        (tables.told, Assertion.HISTORICAL),
        (tables.family, Assertion.FAMILY),
    ):
        for own, conditions in rows:
            if own == code:
                hits = _in_ranges(scanned, conditions, tools)
                told = [h for h in hits if h.assertion & flag and not h.assertion & Assertion.NEGATED]
                told = _not_current(told, scanned, tools) if rows is tables.told else told
                if told:
                    return scanned.spans(told)
    return ()


def _not_current(told: Sequence[Hit], scanned: Scanned, tools: Instruments) -> list[Hit]:
    """Leave out what the assessment names as present: a condition under treatment is no history."""
    present = {
        code[:3]
        for hit in scanned.hits
        if hit.section in {"assessment", "final"} and not hit.assertion
        for code in tools.table.codes[hit.key]
    }
    return [hit for hit in told if not any(code[:3] in present for code in tools.table.codes[hit.key])]


def _in_ranges(scanned: Scanned, ranges: Ranges, tools: Instruments) -> Iterable[Hit]:
    return (h for h in scanned.hits if h.cover < 0 and any(c in ranges for c in tools.table.codes[h.key]))


def _combined(code: str, scanned: Scanned, tools: Instruments) -> tuple[Span, ...]:
    """Combination codes: every part is asserted somewhere, and the classification itself joins them."""
    for parts in tools.evidence.combinations.get(code, ()):
        found = [_first_asserted(scanned, part, tools) for part in parts]
        if all(found):
            return scanned.spans(h for hits in found for h in hits)
    return ()


def _first_asserted(scanned: Scanned, part: Ranges, tools: Instruments) -> Sequence[Hit]:
    for hit in scanned.hits:
        if not hit.assertion & NOT_OF_PATIENT and any(c in part for c in tools.table.codes[hit.key]):
            return (hit,)
    return ()


def _circumstance(code: str, scanned: Scanned, tools: Instruments, *, exact: bool) -> tuple[Span, ...]:
    """External causes: words for the very code (an activity), or for the range it lies in."""
    if code[0] not in "VWXY":
        return ()
    facts = tools.table.facts(code)
    base = facts.code if facts else code
    patterns = [
        pattern
        for start, pattern in tools.evidence.circumstances
        if (base == start if exact else code.startswith(start))
    ]
    for clause in scanned.clauses:
        text = scanned.documents[clause.document].text
        if clause.clause.section in {"", "history", "complaint", "assessment"}:
            for pattern in patterns:
                match = pattern.search(text, clause.clause.start, clause.clause.end)
                if match:
                    return (scanned.span(clause.document, match.start(), match.end()),)
    return ()


def _reason(code: str, scanned: Scanned, tools: Instruments) -> tuple[Span, ...]:
    if code[0] != "Z":
        return ()
    patterns = [pattern for start, pattern in tools.evidence.reasons if code.startswith(start)]
    for clause in scanned.clauses:
        if clause.clause.section not in {"complaint", "assessment", "final"} and clause.number > 2:  # noqa: PLR2004 - or the note's first words
            continue
        text = scanned.documents[clause.document].text
        for pattern in patterns:
            match = pattern.search(text, clause.clause.start, clause.clause.end)
            if match:
                return (scanned.span(clause.document, match.start(), match.end()),)
    return ()
