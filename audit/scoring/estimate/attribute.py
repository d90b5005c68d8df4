"""How many units of a frame have a mark: the attribute appraisals of RAT-STATS 2007/2010 (OIG Companion Manual)."""

from __future__ import annotations

from math import fsum, sqrt

from audit.scoring.estimate.inputs import BadInputError, Inputs
from audit.scoring.estimate.moments import LEVELS, Result, limits, root, z
from audit.scoring.hypergeometric import count_limits

_PERCENT = 100.0


def unrestricted(inputs: Inputs) -> Result:
    """``N``, ``n``, ``x`` → exact two-sided limits of the count, and the standard error printed beside.

    Args:
        inputs: frame size N, sample size n of at least 1, marked units x in the sample.

    Returns:
        point_count, point_percent, se_count, se_percent, ci_counts per level (and each as ci80, ci90, ci95).
    """
    population, sample, found = _sample(inputs)
    share = found / sample
    se = population * sqrt(share * (1 - share) / (sample - 1) * (1 - sample / population)) if sample > 1 else None
    counts = {name: list(count_limits(population, sample, found, (1 - level) / 2)) for name, level in LEVELS.items()}
    return {
        "point_count": population * share,
        "point_percent": _PERCENT * share,
        "se_count": se,
        "se_percent": None if se is None else _PERCENT * se / population,
        "ci_counts": counts,
        **{f"ci{name}": pair for name, pair in counts.items()},
    }


def unrestricted_upper(inputs: Inputs) -> Result:
    """``N``, ``n``, ``x`` → the exact one-sided upper limit of the count, the whole error in that one tail."""
    population, sample, found = _sample(inputs)
    upper = {name: count_limits(population, sample, found, 1 - level)[1] for name, level in LEVELS.items()}
    return {
        "upper_counts": upper,
        "upper_percent": {name: _PERCENT * count / population for name, count in upper.items()},
    }


def stratified(inputs: Inputs) -> Result:
    """``strata`` [{N, n, x}] → total and proportion with normal limits, which may fall below 0.

    The variance is that of Cochran 5.52 with n - 1; every stratum needs two sampled units.
    """
    strata = [(*_sample(one, least=2), one) for one in inputs.objects("strata")]
    whole = sum(population for population, *_ in strata)
    shares = [found / sample for _, sample, found, _ in strata]
    total = fsum(population * share for (population, *_), share in zip(strata, shares, strict=True))
    parts = [
        population * (population - sample) * share * (1 - share) / (sample - 1)
        for (population, sample, _, _), share in zip(strata, shares, strict=True)
    ]
    se = root(parts)
    each = {
        str(n): {name: _PERCENT * z(level) * sqrt(part) / population for name, level in LEVELS.items()}
        for n, ((population, *_), part) in enumerate(zip(strata, parts, strict=True), start=1)
    }
    return {
        "p": total / whole,
        "se": se / whole,
        **_printed(total, se, whole),
        "precision_percent": {name: _PERCENT * z(level) * se / whole for name, level in LEVELS.items()},
        "stratum_precision_percent": each,
    }


def two_stage_ratio(inputs: Inputs) -> Result:
    """``N_primary``, ``primary`` [{M, m, x}] → the ratio when the number of elements of the frame is unknown."""
    frame, units = _primary(inputs)
    sampled = len(units)
    shares = [x / m for _, m, x in units]
    size = fsum(M for M, _, _ in units)
    ratio = fsum(M * p for (M, _, _), p in zip(units, shares, strict=True)) / size
    mean_size = size / sampled
    between = fsum((M * p - ratio * M) ** 2 for (M, _, _), p in zip(units, shares, strict=True)) / (sampled - 1)
    within = fsum(M**2 * _inside(M, m, p) for (M, m, _), p in zip(units, shares, strict=True))
    se = sqrt((1 - sampled / frame) * between / (sampled * mean_size**2) + within / (sampled * frame * mean_size**2))
    return {
        "ratio_percent": _PERCENT * ratio,
        "se_percent": _PERCENT * se,
        "ci_percent": limits(ratio, se, z, _PERCENT),
    }


def two_stage_unbiased(inputs: Inputs) -> Result:
    """``N_primary``, ``M_total``, ``primary`` [{M, m, x}] → unbiased total and proportion, elements known."""
    frame, units = _primary(inputs)
    sampled = len(units)
    totals = [M * x / m for M, m, x in units]
    mean = fsum(totals) / sampled
    between = fsum((one - mean) ** 2 for one in totals) / (sampled - 1)
    within = fsum(M**2 * _inside(M, m, x / m) for M, m, x in units)
    se = sqrt(frame * (frame - sampled) / sampled * between + frame / sampled * within)
    return _printed(frame * mean, se, inputs.positive("M_total"))


def _clusters(one: Inputs) -> list[tuple[float, float]]:
    rows = one.rows("clusters", least=2)
    for n, row in enumerate(rows):
        if len(row) != 2 or not 0 <= row[1] <= row[0] or row[0] == 0:  # noqa: PLR2004 - elements and marked ones
            raise BadInputError(f"estimate: {one.place}.clusters[{n}]: not [m, x] with x of m", hint="m codes, x right")
    return [(row[0], row[1]) for row in rows]


def stratified_cluster(inputs: Inputs) -> Result:
    """``strata`` [{N_clusters, M_total, clusters [[m, x]]}] → codes within encounters: x of m in each."""
    totals, parts, whole = [], [], 0.0
    for one in inputs.objects("strata"):
        clusters = _clusters(one)
        frame, elements, sampled = one.count("N_clusters", 1), one.positive("M_total"), len(clusters)
        one.at_most(sampled, frame, "more clusters sampled than there are")
        share = fsum(x for _, x in clusters) / fsum(m for m, _ in clusters)
        spread = fsum((x - share * m) ** 2 for m, x in clusters)
        totals.append(elements * share)
        parts.append(frame * (frame - sampled) / (sampled * (sampled - 1)) * spread)
        whole += elements
    return _printed(fsum(totals), root(parts), whole)


def _printed(total: float, se: float, whole: float) -> Result:
    return {
        "total": total,
        "se_total": se,
        "ci_total": limits(total, se, z),
        "proportion_percent": _PERCENT * total / whole,
        "se_percent": _PERCENT * se / whole,
        "ci_percent": limits(total, se, z, _PERCENT / whole),
    }


def _sample(inputs: Inputs, least: int = 1) -> tuple[int, int, int]:
    population, sample, found = inputs.count("N", 1), inputs.count("n", least), inputs.count("x")
    inputs.at_most(sample, population, "n is larger than N")
    inputs.at_most(found, sample, "x is larger than n")
    return population, sample, found


def _primary(inputs: Inputs) -> tuple[int, list[tuple[int, int, int]]]:
    frame = inputs.count("N_primary", 1)
    units = []
    for one in inputs.objects("primary", least=2):
        size, sample, found = one.count("M", 1), one.count("m", 2), one.count("x")
        one.at_most(sample, size, "m is larger than M")
        one.at_most(found, sample, "x is larger than m")
        units.append((size, sample, found))
    inputs.at_most(len(units), frame, "more primary units sampled than there are")
    return frame, units


def _inside(size: int, sample: int, share: float) -> float:
    return (1 - sample / size) * share * (1 - share) / (sample - 1)
