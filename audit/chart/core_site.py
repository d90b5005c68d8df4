"""A condition in one clause, its body part in another: evidence for the category, not for the code.

"Sustained a contusion" in the history under "Chief complaint: right knee" is how injuries are told. It holds only
where the clause of the condition names no body part itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from audit.chart.decide import Decision, Reason
from audit.chart.describe import SIDES
from audit.chart.hits import ReadClause
from audit.chart.scan import Instruments, Scanned
from audit.chart.table import CodeFacts
from audit.domain.finding import Support

_TOLD_IN = frozenset({"", "complaint", "history", "assessment", "final", "operative"})
_TOO_COMMON = frozenset({"pain"})


def core_and_site(decision: Decision, facts: CodeFacts, scanned: Scanned, tools: Instruments) -> Decision:
    """Return the decision, raised to the category where core and site stand in different clauses.

    Only for injuries and joints (chapters 13 and 19), whose codes are a condition at a site.
    """
    if decision.reason is not Reason.NOTHING or facts.code[0] not in "MS":
        return decision
    wanted = tools.axes.sites(facts.said)
    core = facts.said - wanted - facts.extra - tools.optional.heads - tools.optional.modifiers
    if not wanted or not core or core <= _TOO_COMMON or core <= tools.optional.weak:
        return decision
    sites = [clause for clause in _told(scanned) if wanted <= tools.axes.held(tools.axes.sites(clause.asserted))]
    if not sites or not any(not facts.side or facts.side in _sides(clause) for clause in sites):
        return decision
    for clause in _told(scanned):
        if core <= clause.asserted and not tools.axes.sites(t.word for t in clause.tokens):
            return _raised(decision, clause, core, scanned)
    return decision


def _told(scanned: Scanned) -> Iterator[ReadClause]:
    return (clause for clause in scanned.clauses if clause.clause.section in _TOLD_IN)


def _sides(clause: ReadClause) -> frozenset[str]:
    said = frozenset(token.word for token in clause.tokens if token.word in SIDES)
    return frozenset(SIDES) if "bilateral" in said else said


def _raised(decision: Decision, clause: ReadClause, core: frozenset[str], scanned: Scanned) -> Decision:
    tokens = [token for token in clause.tokens if token.word in core]
    span = scanned.span(clause.document, min(t.start for t in tokens), max(t.end for t in tokens))
    return Decision(
        code=decision.code,
        support=Support.NOT_FOUND,
        category_support=Support.SUPPORTED,
        reason=Reason.DETAIL,
        spans=(span,),
        detail="site",
    )
