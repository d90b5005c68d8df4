"""Reading one case: every submitted line against every document of the encounter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from audit.chart.core_site import core_and_site
from audit.chart.days import day_of
from audit.chart.decide import Decision, Reason, decide
from audit.chart.evidence import weigh
from audit.chart.phase import in_phase
from audit.chart.scan import Instruments, Scanned, scan
from audit.chart.table import TermTable
from audit.chart.values import by_value
from audit.domain.codes import CodeSystem
from audit.domain.encounter import Case, CodeLine
from audit.domain.finding import CodeReading, Support


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartReading:
    """What was read: one ``CodeReading`` per line, the decision behind each by line number, and all that was found."""

    lines: tuple[CodeReading, ...]
    decisions: Mapping[int, Decision]
    scanned: Scanned
    tools: Instruments


def read_case(case: Case, terms: TermTable) -> ChartReading:
    """Read a case. Deterministic; offsets of all spans are code points of the stored texts. Raises nothing."""
    tools = _instruments(_Key(terms))
    scanned = scan(case.documents, tools)
    decisions = {line.line: _decision(case, line, scanned, tools) for line in case.lines}
    return ChartReading(
        lines=tuple(_reading(line, decisions[line.line]) for line in case.lines),
        decisions=decisions,
        scanned=scanned,
        tools=tools,
    )


class _Key:
    """Identity of a term table, so that its instruments are built once."""

    def __init__(self, table: TermTable) -> None:
        self.table = table

    def __hash__(self) -> int:
        return hash(self.table.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.table is other.table


@lru_cache(maxsize=2)
def _instruments(key: _Key) -> Instruments:
    return Instruments.of(key.table)


def _decision(case: Case, line: CodeLine, scanned: Scanned, tools: Instruments) -> Decision:
    if line.system is not CodeSystem.ICD10CM:
        return _not_assessed(line.code, Reason.NOT_A_DIAGNOSIS)
    if case.missing_record:
        return _not_assessed(line.code, Reason.NO_DOCUMENT)
    facts = tools.table.facts(line.code)
    if facts is None or not tools.table.in_force_on(day_of(case.encounter, line)):
        return _not_assessed(line.code, Reason.NOT_IN_EDITION)
    decided = decide(line.code, facts, scanned, tools)
    weighed = weigh(core_and_site(decided, facts, scanned, tools), scanned, tools)
    return by_value(in_phase(weighed, scanned, tools), scanned)


def _not_assessed(code: str, reason: Reason) -> Decision:
    return Decision(code=code, support=Support.NOT_ASSESSED, category_support=Support.NOT_ASSESSED, reason=reason)


def _reading(line: CodeLine, decision: Decision) -> CodeReading:
    return CodeReading(
        encounter_id=line.encounter_id,
        line=line.line,
        system=line.system,
        code=line.code,
        support=decision.support,
        category_support=decision.category_support,
        spans=decision.spans,
        suggested=decision.suggested,
    )
