"""The formulas, each by its id: what one encounter adds to numerator and denominator, and the interval that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from audit.scoring.tally import Tally

Term = tuple[int, int]
"""What one encounter adds to numerator and denominator."""


class Interval(StrEnum):
    """How a formula's limits are found."""

    CODES = "codes"
    """Clopper-Pearson on the effective size: lines cluster within encounters."""
    ENCOUNTERS = "encounters"
    """Exact hypergeometric within the coder's encounters of the period."""
    NET = "net"
    """t interval of a ratio over encounters; a net or weighted score is no proportion and never carries a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One way to score. ``term`` gives an encounter's part; the score is the sum of numerators over denominators."""

    id: str
    interval: Interval
    term: Callable[[Tally], Term]

    @property
    def judges(self) -> bool:
        """Whether a verdict may rest on it."""
        return self.interval is not Interval.NET


FORMULAS = {
    formula.id: formula
    for formula in (
        # M / |A| (AHIMA 2009, the reviewer's codes as the denominator).
        Formula(id="code.auditor_denominator", interval=Interval.CODES, term=lambda t: (t.matched, t.correct)),
        # (M - X) / |A|: the numerator keeps its sign, the printed value stops at 0.
        Formula(
            id="code.auditor_denominator_net", interval=Interval.NET, term=lambda t: (t.matched - t.extra, t.correct)
        ),
        # 1 - errors / |C|, omissions among the errors, so the numerator may be negative; the value stops at 0.
        Formula(
            id="code.coder_denominator",
            interval=Interval.CODES,
            term=lambda t: (t.submitted - t.replaced - t.extra - t.omitted, t.submitted),
        ),
        # Records without any error / records.
        Formula(id="encounter.all_correct", interval=Interval.ENCOUNTERS, term=lambda t: (int(t.errors == 0), 1)),
        # 1 - sum of w(errors) / sum of w(all), codes that move payment weighing 2.
        Formula(id="encounter.weighted", interval=Interval.NET, term=lambda t: (t.weight_right, t.weight_all)),
        # Encounters with the right DRG / encounters with a DRG; an encounter is a cluster of one.
        Formula(id="drg.correct", interval=Interval.CODES, term=lambda t: (t.drg_right, t.drg_cases)),
        # M / |C or A|: neither side's omissions are free.
        Formula(id="code.symmetric", interval=Interval.CODES, term=lambda t: (t.matched, t.union)),
    )
}
"""By id, in the order in which scores are printed. Numbers 1, 1n, 2, 3, 4, 5 and 11 of the literature's list."""
