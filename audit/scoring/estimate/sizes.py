"""How large a sample: by precision, by allocation, by what it must be able to find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, fsum, log, sqrt

from audit.scoring.estimate.inputs import ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Moments, Result, z
from audit.scoring.hypergeometric import chance_of_at_most, count_limits
from audit.scoring.power import first_trials, trials_needed

PRECISIONS = (1, 2, 5, 10, 15, 25)
"""Percent of the point estimate, as OIG's tables print them."""
MOST_TRIED = 200_000
"""Sample sizes that are tried one by one before giving up."""
TABLE_FRAMES = (200, 500, 1000, 5000)
"""Frame sizes of the usual tables of discovery samples."""
LEAST_LEVEL, MOST_LEVEL = 50, 99.999
"""Percent of confidence that a size may be asked for."""
DEFAULT_LEVELS = (80.0, 90.0, 95.0, 99.0)


def variable(inputs: Inputs) -> Result:
    """``N`` with ``mean`` and ``sd``, or with a ``probe`` of values → n by precision, rounded to the nearest."""
    population = inputs.count("N", 1)
    if "mean" in inputs.values:
        mean, sd = inputs.positive("mean"), inputs.positive("sd")
    else:
        probe = Moments.of(inputs.numbers("probe", least=2))
        mean, sd = probe.mean, probe.sd
    return {"n_by_precision_percent": _table(inputs, population, mean, sd)}


def expected_error_rate(inputs: Inputs) -> Result:
    """``N``, ``total_reported``, ``sd_reported``, ``error_rate`` → n for the difference, without a probe sample."""
    population, rate = inputs.count("N", 1), inputs.share("error_rate")
    mean, sd = inputs.positive("total_reported") / population, inputs.positive("sd_reported")
    mean_difference = rate * mean
    sd_difference = sqrt(rate * (sd**2 + (1 - rate) * mean**2))
    return {
        "mean_diff": mean_difference,
        "sd_diff": sd_difference,
        "n_by_precision_percent": _table(inputs, population, mean_difference, sd_difference),
    }


def stratified_neyman(inputs: Inputs) -> Result:
    """``strata`` [{N, mean, sd}] → n by precision (Neyman); n_h are rounded up, n is their sum."""
    strata = [(one.count("N", 1), one.number("mean"), one.positive("sd")) for one in inputs.objects("strata")]
    spread = fsum(size * sd for size, _, sd in strata)
    total = fsum(size * mean for size, mean, _ in strata)
    population = sum(size for size, _, _ in strata)
    between = fsum(size * (mean - total / population) ** 2 for size, mean, _ in strata)
    within = fsum((size - 1) * sd**2 for size, _, sd in strata)
    tables: dict[str, dict[str, list[int]]] = {f"n_stratum{h}": {} for h in range(1, len(strata) + 1)}
    tables["n_total"] = {}
    for percent in PRECISIONS:
        columns = [_neyman(strata, spread, percent / 100 * total / z(level)) for level in _levels(inputs)]
        for h in range(len(strata)):
            tables[f"n_stratum{h + 1}"][str(percent)] = [column[h] for column in columns]
        tables["n_total"][str(percent)] = [sum(column) for column in columns]
    return {
        "ratio": [size * sd / spread for size, _, sd in strata],
        **tables,
        "universe_mean": total / population,
        "universe_sd": sqrt((between + within) / (population - 1)),
    }


def _neyman(strata: Sequence[tuple[int, float, float]], spread: float, reach: float) -> list[int]:
    wanted = spread**2 / (reach**2 + fsum(size * sd**2 for size, _, sd in strata))
    shares = capped([size for size, _, _ in strata], [size * sd for size, _, sd in strata], wanted)
    return [ceil(share - 1e-9) for share in shares]


def neyman_known(inputs: Inputs) -> Result:
    """``n_total``, ``strata`` [{N, mean, sd}] → how to split a given total, and the precision it reaches."""
    strata = [(one.count("N", 1), one.number("mean"), one.positive("sd")) for one in inputs.objects("strata")]
    wanted = inputs.count("n_total", 1)
    inputs.at_most(wanted, sum(size for size, _, _ in strata), "n_total is larger than the strata together")
    weights = [size * sd for size, _, sd in strata]
    shares = capped([size for size, _, _ in strata], weights, wanted)
    variance = fsum(size * (size - share) * sd**2 / share for (size, _, sd), share in zip(strata, shares, strict=True))
    total = fsum(size * mean for size, mean, _ in strata)
    return {
        "allocation": [ceil(share - 1e-9) for share in shares],
        "ratio_percent": [100 * weight / fsum(weights) for weight in weights],
        "precision_percent": {f"{level * 100:g}": 100 * z(level) * sqrt(variance) / total for level in _levels(inputs)},
    }


