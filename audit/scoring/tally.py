"""What is right and wrong on one encounter, counted, as the tool sees it (two ends) or as persons decided it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audit.domain.determination import CaseDeterminations, Decision, Determination
from audit.domain.rule import Owner
from audit.scoring.cases import ScoredCase, moves_payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of one encounter.

    ``matched`` M: submitted lines that stand. ``replaced`` R: submitted lines that should read otherwise (one error
    each: a wrong specificity is not an omission plus an extra). ``extra`` X: submitted lines that fall away.
    ``omitted`` O: codes that should be there. ``other``: errors of the encounter that name no line.
    """

    matched: int
    replaced: int = 0
    extra: int = 0
    omitted: int = 0
    other: int = 0
    weight_right: int = 0
    weight_all: int = 0
    """Submitted and omitted codes, those that move payment twice; ``weight_right`` those without an error."""
    drg_right: int = 0
    drg_cases: int = 0
    """1 where the encounter has a DRG, and it is right."""

    @property
    def submitted(self) -> int:
        """The coder's codes, |C|."""
        return self.matched + self.replaced + self.extra

    @property
    def correct(self) -> int:
        """The auditor's codes, |A|."""
        return self.matched + self.replaced + self.omitted

    @property
    def union(self) -> int:
        """Different codes of coder and auditor together, |C or A|: a replaced line counts as both."""
        return self.matched + 2 * self.replaced + self.extra + self.omitted

    @property
    def errors(self) -> int:
        """Everything wrong with the encounter."""
        return self.replaced + self.extra + self.omitted + self.other


def by_tool(case: ScoredCase, *, reviews_stand: bool) -> Tally:
    """Count by findings alone: with *errors* only (the best case), or with every *review* upheld too (the worst).

    The tool does not know what the line should be, so a wrong line counts as replaced: it stays among the codes that
    the encounter should have. An error of the encounter itself changes no code count, only ``other``.
    """
    faulted = case.errors | (case.reviews if reviews_stand else frozenset())
    omitted = case.omitted_errors + (case.omitted_reviews if reviews_stand else 0)
    drg_wrong = case.drg_errors + (case.drg_reviews if reviews_stand else 0)
    return Tally(
        matched=len(case.lines) - len(faulted),
        replaced=len(faulted),
        omitted=omitted,
        other=case.encounter_errors + (case.encounter_reviews if reviews_stand else 0),
        weight_right=_weight(case, set(case.lines) - faulted),
        weight_all=_weight(case, case.lines) + omitted,
        drg_right=int(bool(case.drg) and not drg_wrong),
        drg_cases=int(bool(case.drg)),
    )


def by_person(case: ScoredCase) -> Tally:
    """Count by determinations alone; the encounter must be settled.

    A line disagreed with is replaced if the reviewer gave the correct one, else extra. What the reviewer laid to
    anyone but the coder (provider, template, engine, reference data) is not charged: the line counts as standing.
    """
    decided = case.determinations or CaseDeterminations(encounter_id=case.encounter_id)
    wrong = list(_charged(decided.lines))
    replaced = sum(one.correct is not None for one in wrong)
    omitted = list(_charged(decided.omitted))
    correct_drg = decided.closing.correct_drg if decided.closing else None
    return Tally(
        matched=len(case.lines) - len(wrong),
        replaced=replaced,
        extra=len(wrong) - replaced,
        omitted=len(omitted),
        weight_right=_weight(case, set(case.lines) - {one.line for one in wrong}),
        weight_all=_weight(case, case.lines)
        + sum(2 if one.correct and moves_payment(one.correct) else 1 for one in omitted),
        drg_right=int(bool(case.drg) and correct_drg in (None, case.drg)),
        drg_cases=int(bool(case.drg)),
    )


def _weight(case: ScoredCase, lines: Iterable[int]) -> int:
    return sum(2 if line in case.heavy else 1 for line in lines)


def _charged(determinations: Iterable[Determination]) -> Iterable[Determination]:
    return (one for one in determinations if one.decision is Decision.DISAGREE and one.owner in (None, Owner.CODER))
