"""One sample, four estimators of a total, with the book value of the frame known (Cochran chapters 2, 6 and 7)."""

from __future__ import annotations

from math import sqrt

from audit.scoring.estimate.inputs import ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Result, student


def from_sums(inputs: Inputs) -> Result:
    """``N``, ``n``, ``book_total`` and sums of book and audit values → mean per unit, regression, difference, ratio.

    Sums: ``sum_bv``, ``sum_av``, ``sum_bv_av``, ``sum_bv2``, ``sum_av2``. Precision is the half-width at
    ``confidence`` with Student's t on n - 1 degrees of freedom; the regression's residual variance has n - 2.
    """
    population, sample, book = inputs.count("N", 2), inputs.count("n", 3), inputs.number("book_total")
    inputs.at_most(sample, population, "n is larger than N")
    bv, av = inputs.positive("sum_bv"), inputs.number("sum_av")
    sbb = inputs.number("sum_bv2") - bv**2 / sample
    saa = inputs.number("sum_av2") - av**2 / sample
    sab = inputs.number("sum_bv_av") - bv * av / sample
    if sbb <= 0:
        raise ImpossibleSampleError("estimate: inputs.sum_bv2: book values without spread", hint="check the sums")
    slope, ratio = sab / sbb, av / bv
    missed = book / population - bv / sample
    reach = student(sample - 1)(inputs.share("confidence")) * population * sqrt((1 - sample / population) / sample)

    def printed(total: float, squares: float, freedom: int) -> Result:
        sd = sqrt(max(0.0, squares) / freedom)
        return {"total": total, "precision95": reach * sd, "sd": sd}

    mean = population * av / sample
    around_ratio = saa - 2 * ratio * sab + ratio**2 * sbb
    return {
        "mpu": printed(mean, saa, sample - 1),
        "regression": {
            **printed(mean + population * slope * missed, saa - slope * sab, sample - 2),
            "slope": slope,
        },
        "difference": printed(mean + population * missed, saa - 2 * sab + sbb, sample - 1),
        "ratio": {**printed(book * ratio, around_ratio, sample - 1), "ratio": ratio},
    }