def allocation(inputs: Inputs) -> Result:
    """``N``, ``S``, ``size``, ``n`` → the split by units, by Neyman, by dollars and by the root of the dollars.

    Raw shares, not rounded; no stratum is given more than it has. With them the variance of the total that Neyman's
    split, rounded to the nearest, leaves.
    """
    counts, sds, sizes = inputs.amounts("N"), inputs.amounts("S"), inputs.amounts("size")
    wanted = inputs.positive("n")
    inputs.at_most(wanted, fsum(counts), "n is larger than the strata together")
    inputs.at_most(max(len(sds), len(sizes)), min(len(counts), len(sds), len(sizes)), "lists of different length")
    neyman = capped(counts, [size * sd for size, sd in zip(counts, sds, strict=True)], wanted)
    rounded = [max(1, int(share + 0.5)) for share in neyman]
    return {
        "proportional_raw": capped(counts, counts, wanted),
        "neyman_raw": neyman,
        "by_dollars_raw": capped(counts, sizes, wanted),
        "power_half_raw": capped(counts, [sqrt(size) for size in sizes], wanted),
        "var_total_neyman_rounded": fsum(
            size * (size - n) * sd**2 / n for size, n, sd in zip(counts, rounded, sds, strict=True)
        ),
    }


def capped(sizes: Sequence[float], weights: Sequence[float], wanted: float) -> list[float]:
    """Split ``wanted`` by ``weights``; a stratum that would exceed its size is taken whole and the rest split again."""
    whole: set[int] = set()
    while True:
        left = wanted - fsum(sizes[h] for h in whole)
        open_weight = fsum(weight for h, weight in enumerate(weights) if h not in whole)
        shares = [sizes[h] if h in whole else left * weight / open_weight for h, weight in enumerate(weights)]
        over = {h for h, share in enumerate(shares) if share > sizes[h]}
        if not over:
            return shares
        whole |= over


def attribute_width(inputs: Inputs) -> Result:
    """``N``, ``p``, ``width`` → the least n whose exact two-sided interval is no wider than width x N (own rule).

    The count assumed in the sample is n x p to the nearest; RAT-STATS' own search rule is not published.
    """
    population, share, width = inputs.count("N", 1), inputs.share("p"), inputs.share("width")

    def wide(sample: int, level: float) -> bool:
        low, high = count_limits(population, sample, round(sample * share), (1 - level) / 2)
        return high - low > population * width

    return {"n": {f"{level * 100:g}": _first(population, level, wide) for level in _levels(inputs)}}


def _first(population: int, level: float, wide: Callable[[int, float], bool]) -> int:
    # The width falls with n but for small steps: find a narrow n by halving, then walk back over the steps.
    low, high = 1, population
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if wide(middle, level) else (low, middle)
    return min(n for n in range(max(1, low - _STEP), low + 1) if not wide(n, level))


_STEP = 12


def sequential_test(inputs: Inputs) -> Result:
    """``p0``, ``p1``, ``alpha``, ``beta`` → Wald's sequential test: bounds, increments, fewest to accept."""
    p0, p1, alpha, beta = (inputs.share(key) for key in ("p0", "p1", "alpha", "beta"))
    inputs.at_most(p0, p1, "p0 is larger than p1")
    accept, right = log(beta / (1 - alpha)), log((1 - p1) / (1 - p0))
    return {
        "A": log((1 - beta) / alpha),
        "B": accept,
        "inc_error": log(p1 / p0),
        "inc_ok": right,
        "n_min_accept": ceil(accept / right),
    }


def acceptance_binomial(inputs: Inputs) -> Result:
    """``tolerable`` [rates], ``expected`` rate → n at 5 % and 10 % risk by the binomial; c = ceil(n x expected)."""
    expected, rates = inputs.number("expected"), inputs.shares("tolerable")
    inputs.at_most(-expected, 0, "expected is below 0")
    for rate in rates:
        inputs.at_most(expected, rate / 1.25, "the expected rate leaves too little room below a tolerable one")
    return {
        f"risk{round(alpha * 100)}": [_smallest_at(rate, alpha, expected) for rate in rates] for alpha in (0.05, 0.10)
    }


def acceptance_hypergeometric(inputs: Inputs) -> Result:
    """``N``, ``K``, ``alpha``, ``critical`` [c] → n per c, and upper error counts of the last n up to c + 1."""
    population, marked, alpha = inputs.count("N", 1), inputs.count("K", 1), inputs.share("alpha")
    inputs.at_most(marked, population, "K is larger than N")
    sizes = [_smallest_hypergeometric(population, marked, alpha, c) for c in inputs.counts("critical")]
    last = sizes[-1]
    most = min(last, max(inputs.counts("critical")) + 1)
    counts = [count_limits(population, last, found, alpha)[1] for found in range(most + 1)]
    return {
        "n": sizes,
        f"upper_error_counts_n{last}_k0to{len(counts) - 1}": counts,
        "upper_error_fractions": [count / population for count in counts],
    }


