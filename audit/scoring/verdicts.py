"""The verdict rule: what limits show about the target, and how many *below* an audit of many coders may risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from audit.domain.score import ScoreVerdict
from audit.scoring.limits import Limits
from audit.scoring.settings import LEAST_TO_MEET

Name = TypeVar("Name")


def census_verdict(value: float, target: float) -> ScoreVerdict:
    """Return what a value shows that no chance stands behind."""
    return ScoreVerdict.MEETS if value >= target else ScoreVerdict.BELOW


def sample_verdict(limits: Limits, target: float, encounters: int, *, rejected: bool) -> ScoreVerdict:
    """Return what two one-sided limits show.

    *meets* if the lower limit reaches the target, from at least 20 encounters; *below* if the upper limit lies under
    it and ``rejected``, the test over all coders, agrees; else *not shown*.
    """
    if limits.lower >= target and encounters >= LEAST_TO_MEET:
        return ScoreVerdict.MEETS
    if limits.upper < target and rejected:
        return ScoreVerdict.BELOW
    return ScoreVerdict.NOT_SHOWN


def rejections(p_values: Mapping[Name, float], rate: float) -> frozenset[Name]:
    """Return whose hypothesis falls by Benjamini & Hochberg (1995): at most ``rate`` of them wrongly."""
    ordered = sorted(p_values.values())
    passing = [p for rank, p in enumerate(ordered, start=1) if p <= rate * rank / len(ordered)]
    return frozenset(name for name, p in p_values.items() if passing and p <= passing[-1])
