"""What is right and wrong on one encounter, counted, as the tool sees it (two ends) or as persons decided it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from audit.domain.determination import CaseDeterminations, Decision, Determination
from audit.domain.rule import Owner
from audit.scoring.cases import ScoredCase


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
    wrong = len(case.errors) + (len(case.reviews) if reviews_stand else 0)
    return Tally(
        matched=len(case.lines) - wrong,
        replaced=wrong,
        omitted=case.omitted_errors + (case.omitted_reviews if reviews_stand else 0),
        other=case.encounter_errors + (case.encounter_reviews if reviews_stand else 0),
    )


def by_person(case: ScoredCase) -> Tally:
    """Count by determinations alone; the encounter must be settled.

    A line disagreed with is replaced if the reviewer gave the correct one, else extra. What the reviewer laid to
    anyone but the coder (provider, template, engine, reference data) is not charged: the line counts as standing.
    """
    decided = case.determinations or CaseDeterminations(encounter_id=case.encounter_id)
    wrong = list(_charged(decided.lines))
    replaced = sum(one.correct is not None for one in wrong)
    return Tally(
        matched=len(case.lines) - len(wrong),
        replaced=replaced,
        extra=len(wrong) - replaced,
        omitted=len(list(_charged(decided.omitted))),
    )


def _charged(determinations: Iterable[Determination]) -> Iterable[Determination]:
    return (one for one in determinations if one.decision is Decision.DISAGREE and one.owner in (None, Owner.CODER))
