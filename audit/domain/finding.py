"""What the tool says: findings, and the support of every submitted code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from audit.domain.codes import CodeSystem
from audit.domain.rule import Category, Direction, Owner, Rule, Verdict


class Support(StrEnum):
    """What the documentation says of a submitted code."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a document: code-point offsets, end exclusive, and the SHA-256 of the whole stored text (hex)."""

    document_id: str
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the tool found on one line (or, with ``line`` None, on the encounter)."""

    encounter_id: str
    line: int | None
    code: str
    rule: str
    verdict: Verdict
    category: Category
    direction: Direction
    owner: Owner
    message: str
    citation: str
    spans: tuple[Span, ...] = ()
    suggested: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        rule: Rule,
        encounter_id: str,
        line: int | None,
        code: str,
        *,
        spans: tuple[Span, ...] = (),
        suggested: tuple[str, ...] = (),
        message: str = "",
    ) -> Finding:
        """Build the finding of ``rule``, with its citation. ``message`` adds detail to the rule's summary."""
        return cls(
            encounter_id=encounter_id,
            line=line,
            code=code,
            rule=rule.id,
            verdict=rule.verdict,
            category=rule.category,
            direction=rule.direction,
            owner=rule.owner,
            message=f"{rule.summary}: {message}" if message else rule.summary,
            citation=rule.citation,
            spans=spans,
            suggested=suggested,
        )

    @property
    def fingerprint(self) -> str:
        """The same for the same finding in every run: 32 hex digits over rule, encounter, line, code and suggestion."""
        identity = [self.rule, self.encounter_id, self.line, self.code, list(self.suggested)]
        text = json.dumps(identity, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def sort_key(self) -> tuple[str, int, str, str]:
        """Order of findings in every output: encounter, line (the encounter's own first), rule, fingerprint."""
        return (self.encounter_id, -1 if self.line is None else self.line, self.rule, self.fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReading:
    """What the documentation says of one submitted line; ``findings`` are rule ids, ``suggested`` better codes."""

    encounter_id: str
    line: int
    system: CodeSystem
    code: str
    support: Support
    category_support: Support
    spans: tuple[Span, ...] = ()
    findings: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAssessed:
    """A rule that could not be applied to ``count`` lines or encounters, and why; printed once per report."""

    rule: str
    reason: str
    count: int
