"""One sampled encounter as a score sees it: which lines are wrong, and whether a person has settled it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audit.domain.codes import CodeSystem
from audit.domain.determination import CaseDeterminations, CorrectLine
from audit.domain.encounter import Case, CodeLine, CodeRole
from audit.domain.finding import Finding
from audit.domain.rule import Category, Owner, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredCase:
    """Line numbers and findings of one encounter. Only findings that the coder owns are held.

    ``errors`` are lines with an *error*, ``reviews`` lines with a *review* and no error. ``omitted_errors`` and
    ``omitted_reviews`` count codes the tool misses on the encounter; ``encounter_errors`` and ``encounter_reviews``
    count its other findings without a line. ``missing``: there is no record to judge by.
    """

    encounter_id: str
    coder_id: str
    lines: tuple[int, ...]
    errors: frozenset[int] = frozenset()
    reviews: frozenset[int] = frozenset()
    omitted_errors: int = 0
    omitted_reviews: int = 0
    encounter_errors: int = 0
    encounter_reviews: int = 0
    determinations: CaseDeterminations | None = None
    missing: bool = False
    stratum: str = ""
    """The stratum of the draw, where strata are not the coders themselves."""
    heavy: frozenset[int] = frozenset()
    """Lines that move payment: the first-listed or principal diagnosis, and every procedure."""
    drg: str = ""
    drg_errors: int = 0
    drg_reviews: int = 0

    @classmethod
    def of(
        cls,
        case: Case,
        findings: Iterable[Finding],
        determinations: CaseDeterminations | None = None,
        *,
        missing: bool | None = None,
        stratum: str = "",
    ) -> ScoredCase:
        """Build from an encounter and *its own* findings. ``missing`` is whether no document has text, unless given.

        What a provider, template, engine or reference table caused is not charged to the coder (the usual default of
        audit programmes); advisory findings are never scored.
        """
        charged = [one for one in findings if one.owner is Owner.CODER]
        errors = [one for one in charged if one.verdict is Verdict.ERROR]
        reviews = [one for one in charged if one.verdict is Verdict.REVIEW]
        wrong = _lines(errors)
        omitted = _omitted(errors)
        return cls(
            encounter_id=case.encounter.encounter_id,
            coder_id=case.encounter.coder_id,
            lines=tuple(line.line for line in case.lines),
            errors=wrong,
            reviews=_lines(reviews) - wrong,
            omitted_errors=len(omitted),
            omitted_reviews=len(_omitted(reviews) - omitted),
            encounter_errors=_of_encounter(errors),
            encounter_reviews=_of_encounter(reviews),
            determinations=determinations,
            missing=case.missing_record if missing is None else missing,
            stratum=stratum,
            heavy=frozenset(line.line for line in case.lines if moves_payment(line)),
            drg=case.encounter.drg,
            drg_errors=sum(one.category is Category.DRG for one in errors),
            drg_reviews=sum(one.category is Category.DRG for one in reviews),
        )

    @property
    def undetermined(self) -> int:
        """Lines not settled: those nobody has decided, or all while only the closing is wanting."""
        if self.determinations is None:
            return len(self.lines)
        left = len(set(self.lines) - {one.line for one in self.determinations.lines})
        return left or (0 if self.closed else len(self.lines))

    @property
    def closed(self) -> bool:
        """Whether a person has closed the encounter, having looked for omitted codes."""
        closing = self.determinations.closing if self.determinations else None
        return closing is not None and closing.complete and closing.omissions_checked

    @property
    def settled(self) -> bool:
        """Whether a person has decided every line, flagged or not, and closed the encounter."""
        return self.closed and self.undetermined == 0


def moves_payment(line: CodeLine | CorrectLine) -> bool:
    """Whether a code counts twice in the weighted score: a procedure, or the diagnosis that stands first.

    The common house rule (payment-affecting codes weigh 2); the tool groups no DRG, so it cannot know more.
    """
    first = isinstance(line, CodeLine) and line.role is CodeRole.PRINCIPAL
    return line.system is not CodeSystem.ICD10CM or first or line.sequence == 1


def _lines(findings: Iterable[Finding]) -> frozenset[int]:
    # An omitted code may be reported beside the line that shows it, but it is no fault of that line.
    return frozenset(one.line for one in findings if one.line is not None and one.category is not Category.OMITTED)


def _omitted(findings: Iterable[Finding]) -> frozenset[tuple[str, ...]]:
    # Two rules that miss the same code miss one code.
    return frozenset(one.suggested or (one.code, one.rule) for one in findings if one.category is Category.OMITTED)


def _of_encounter(findings: Iterable[Finding]) -> int:
    return sum(one.line is None and one.category is not Category.OMITTED for one in findings)
