"""What a report is made of: the facts of an audit without a patient, and the cases with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from audit.domain.determination import CaseDeterminations
from audit.domain.encounter import Case
from audit.domain.finding import CodeReading, Finding, NotAssessed
from audit.domain.rule import Authority, Category, Direction, Owner, Verdict
from audit.domain.sample import DesignFacts
from audit.domain.score import Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """``count`` things of one name: exclusions by reason, and the like."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceUsed:
    """A pack or a code-set table that was in force, with its digest."""

    kind: str
    name: str
    edition: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTally:
    """How often one rule found something for one coder; ``upheld`` and ``overturned`` count a person's decisions."""

    rule: str
    category: Category
    direction: Direction
    owner: Owner
    verdict: Verdict
    found: int
    upheld: int
    overturned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeterminedTally:
    """How often a person disagreed with one coder, by category, direction and owner."""

    category: Category
    direction: Direction
    owner: Owner
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoderSummary:
    """One coder's part of the audit, in counts."""

    coder_id: str
    population: int
    sampled: int
    code_lines: int
    rules: tuple[RuleTally, ...]
    determined: tuple[DeterminedTally, ...]
    lines_determined: int
    lines_agreed_in_one_act: int
    encounters_complete: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCard:
    """What a reader needs of a rule that found something."""

    id: str
    name: str
    summary: str
    category: Category
    direction: Direction
    verdict: Verdict
    owner: Owner
    authority: tuple[Authority, ...]
    not_covered: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOff:
    """A rule that the plan switched off, and why."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSummary:
    """The audit in ``ops`` facts alone: counts per coder, rules, scores, digests. Nothing of one patient."""

    audit: str
    audit_id: str
    tool_version: str
    period: str
    """Calendar quarters of service, such as ``2026 Q2``: nothing finer."""
    population: int
    excluded: tuple[Count, ...]
    sampled: int
    code_lines: int
    missing: int
    method: str
    size: int | None
    seed: str
    frame_digest: str
    draw_number: int
    earlier_draws: tuple[int, ...]
    """Trail entries of earlier draws of this or an overlapping frame."""
    target: float
    verdict_on: str
    sources: tuple[SourceUsed, ...]
    rules_off: tuple[RuleOff, ...]
    not_assessed: tuple[NotAssessed, ...]
    rules: tuple[RuleCard, ...]
    scores: tuple[Score, ...]
    coders: tuple[CoderSummary, ...]
    notices: tuple[str, ...]
    """Lines that every report prints: quarantine over 1 %, a repeated draw, and the like."""
    checkpoint: str
    """The trail's checkpoint (a signed note) when the report was made: the one block that differs between runs."""
    design: DesignFacts = field(default_factory=DesignFacts)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedCase:
    """One sampled encounter with all that was found and decided; holds PHI."""

    case: Case
    readings: tuple[CodeReading, ...]
    findings: tuple[Finding, ...]
    determinations: CaseDeterminations | None