def acceptance(inputs: Inputs) -> Result:
    """``tol``, ``alpha``, ``c``, optional ``N`` [frame sizes] → the least n with P(at most c) <= alpha.

    Without ``N`` for the four frame sizes that published tables have. A finite frame has ceil(N x tol) errors at the
    tolerable rate; n is N where even a smaller sample cannot tell.
    """
    rate, alpha, allowed = inputs.share("tol"), inputs.share("alpha"), inputs.count("c")
    found: Result = {"n_binom": _smallest_binomial(rate, alpha, allowed)}
    for population in _frames(inputs):
        marked = ceil(population * rate - 1e-9)
        found[f"n_hyper_N{population}"] = _smallest_hypergeometric(population, marked, alpha, allowed)
    return found


def _frames(inputs: Inputs) -> Sequence[int]:
    given = inputs.values.get("N", TABLE_FRAMES)
    if not isinstance(given, (list, tuple)):
        return [inputs.count("N", 1)]
    return [Inputs({"N": one}).count("N", 1) for one in given]


def _smallest_binomial(rate: float, alpha: float, allowed: int) -> int:
    """Return the least n with P(at most ``allowed`` at ``rate``) <= alpha; the chance falls as n grows."""
    from scipy.special import bdtr

    high = allowed + 1
    while float(bdtr(allowed, high, rate)) > alpha:
        high *= 2
    low = max(allowed + 1, high // 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if float(bdtr(allowed, middle, rate)) <= alpha else (middle + 1, high)
    return low


def _smallest_at(rate: float, alpha: float, expected: float) -> int:
    """Return the same with ceil(n x expected) errors allowed, which makes the chance rise and fall."""
    from scipy.special import bdtr

    for sample in range(1, MOST_TRIED):
        errors = ceil(sample * expected - 1e-9)
        if errors < sample and float(bdtr(errors, sample, rate)) <= alpha:
            return sample
    raise ImpossibleSampleError(
        f"estimate: inputs.expected: no sample under {MOST_TRIED} tells it from the tolerable rate", hint="look closer"
    )


def _smallest_hypergeometric(population: int, marked: int, alpha: float, allowed: int) -> int:
    low, high = 1, population
    while low < high:
        middle = (low + high) // 2
        enough = chance_of_at_most(population, marked, middle, allowed) <= alpha
        low, high = (low, middle) if enough else (middle + 1, high)
    return low


def by_power(inputs: Inputs) -> Result:
    """``target``, ``rate`` (the true accuracy), ``confidence`` (one-sided), ``design_effect``, ``codes_per_encounter``.

    How many codes show on which side of the target the coder lies, with a chance of 80 %: ``codes_first`` is the first
    number that does (as tables print it) with the errors it allows, ``codes`` the one from which all larger do too;
    times the design effect, over the codes of an encounter, ``encounters``.
    """
    target, rate, alpha = inputs.share("target"), inputs.share("rate"), 1 - inputs.share("confidence")
    effect = inputs.positive("design_effect") if "design_effect" in inputs.values else 1.0
    length = inputs.positive("codes_per_encounter") if "codes_per_encounter" in inputs.values else 1.0
    first = first_trials(rate=rate, target=target, alpha=alpha) if rate != target else None
    if first is None:
        return {"codes_first": None, "errors_allowed": None, "codes": None, "encounters": None}
    stable = trials_needed(rate=rate, target=target, alpha=alpha)
    return {
        "codes_first": first[0],
        "errors_allowed": first[1],
        "codes": stable,
        "encounters": None if stable is None else ceil(stable * effect / length - 1e-9),
    }


def _table(inputs: Inputs, population: int, mean: float, sd: float) -> dict[str, list[int]]:
    return {
        str(percent): [_nearest(population, sd, percent / 100 * mean * population, level) for level in _levels(inputs)]
        for percent in PRECISIONS
    }


def _nearest(population: int, sd: float, reach: float, level: float) -> int:
    return int((sd * population) ** 2 / ((reach / z(level)) ** 2 + population * sd**2) + 0.5)


def _levels(inputs: Inputs) -> list[float]:
    if "confidence" not in inputs.values:
        return [level / 100 for level in DEFAULT_LEVELS]
    percents = inputs.amounts("confidence")
    inputs.at_most(max(percents), MOST_LEVEL, f"a confidence above {MOST_LEVEL} percent")
    inputs.at_most(LEAST_LEVEL, min(percents), f"a confidence below {LEAST_LEVEL} percent")
    return [level / 100 for level in percents]
