"""The audit in facts without a patient: counted from the cases, scored, and ready for every report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audit import __version__
from audit.domain.determination import CaseDeterminations, Decision, Determination
from audit.domain.finding import Finding, NotAssessed
from audit.domain.rule import Category, Direction, Owner, Rule, Verdict
from audit.domain.sample import DesignFacts, Draw
from audit.domain.score import Score
from audit.domain.summary import (
    AuditedCase,
    AuditSummary,
    CoderSummary,
    Count,
    DeterminedTally,
    RuleCard,
    RuleOff,
    RuleTally,
    SourceUsed,
)
from audit.flow.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A draw with its place among the draws of the workspace and its seed's origin."""

    draw: Draw
    size: int | None
    number: int
    earlier: tuple[int, ...]
    notices: tuple[str, ...]
    facts: DesignFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What was known before any case was read: the population, the rules, the tables."""

    audit_id: str
    population: int
    per_coder: Mapping[str, int]
    period: str
    excluded: tuple[Count, ...]
    sources: tuple[SourceUsed, ...]
    rules: Mapping[str, Rule]
    not_assessed: tuple[NotAssessed, ...]
    notices: tuple[str, ...]


def summarise(
    plan: Plan, background: Background, drawn: Drawn, cases: Sequence[AuditedCase], scores: tuple[Score, ...]
) -> AuditSummary:
    """Return the summary of one audit; ``checkpoint`` is empty until a report is printed."""
    found = {finding.rule for case in cases for finding in case.findings}
    return AuditSummary(
        audit=plan.name,
        audit_id=background.audit_id,
        tool_version=__version__,
        period=background.period,
        population=background.population,
        excluded=background.excluded,
        sampled=len(cases),
        code_lines=sum(len(case.case.lines) for case in cases),
        missing=sum(case.case.missing_record for case in cases),
        method=drawn.draw.method,
        size=drawn.size,
        seed=drawn.draw.seed,
        frame_digest=drawn.draw.frame_digest,
        draw_number=drawn.number,
        earlier_draws=drawn.earlier,
        target=plan.target,
        verdict_on=plan.verdict_on,
        sources=background.sources,
        rules_off=tuple(RuleOff(rule=off.rule, reason=off.reason) for off in plan.off),
        not_assessed=background.not_assessed,
        rules=tuple(rule_card(background.rules[rule]) for rule in sorted(found)),
        scores=scores,
        coders=coder_summaries(cases, background.per_coder),
        notices=(*background.notices, *drawn.notices),
        checkpoint="",
        design=drawn.facts,
    )


def rule_card(rule: Rule) -> RuleCard:
    """Return what a reader of a report needs of a rule."""
    return RuleCard(
        id=rule.id,
        name=rule.name,
        summary=rule.summary,
        category=rule.category,
        direction=rule.direction,
        verdict=rule.verdict,
        owner=rule.owner,
        authority=rule.authority,
        not_covered=rule.not_covered,
    )


def coder_summaries(cases: Sequence[AuditedCase], per_coder: Mapping[str, int]) -> tuple[CoderSummary, ...]:
    """Return one summary per coder with a sampled encounter, by coder id."""
    coders = sorted({case.case.encounter.coder_id for case in cases})
    return tuple(_coder(coder, [c for c in cases if c.case.encounter.coder_id == coder], per_coder) for coder in coders)


def _coder(coder: str, cases: Sequence[AuditedCase], per_coder: Mapping[str, int]) -> CoderSummary:
    decided = [case.determinations for case in cases if case.determinations]
    return CoderSummary(
        coder_id=coder,
        population=per_coder.get(coder, len(cases)),
        sampled=len(cases),
        code_lines=sum(len(case.case.lines) for case in cases),
        rules=_rule_tallies(cases),
        determined=_determined(decided),
        lines_determined=sum(len(d.lines) for d in decided),
        lines_agreed_in_one_act=sum(len(d.agreed_in_one_act) for d in decided),
        encounters_complete=sum(d.closing is not None and d.closing.complete for d in decided),
    )


def _rule_tallies(cases: Sequence[AuditedCase]) -> tuple[RuleTally, ...]:
    found: Counter[tuple[str, Category, Direction, Owner, Verdict]] = Counter()
    upheld: Counter[str] = Counter()
    overturned: Counter[str] = Counter()
    for case in cases:
        for finding in case.findings:
            found[finding.rule, finding.category, finding.direction, finding.owner, finding.verdict] += 1
            stands = _stands(finding, case.determinations)
            if stands is not None:
                (upheld if stands else overturned)[finding.rule] += 1
    return tuple(
        RuleTally(
            rule=rule, category=category, direction=direction, owner=owner, verdict=verdict, found=count,
            upheld=upheld[rule], overturned=overturned[rule],
        )
        for (rule, category, direction, owner, verdict), count in sorted(found.items())
    )  # fmt: skip


def _stands(finding: Finding, decided: CaseDeterminations | None) -> bool | None:
    """Whether a person let the finding stand; None while nobody has decided what it is about."""
    if decided is None:
        return None
    if finding.line is not None:
        of_line = [d for d in decided.lines if d.line == finding.line]
        return of_line[0].decision is Decision.DISAGREE if of_line else None
    if finding.category is Category.OMITTED:
        added = {d.correct.code for d in decided.omitted if d.correct}
        if added & set(finding.suggested):
            return True
        return False if decided.closing and decided.closing.omissions_checked else None
    return None


def _determined(decided: Iterable[CaseDeterminations]) -> tuple[DeterminedTally, ...]:
    disagreed: list[Determination] = [
        d for case in decided for d in (*case.lines, *case.omitted) if d.decision is Decision.DISAGREE
    ]
    counts = Counter((d.category or Category.UNSUPPORTED, d.direction or Direction.NEUTRAL, d.owner or Owner.CODER)
                     for d in disagreed)  # fmt: skip
    return tuple(
        DeterminedTally(category=category, direction=direction, owner=owner, count=count)
        for (category, direction, owner), count in sorted(counts.items())
    )
