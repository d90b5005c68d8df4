"""Looking at a coder while his encounters come in: a test that may be looked at after every one of them."""

from __future__ import annotations

from math import inf

from audit.scoring.betting import capital, first_shown
from audit.scoring.estimate.inputs import ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Result


def interim(inputs: Inputs) -> Result:
    """``scores`` of encounters from 0 to 1 in the order reviewed, ``target``, ``confidence``, optional ``N``.

    The score of an encounter is the share of its codes that are right, so lines of one encounter may be as alike as
    they like. Each side has its own chance of error, 1 - ``confidence``, over all looks together. Good as an alarm;
    the verdict of an audit stays with its own rule.

    Returns:
        ``verdict`` (below, meets, not_shown), after how many encounters it was first shown, and how far each side is
        (1 or more: shown).
    """
    scores, target, alpha = inputs.numbers("scores"), inputs.share("target"), 1 - inputs.share("confidence")
    if min(scores) < 0 or max(scores) > 1:
        raise ImpossibleSampleError("estimate: inputs.scores: not between 0 and 1", hint="shares of right codes")
    population = inputs.count("N", 1) if "N" in inputs.values else inf
    inputs.at_most(len(scores), population, "more scores than N")
    wrong = [1 - score for score in scores]
    below = first_shown(wrong, 1 - target, population, alpha)
    meets = first_shown(scores, target, population, alpha)
    first = min((n, word) for n, word in ((below or inf, "below"), (meets or inf, "meets"), (inf, "not_shown")))
    return {
        "verdict": first[1] if first[0] < inf else "not_shown",
        "below_after": below,
        "meets_after": meets,
        "towards_below": min(1e9, float(capital(wrong, 1 - target, population).max()) * alpha),
        "towards_meets": min(1e9, float(capital(scores, target, population).max()) * alpha),
    }
