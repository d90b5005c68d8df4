"""How often the verdict on a coder of known accuracy is right, wrong or withheld, by simulation.

Encounters of 2 to 12 code lines; the chance of a right line is drawn anew per encounter (beta-binomial), so that lines
of one encounter are alike to the stated intra-class correlation. One coder at a time, whose period is far larger than
the sample: the hardest case for a wrong *below*, since no test over other coders holds it back. A department is
simulated beside it, where the test over all its coders does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from audit.domain.score import FALSE_DISCOVERY_RATE, ScoreVerdict
from audit.scoring.clusters import StratumTerms, ratio_of
from audit.scoring.formulas import Term
from audit.scoring.likeness import pooled_likeness
from audit.scoring.limits import Limits, code_limits
from audit.scoring.settings import ScoreSettings
from audit.scoring.verdicts import rejections, sample_verdict

SETTINGS = ScoreSettings(target=0.95, verdict_on="code.auditor_denominator")
ACCURACIES = (0.85, 0.90, 0.93, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995)
LIKENESS = (0.0, 0.1, 0.3)
ENCOUNTERS = (10, 20, 30, 60, 100, 200)
QUICK_ENCOUNTERS = (30, 60)
RUNS, QUICK_RUNS = 4000, 300
LINES = (2, 12)
PERIOD = 100_000
DEPARTMENT = (0.85, 0.90, 0.90, 0.93, 0.95, 0.96, 0.97, 0.97, 0.98, 0.985, 0.99, 0.995)
"""Coders of one simulated audit; half of those that matter lie on each side of the target."""

Cell = tuple[float, float, int]


def figures(data: Path) -> dict[str, Any]:  # noqa: ARG001 - every measurement is asked with the folder of data
    """Return the full measurement in the form of ``measure.py``."""
    return verdict_figures(quick=False)


def verdict_figures(*, quick: bool) -> dict[str, Any]:
    """Return each verdict's share per cell ``<accuracy>.<icc>.<encounters>``, targets, and lines on a department."""
    rng = np.random.default_rng(20260401)
    shares: dict[str, float] = {}
    for cell in _cells(QUICK_ENCOUNTERS if quick else ENCOUNTERS):
        said = Counter(_alone(cell, rng) for _ in range(QUICK_RUNS if quick else RUNS))
        shares |= {f"{_name(cell)}.{verdict}": said[verdict] / said.total() for verdict in ScoreVerdict}
    return {
        "figures": {},
        "ratios": shares,
        "targets": {key: bound for key, bound in _targets().items() if key in shares},
        "lines": _department(QUICK_RUNS // 3 if quick else RUNS // 8, rng),
    }


def _cells(encounters: tuple[int, ...]) -> Iterator[Cell]:
    return ((accuracy, icc, count) for accuracy in ACCURACIES for icc in LIKENESS for count in encounters)


def _name(cell: Cell) -> str:
    return ".".join(f"{part:g}" for part in cell)


def _targets() -> dict[str, dict[str, float]]:
    bounds: dict[str, dict[str, float]] = {}
    for icc in LIKENESS:
        for count in ENCOUNTERS:
            bounds[f"{_name((0.97, icc, count))}.below"] = {"max": 0.01}
            bounds[f"{_name((0.93, icc, count))}.meets"] = {"max": 0.025}
    bounds["0.9.0.1.60.below"] = {"min": 0.80}
    bounds["0.985.0.1.60.meets"] = {"min": 0.80}
    bounds["0.98.0.1.100.meets"] = {"min": 0.85}
    return bounds


def _alone(cell: Cell, rng: np.random.Generator) -> ScoreVerdict:
    limits = _limits(cell, rng)
    rejected = bool(rejections({"": limits.p_below or 0.0}, FALSE_DISCOVERY_RATE))
    return sample_verdict(limits, SETTINGS.target, cell[2], rejected=rejected)


def _limits(cell: Cell, rng: np.random.Generator) -> Limits:
    return _limits_of(_terms(cell, rng), SETTINGS.icc_floor)


def _terms(cell: Cell, rng: np.random.Generator) -> tuple[Term, ...]:
    accuracy, icc, count = cell
    lines = rng.integers(LINES[0], LINES[1] + 1, count)
    spread = 1 / icc - 1 if icc else 0.0
    chances = rng.beta(accuracy * spread, (1 - accuracy) * spread, count) if icc else np.full(count, accuracy)
    right = rng.binomial(lines, chances)
    return tuple(zip(right.tolist(), lines.tolist(), strict=True))


def _limits_of(terms: tuple[Term, ...], floor: float) -> Limits:
    ratio = ratio_of([StratumTerms(population=PERIOD, terms=terms)])
    if ratio is None:
        raise RuntimeError("an encounter has at least two lines")
    return code_limits(ratio, SETTINGS.target, SETTINGS.alpha, floor)


def _department(runs: int, rng: np.random.Generator) -> list[str]:
    said: Counter[tuple[float, ScoreVerdict]] = Counter()
    for _ in range(runs):
        drawn = [_terms((accuracy, 0.1, 60), rng) for accuracy in DEPARTMENT]
        floor = max(SETTINGS.icc_floor, pooled_likeness(drawn) or 0.0)
        found = {n: _limits_of(terms, floor) for n, terms in enumerate(drawn)}
        rejected = rejections({n: one.p_below or 0.0 for n, one in found.items()}, FALSE_DISCOVERY_RATE)
        for n, limits in found.items():
            said[DEPARTMENT[n], sample_verdict(limits, SETTINGS.target, 60, rejected=n in rejected)] += 1
    header = f"department of {len(DEPARTMENT)} coders, 60 encounters each, icc 0.1, {runs} audits:"
    return [header, *(_line(accuracy, said) for accuracy in sorted(set(DEPARTMENT)))]


def _line(accuracy: float, said: Counter[tuple[float, ScoreVerdict]]) -> str:
    total = sum(said[accuracy, verdict] for verdict in ScoreVerdict)
    shares = "  ".join(f"{verdict} {said[accuracy, verdict] / total:.3f}" for verdict in ScoreVerdict)
    return f"  true {accuracy:.1%}: {shares}"
