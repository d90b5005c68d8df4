"""A number and what it can carry: formula, basis, interval, verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FALSE_DISCOVERY_RATE = 0.10
"""Share of wrong *below* among all *below* that the coders of one audit share (Benjamini & Hochberg 1995)."""


class Basis(StrEnum):
    """Who judged the lines: the tool alone, or a person every one of them."""

    TOOL = "tool"
    PERSON = "person"


class ScoreVerdict(StrEnum):
    """What the score shows about the target."""

    MEETS = "meets"
    BELOW = "below"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One score of one coder (None: all coders) by one formula. INTERFACE lists the fields; all printed JSON is this.

    ``interval`` holds two one-sided limits at ``confidence``, or None where there is none (nothing to estimate from).
    ``weights`` maps stratum to N_h / n_h for the overall score, and is empty elsewhere.
    """

    coder_id: str | None
    basis: Basis
    formula: str
    numerator: float
    denominator: float
    value: float | None
    value_if_review_stands: float | None
    interval: tuple[float, float] | None
    confidence: float
    census: bool
    target: float
    verdict: ScoreVerdict
    encounters: int
    codes: int
    undetermined: int
    missing: int
    weights: dict[str, float]
    more_encounters_needed: int | None
