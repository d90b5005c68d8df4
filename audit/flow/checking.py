"""Run the rules: edits as SQL over the canonical tables, chart kinds over each case; for audits and examples alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from audit.chart import VOCABULARY as CHART_KINDS
from audit.chart.checks import find as find_in_chart
from audit.chart.reader import read_case
from audit.chart.terms import TermTable
from audit.domain.check import CheckKind
from audit.domain.encounter import Case
from audit.domain.finding import CodeReading, Finding, NotAssessed
from audit.domain.ports import Database
from audit.domain.rule import Rule
from audit.domain.summary import AuditedCase
from audit.edits import VOCABULARY as EDIT_KINDS
from audit.edits import EditQuery, compose, shared_tables

VOCABULARY: dict[str, CheckKind] = {**EDIT_KINDS, **CHART_KINDS}
"""Every check kind a rule may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The cases with all that was found in them, and the rules that could not be applied."""

    cases: tuple[AuditedCase, ...]
    not_assessed: tuple[NotAssessed, ...]


def check(
    database: Database,
    rules: Sequence[Rule],
    cases: Sequence[Case],
    terms: TermTable,
    *,
    loaded: Collection[str],
    progress: Callable[[Case], None] = lambda _: None,
) -> Checked:
    """Apply every rule to every case. ``database`` holds ``lines`` and the code-set tables named in ``loaded``."""
    edits, unapplied = find_edits(database, rules, loaded)
    of_case: dict[str, list[Finding]] = {case.encounter.encounter_id: [] for case in cases}
    for finding in edits:
        of_case[finding.encounter_id].append(finding)
    chart_rules = [rule for rule in rules if rule.check in CHART_KINDS]
    audited: list[AuditedCase] = []
    not_read: list[NotAssessed] = []
    for case in cases:
        found, readings, missed = read_chart(chart_rules, case, terms)
        audited.append(_audited(case, [*of_case[case.encounter.encounter_id], *found], readings))
        not_read.extend(missed)
        progress(case)
    return Checked(cases=tuple(audited), not_assessed=gathered([*unapplied, *not_read]))


def find_edits(
    database: Database, rules: Sequence[Rule], loaded: Collection[str]
) -> tuple[list[Finding], list[NotAssessed]]:
    """Run every edit among ``rules``; a rule whose table is not loaded is not assessed and says so."""
    findings: list[Finding] = []
    not_assessed: list[NotAssessed] = []
    with shared_tables(database) as make:
        for rule in rules:
            if rule.check not in EDIT_KINDS:
                continue
            query = compose(rule)
            missing = absent_table(database, rule, query, loaded)
            if missing:
                not_assessed.append(missing)
                continue
            make(query)
            for encounter_id, line, code, suggested, detail in database.rows(query.finds):
                better = tuple(suggested or ())
                findings.append(
                    Finding.of(rule, encounter_id, line, code or "", suggested=better, message=detail or "")
                )
            not_assessed += unapplied(database, rule, query)
    return findings, not_assessed


def absent_table(database: Database, rule: Rule, query: EditQuery, loaded: Collection[str]) -> NotAssessed | None:
    """Return what to say of a rule whose code-set table is not at hand."""
    absent = [name for name in query.needs if name not in loaded]
    if not absent:
        return None
    (lines,) = database.rows("SELECT count(*) FROM lines WHERE sampled")[0]
    return NotAssessed(rule=rule.id, reason=f"table {absent[0]} is not imported", count=lines)


def unapplied(database: Database, rule: Rule, query: EditQuery) -> list[NotAssessed]:
    """Return what the rule could not be applied to, though its tables are at hand."""
    rows = database.rows(query.not_assessed) if query.not_assessed else []
    return [NotAssessed(rule=rule.id, reason=reason, count=count) for reason, count in rows]


def read_chart(
    rules: Sequence[Rule], case: Case, terms: TermTable
) -> tuple[tuple[Finding, ...], tuple[CodeReading, ...], tuple[NotAssessed, ...]]:
    """Read one case and apply the chart rules to it."""
    reading = read_case(case, terms)
    findings, not_assessed = find_in_chart(rules, case, reading)
    return findings, reading.lines, not_assessed


def _audited(case: Case, findings: list[Finding], readings: Sequence[CodeReading]) -> AuditedCase:
    """Put the findings in order and name on every line's reading the rules that found something there."""
    findings.sort(key=lambda finding: finding.sort_key)
    named = tuple(
        replace(
            reading,
            findings=tuple(dict.fromkeys(f.rule for f in findings if f.line == reading.line)),
            suggested=tuple(dict.fromkeys([*reading.suggested, *_suggested(findings, reading.line)])),
        )
        for reading in readings
    )
    return AuditedCase(case=case, readings=named, findings=tuple(findings), determinations=None)


def _suggested(findings: Sequence[Finding], line: int) -> list[str]:
    return [code for finding in findings if finding.line == line for code in finding.suggested]


def gathered(records: Sequence[NotAssessed]) -> tuple[NotAssessed, ...]:
    """Say each rule and reason once, with the total."""
    totals: dict[tuple[str, str], int] = {}
    for record in records:
        key = (record.rule, record.reason)
        totals[key] = totals.get(key, 0) + record.count
    return tuple(NotAssessed(rule=rule, reason=reason, count=n) for (rule, reason), n in sorted(totals.items()) if n)
