"""How alike the code lines of one encounter are, measured over a whole department."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from audit.scoring.formulas import Term

LEAST_ENCOUNTERS = 100
"""Encounters under which the department's likeness is too uncertain to be used; the floor stands then."""


def pooled_likeness(coders: Sequence[Sequence[Term]]) -> float | None:
    """Return the intra-class correlation of right lines within encounters, pooled within coders, from 0 to 1.

    The analysis-of-variance estimator for shares of unequal size (Fleiss, Levin & Paik 2003, §15.1), with every coder
    at his own accuracy, so that differences between coders are not taken for likeness. None with fewer than 100
    encounters, or where no encounter has two lines.
    """
    usable = [[(x, k) for x, k in terms if 0 <= x <= k and k] for terms in coders]
    usable = [terms for terms in usable if len(terms) > 1]
    encounters = sum(map(len, usable))
    lines = [k for terms in usable for _, k in terms]
    inside, between_df = sum(k - 1 for k in lines), encounters - len(usable)
    if encounters < LEAST_ENCOUNTERS or not inside:
        return None
    within = fsum(x * (k - x) / k for terms in usable for x, k in terms) / inside
    between = fsum(_between(terms) for terms in usable) / between_df
    size = (sum(lines) - fsum(sum(k * k for _, k in terms) / sum(k for _, k in terms) for terms in usable)) / between_df
    whole = between + (size - 1) * within
    return min(1.0, max(0.0, (between - within) / whole)) if whole > 0 else 0.0


def _between(terms: Sequence[Term]) -> float:
    share = sum(x for x, _ in terms) / sum(k for _, k in terms)
    return fsum(k * (x / k - share) ** 2 for x, k in terms)
