"""Where to look next among coders: shrunken accuracies and funnel limits. For targeting only, never for a verdict.

A coder with few codes is drawn towards the department (beta-binomial, by moments: Kleinman 1973); funnel limits show
how far from the department chance alone may take a coder of his size (Spiegelhalter 2005), on the effective size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from audit.scoring.estimate.inputs import ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Result

LEVELS = (0.95, 0.998)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coder:
    """One coder: right codes, codes, and how many independent codes they are worth."""

    name: str
    right: float
    codes: float
    effective: float

    @property
    def share(self) -> float:
        """His own accuracy."""
        return self.right / self.codes


def targeting(inputs: Inputs) -> Result:
    """``coders`` [{coder, correct, codes, optional effective}] → shrunken accuracy and funnel limits of each.

    ``effective`` is the effective size (codes over the design effect); left out, the codes themselves. Coders stand in
    the order given: there is no ranking.
    """
    coders = [_coder(n, one) for n, one in enumerate(inputs.objects("coders", 2), start=1)]
    department = fsum(one.right for one in coders) / fsum(one.codes for one in coders)
    prior = _prior(coders, department)
    return {
        "use": "targeting only: which coders to look at next; never a verdict, never a ranking",
        "department": department,
        "prior_size": prior,
        "coders": [
            {
                "coder": one.name,
                "accuracy": one.share,
                "shrunken": department if prior is None else _shrunken(one, department, prior),
                **{f"funnel_{level * 100:g}": _funnel(one.effective, department, level) for level in LEVELS},
            }
            for one in coders
        ],
    }


def _coder(number: int, one: Inputs) -> Coder:
    codes, right = one.count("codes", 1), one.count("correct")
    one.at_most(right, codes, "correct is larger than codes")
    effective = one.positive("effective") if "effective" in one.values else codes
    one.at_most(effective, codes, "effective is larger than codes")
    name = one.values.get("coder", str(number))
    if not isinstance(name, str):
        raise ImpossibleSampleError(f"estimate: {one.place}.coder: not a text", hint="a coder's id")
    return Coder(name=name, right=right, codes=codes, effective=effective)


def _prior(coders: Sequence[Coder], department: float) -> float | None:
    """Return the department's weight in codes, or None where coders differ no more than chance lets them."""
    total = fsum(one.effective for one in coders)
    chance = department * (1 - department)
    spread = fsum(one.effective * (one.share - department) ** 2 for one in coders)
    reach = total - fsum(one.effective**2 for one in coders) / total
    between = (spread - chance * (len(coders) - 1)) / reach if reach else 0.0
    return max(0.0, chance / between - 1) if between > 0 else None


def _shrunken(one: Coder, department: float, prior: float) -> float:
    return (one.effective * one.share + prior * department) / (one.effective + prior)


def _funnel(size: float, department: float, level: float) -> list[float]:
    from scipy.special import betaincinv

    # The two tails of a share of ``size`` independent codes at the department's accuracy.
    right, wrong, tail = department * size, (1 - department) * size, (1 - level) / 2
    low = float(betaincinv(right, wrong + 1, tail)) if right > 0 else 0.0
    return [low, float(betaincinv(right + 1, wrong, 1 - tail)) if wrong > 0 else 1.0]
