"""From a reading to findings: each rule in force asks its kind's question of every line or document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from audit.chart.assertion import Assertion
from audit.chart.days import day_of
from audit.chart.decide import Decision, Reason
from audit.chart.document_checks import late_entries, other_dates, other_patients, unsigned
from audit.chart.evidence_tables import Ranges
from audit.chart.omitted import omitted
from audit.chart.reader import ChartReading
from audit.domain.encounter import Case, ClaimType, Setting
from audit.domain.finding import Finding, NotAssessed
from audit.domain.rule import Rule

_REASONS: dict[str, frozenset[Reason]] = {
    "not_documented": frozenset({Reason.NOTHING, Reason.HYPOTHETICAL}),
    "negated": frozenset({Reason.NEGATED}),
    "family_only": frozenset({Reason.FAMILY}),
    "history_only": frozenset({Reason.HISTORY}),
    "uncertain_only": frozenset({Reason.UNCERTAIN}),
    "other_side": frozenset({Reason.SIDE}),
    "other_attribute": frozenset({Reason.ATTRIBUTE}),
    "detail_missing": frozenset({Reason.DETAIL}),
    "detail_unused": frozenset({Reason.RICHER}),
}
_UNREAD = {
    Reason.NOT_IN_EDITION: "the code or its date lies outside the imported edition of ICD-10-CM",
    Reason.NO_DOCUMENT: "the encounter has no document with text",
}
_OF_DOCUMENTS: dict[str, Callable[[Rule, Case, ChartReading], Iterator[Finding]]] = {
    "unsigned": unsigned,
    "other_patient": other_patients,
    "other_date": other_dates,
    "late_entry": late_entries,
    "omitted": omitted,
}
_STATED_FINALLY = frozenset({"final", "assessment"})


def find(
    rules: Sequence[Rule], case: Case, reading: ChartReading
) -> tuple[tuple[Finding, ...], tuple[NotAssessed, ...]]:
    """Apply the chart rules of ``rules`` that are in force on the day of each line, or of the encounter.

    Rules of other families are passed over. Returns the findings in output order, and per rule what it could not
    assess and why.
    """
    findings: list[Finding] = []
    unread: Counter[tuple[str, str]] = Counter()
    for rule in rules:
        if rule.check in _REASONS:
            findings.extend(_of_lines(rule, case, reading))
            unread.update(_not_read(rule, case, reading))
        elif rule.check in _OF_DOCUMENTS and rule.in_force_on(case.encounter.service_from):
            findings.extend(_OF_DOCUMENTS[rule.check](rule, case, reading))
    missed = tuple(NotAssessed(rule=r, reason=why, count=n) for (r, why), n in sorted(unread.items()))
    return tuple(sorted(findings, key=lambda finding: finding.sort_key)), missed


def _of_lines(rule: Rule, case: Case, reading: ChartReading) -> Iterator[Finding]:
    for line in case.lines:
        decision = reading.decisions[line.line]
        if decision.reason not in _REASONS[rule.check] or not _governs(rule, line.code):
            continue
        if not rule.in_force_on(day_of(case.encounter, line)):
            continue
        if rule.check == "uncertain_only" and not _applies(rule, case, decision):
            continue
        yield Finding.of(
            rule,
            line.encounter_id,
            line.line,
            line.code,
            spans=decision.spans,
            suggested=decision.suggested,
            message=decision.detail,
        )


def _governs(rule: Rule, code: str) -> bool:
    only, without = rule.parameters.get("codes"), rule.parameters.get("except")
    if only and code not in Ranges.of(only):
        return False
    return not (without and code in Ranges.of(without))


def _applies(rule: Rule, case: Case, decision: Decision) -> bool:
    """IV.H: professional claims anywhere, outpatient and emergency facility claims. II.H: stays, by the last word."""
    encounter = case.encounter
    stay = encounter.claim_type is ClaimType.INSTITUTIONAL and encounter.setting is Setting.INPATIENT
    if rule.parameters["scope"] == "outpatient":
        return encounter.claim_type is ClaimType.PROFESSIONAL or encounter.setting in {
            Setting.OUTPATIENT,
            Setting.EMERGENCY,
        }
    said_finally = any(
        hit.assertion & Assertion.UNCERTAIN and _is_final(case, hit.clause.document, hit.section)
        for hit in decision.hits
    )
    return stay and not said_finally


def _is_final(case: Case, document: int, section: str) -> bool:
    if section == "final":
        return True
    return section in _STATED_FINALLY and "discharge" in case.documents[document].kind.lower()


def _not_read(rule: Rule, case: Case, reading: ChartReading) -> Iterable[tuple[str, str]]:
    for line in case.lines:
        reason = reading.decisions[line.line].reason
        if reason in _UNREAD and rule.in_force_on(day_of(case.encounter, line)):
            yield rule.id, _UNREAD[reason]
