"""What the units of a frame amount to: the variable appraisals of RAT-STATS 2007/2010 (OIG Companion Manual)."""

from __future__ import annotations

from math import fsum, sqrt

from audit.scoring.estimate.inputs import Inputs
from audit.scoring.estimate.moments import (
    LEVELS,
    Moments,
    Result,
    central,
    few_nonzero,
    limits,
    precision,
    regimes,
    root,
    student,
    z,
)


def unrestricted(inputs: Inputs) -> Result:
    """``N``, ``values`` → total by the mean per unit, with Student's t on n - 1 degrees of freedom."""
    population, values = inputs.count("N", 2), inputs.numbers("values", least=2)
    inputs.at_most(len(values), population, "more values than N")
    found = Moments.of(values)
    point = population * found.mean
    se_mean = sqrt(found.variance / found.count * (1 - found.count / population))
    t = student(found.count - 1)
    ci = limits(point, population * se_mean, t)
    return {
        "sum": fsum(values),
        "mean": found.mean,
        "sd": found.sd,
        "skew": central(values, 3),
        "kurt": central(values, 4),
        "se_mean": se_mean,
        "se_total": population * se_mean,
        "point": point,
        "ci": ci,
        **precision(point, population * se_mean, t),
        "regimes": regimes(point, ci),
        "warnings": few_nonzero(values),
        "t": {name: t(level) for name, level in LEVELS.items()},
    }


def stratified(inputs: Inputs) -> Result:
    """``strata`` [{N, values}] → total with normal limits; each stratum with Student's t."""
    strata = [_stratum(one) for one in inputs.objects("strata")]
    point, se = _sum(strata)
    each = [
        {
            "point": population * found.mean,
            "sd": found.sd,
            "se_total": _se(population, found),
            "ci": limits(population * found.mean, _se(population, found), student(found.count - 1)),
        }
        for population, found in strata
    ]
    return {**_normal(point, se), "strata": each}


def stratified_from_summary(inputs: Inputs) -> Result:
    """``strata`` [{N, n, mean, sd}] → total with normal limits, where only the summary is known."""
    strata = []
    for one in inputs.objects("strata"):
        population, sample = one.count("N", 1), one.count("n", 2)
        one.at_most(sample, population, "n is larger than N")
        strata.append((population, Moments(count=sample, mean=one.number("mean"), variance=one.number("sd") ** 2)))
    return _normal(*_sum(strata))


def stratified_cluster(inputs: Inputs) -> Result:
    """``strata`` [{N_clusters, cluster_totals}] → total from whole clusters, with normal limits."""
    strata = []
    for one in inputs.objects("strata"):
        frame, found = one.count("N_clusters", 1), Moments.of(one.numbers("cluster_totals", least=2))
        one.at_most(found.count, frame, "more clusters sampled than there are")
        strata.append((frame, found))
    return _normal(*_sum(strata))


def two_stage(inputs: Inputs) -> Result:
    """``N_primary``, ``primary`` [{M, values}] → unbiased total of elements within primary units, normal limits."""
    frame = inputs.count("N_primary", 1)
    units = [
        (one.count("M", 1), Moments.of(one.numbers("values", least=2)), one) for one in inputs.objects("primary", 2)
    ]
    for size, found, one in units:
        one.at_most(found.count, size, "more values than M")
    inputs.at_most(len(units), frame, "more primary units sampled than there are")
    totals = Moments.of([size * found.mean for size, found, _ in units])
    sampled = len(units)
    within = fsum(size**2 * (1 - f.count / size) * f.variance / f.count for size, f, _ in units)
    se = sqrt(frame * (frame - sampled) / sampled * totals.variance + frame / sampled * within)
    return _normal(frame * totals.mean, se)


def poststratified(inputs: Inputs) -> Result:
    """``strata`` [{N, values}] drawn as one simple sample → total, variance of Cochran 5A.9, normal limits."""
    strata = [_stratum(one) for one in inputs.objects("strata")]
    sample = inputs.count("n_total", 1) if "n_total" in inputs.values else sum(found.count for _, found in strata)
    population = sum(size for size, _ in strata)
    inputs.at_most(sample, population, "n_total is larger than the strata together")
    parts = [
        (population - sample) / sample * size * found.variance
        + population / sample**2 * (population - size) * found.variance
        for size, found in strata
    ]
    point = fsum(size * found.mean for size, found in strata)
    each = [
        {"point": size * found.mean, "se_total": sqrt(part)} for (size, found), part in zip(strata, parts, strict=True)
    ]
    return {**_normal(point, root(parts)), "strata": each}


def unknown_universe(inputs: Inputs) -> Result:
    """``N_frame``, ``n1``, ``mean1``, ``sd1``, ``n2``, ``mean2``, ``sd2`` → total.

    The first sample estimates how many units there are (mean per frame item), the second what a unit amounts to; the
    variance is that of a product (Goodman 1960).
    """
    frame, n1, n2 = inputs.count("N_frame", 1), inputs.count("n1", 2), inputs.count("n2", 2)
    inputs.at_most(n1, frame, "n1 is larger than N_frame")
    mean1, mean2 = inputs.number("mean1"), inputs.number("mean2")
    units = frame * mean1
    inputs.at_most(n2, units, "n2 is larger than the estimated universe")
    se1 = frame * inputs.number("sd1") * sqrt((frame - n1) / (n1 * frame))
    se2 = inputs.number("sd2") * sqrt((units - n2) / (n2 * units))
    return _normal(units * mean2, sqrt((mean2 * se1) ** 2 + (units * se2) ** 2 - (se1 * se2) ** 2))


def _stratum(one: Inputs) -> tuple[int, Moments]:
    population, found = one.count("N", 1), Moments.of(one.numbers("values", least=2))
    one.at_most(found.count, population, "more values than N")
    return population, found


def _sum(strata: list[tuple[int, Moments]]) -> tuple[float, float]:
    point = fsum(population * found.mean for population, found in strata)
    return point, root(_se(population, found) ** 2 for population, found in strata)


def _se(population: int, found: Moments) -> float:
    return sqrt(population * (population - found.count) * found.variance / found.count)


def _normal(point: float, se: float) -> Result:
    ci = limits(point, se, z)
    return {"point": point, "se": se, "ci": ci, **precision(point, se, z), "regimes": regimes(point, ci)}
