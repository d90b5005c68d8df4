"""Totals, means and ratios of any stratified, clustered, weighted sample, by linearisation (Särndal 1992, ch. 5).

Clusters are drawn without replacement from the ``fpc`` clusters of their stratum. Strata taken whole add no variance
and no degrees of freedom.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, fsum, inf, log, pi, sin, sqrt

from audit.scoring.estimate.inputs import BadInputError, ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Result, limits, student, z
from audit.scoring.estimate.profile import profile_limits
from audit.scoring.estimate.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How each row came into the sample: its weight, stratum, cluster, and clusters in its stratum (inf: unknown)."""

    weights: tuple[float, ...]
    strata: tuple[str, ...]
    clusters: tuple[str, ...]
    fpc: tuple[float, ...]

    @property
    def size(self) -> float:
        """The estimated number of units in the frame."""
        return fsum(self.weights)

    @property
    def freedom(self) -> int:
        """Clusters less strata, strata taken whole left out."""
        return sum(len(sizes) - 1 for sizes, whole in self._by_stratum() if len(sizes) < whole)

    def total(self, values: Sequence[float]) -> float:
        """Return the weighted total."""
        return fsum(weight * value for weight, value in zip(self.weights, values, strict=True))

    def variance(self, values: Sequence[float]) -> float:
        """Return the variance of the weighted total of ``values``."""
        sums: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        whole: dict[str, float] = {}
        for stratum, cluster, weight, value, fpc in zip(
            self.strata, self.clusters, self.weights, values, self.fpc, strict=True
        ):
            sums[stratum][cluster].append(weight * value)
            whole[stratum] = fpc
        return fsum(_between([fsum(one) for one in sums[h].values()], whole[h]) for h in sums)

    def mean(self, values: Sequence[float]) -> tuple[float, float]:
        """Return the mean and its standard error."""
        return self.ratio(values, [1.0] * len(values))

    def ratio(self, values: Sequence[float], over: Sequence[float]) -> tuple[float, float]:
        """Return the ratio of two totals and its standard error."""
        base = self.total(over)
        if base == 0:
            raise ImpossibleSampleError("estimate: csv: the denominator of a ratio sums to 0", hint="check the column")
        share = self.total(values) / base
        rest = [value - share * one for value, one in zip(values, over, strict=True)]
        return share, sqrt(self.variance(rest)) / base

    def design_effect(self, values: Sequence[float], se: float) -> float | None:
        """Return the variance of the mean over that of a simple sample of as many rows without replacement."""
        count, mean = len(values), self.mean(values)[0]
        spread = self.total([(value - mean) ** 2 for value in values]) / self.size * count / (count - 1)
        simple = spread * (1 - count / self.size) / count if self.size > count else spread / count
        return se**2 / simple if simple else None

    def _by_stratum(self) -> list[tuple[set[str], float]]:
        clusters: dict[str, set[str]] = defaultdict(set)
        whole = dict(zip(self.strata, self.fpc, strict=True))
        for stratum, cluster in zip(self.strata, self.clusters, strict=True):
            clusters[stratum].add(cluster)
        return [(clusters[h], whole[h]) for h in clusters]


def _between(sums: Sequence[float], whole: float) -> float:
    count = len(sums)
    if count > whole:
        raise ImpossibleSampleError("estimate: csv: more units sampled in a stratum than it has", hint="check fpc")
    if count == whole:
        return 0.0
    if count == 1:
        raise ImpossibleSampleError("estimate: csv: a stratum has one sampled unit", hint="join it with another")
    mean = fsum(sums) / count
    return (1 - count / whole) * count / (count - 1) * fsum((one - mean) ** 2 for one in sums)


def linearization(inputs: Inputs) -> Result:
    """A table with ``columns`` {y; optional x, weight, fpc, stratum, cluster} → total, mean, and ratio y / x.

    ``fpc`` is the number of units (clusters, if there are any) in the row's stratum; without it the frame counts as
    endless. Limits of the mean and total per level, with Student's t and the normal; where y is only 0 and 1 also the
    limits of a proportion at 95 % by six methods.
    """
    table, columns = Table.of(inputs), _columns(inputs)
    y = table.numbers(columns["y"])
    design = _design(table, columns)
    mean, se = design.mean(y)
    total, se_total = design.total(y), sqrt(design.variance(y))
    t = student(design.freedom)
    found: Result = {
        "total": total,
        "se_total": se_total,
        "mean": mean,
        "se_mean": se,
        "deff_mean": design.design_effect(y, se),
        "df": design.freedom,
        "ci_mean_t": limits(mean, se, t),
        "ci_mean_z": limits(mean, se, z),
        "ci_total_t": limits(total, se_total, t),
        "ci_total_z": limits(total, se_total, z),
    }
    if "x" in columns:
        found["ratio"], found["se_ratio"] = design.ratio(y, table.numbers(columns["x"]))
    if set(y) <= {0.0, 1.0} and 0 < mean < 1:
        found |= {"prop": mean, "se_prop": se, "svyciprop95": proportion_limits(y, design, se, 0.95)}
    return found


def proportion_limits(y: Sequence[float], design: Design, se: float, level: float) -> dict[str, list[float]]:
    """Return two-sided limits of the mean of ``y``, all 0 or 1 and not all alike (``beta``: Korn & Graubard).

    ``se`` is the standard error of the mean under the design, above 0 unless the sample was taken whole.
    """
    share = design.mean(y)[0]
    if se == 0:
        return {name: [share, share] for name in ("logit", "xlogit", "asin", "beta", "mean", "likelihood")}
    t = student(design.freedom)(level)
    angle, reach = asin(sqrt(share)), t * se / (2 * sqrt(share * (1 - share)))
    return {
        **_logit(share, t * se),
        "asin": [sin(max(0.0, angle - reach)) ** 2, sin(min(pi / 2, angle + reach)) ** 2],
        "beta": _korn_graubard(share, se, len(y), t, level),
        "mean": [share - t * se, share + t * se],
        "likelihood": profile_limits(y, design.weights, se=se, freedom=design.freedom, level=level),
    }


def _logit(share: float, reach: float) -> dict[str, list[float]]:
    from scipy.special import expit

    odds, step = log(share / (1 - share)), reach / (share * (1 - share))
    both = [float(expit(odds - step)), float(expit(odds + step))]
    return {"logit": both, "xlogit": both}


def _korn_graubard(share: float, se: float, rows: int, t: float, level: float) -> list[float]:
    from scipy.special import betaincinv

    size, tail = share * (1 - share) / se**2 * (student(rows - 1)(level) / t) ** 2, (1 - level) / 2
    right, wrong = share * size, (1 - share) * size
    return [float(betaincinv(right, wrong + 1, tail)), float(betaincinv(right + 1, wrong, 1 - tail))]


def cluster_accuracy(inputs: Inputs) -> Result:
    """Table with ``enc``, ``correct`` (0, 1) and optional ``coder``; ``N_encounters`` → accuracy of codes.

    Standard errors with and without the finite-population term, beside the naive binomial one; per coder as a domain
    of the same sample (without it); and the share of encounters that are all correct.
    """
    table = Table.of(inputs)
    encounters, correct = table.texts("enc"), table.numbers("correct")
    frame, sampled = inputs.count("N_encounters", 1), len(set(encounters))
    inputs.at_most(sampled, frame, "more encounters sampled than there are")
    if not set(correct) <= {0.0, 1.0}:
        raise BadInputError("estimate: csv: column correct: not 0 or 1", hint="1 for a correct code")
    rows = len(correct)
    finite = _encounters(encounters, frame / sampled, frame)
    endless = _encounters(encounters, 1.0, inf)
    accuracy, se = finite.mean(correct)
    se_endless = endless.mean(correct)[1]
    simple = accuracy * (1 - accuracy) / (rows - 1)  # the variance of as many independent codes
    found: Result = {
        "df": finite.freedom,
        "accuracy": accuracy,
        "se_cluster_fpc": se,
        "deff_fpc": se**2 / simple if simple else None,
        "se_cluster_nofpc": se_endless,
        "deff_nofpc": se_endless**2 / simple if simple else None,
        "se_naive_binomial": sqrt(accuracy * (1 - accuracy) / rows),
        "se_jackknife_nofpc": _jackknife(encounters, correct),
        "ci90_t": limits(accuracy, se, student(finite.freedom))["90"],
        "ci90_z": limits(accuracy, se, z)["90"],
        **_whole_encounters(encounters, correct, frame),
    }
    if 0 < accuracy < 1:
        found["svyciprop90_fpc"] = proportion_limits(correct, finite, se, 0.90)
        found["svyciprop90_nofpc"] = proportion_limits(correct, endless, se_endless, 0.90)
    if "coder" in inputs.table[0]:
        found["by_coder"] = _by_coder(table.texts("coder"), correct, endless)
    return found


def _by_coder(coders: Sequence[str], correct: Sequence[float], design: Design) -> dict[str, float]:
    found = {}
    for coder in sorted(set(coders)):
        inside = [float(one == coder) for one in coders]
        right = [value * one for value, one in zip(correct, inside, strict=True)]
        found[coder], found[f"se{coder}"] = design.ratio(right, inside)
    return found


def _whole_encounters(encounters: Sequence[str], correct: Sequence[float], frame: int) -> Result:
    worst: dict[str, float] = {}
    for encounter, value in zip(encounters, correct, strict=True):
        worst[encounter] = min(worst.get(encounter, 1.0), value)
    share, se = _encounters(list(worst), frame / len(worst), frame).mean(list(worst.values()))
    return {"encounter_all_correct": share, "se_encounter_all_correct": se}


def _jackknife(encounters: Sequence[str], correct: Sequence[float]) -> float:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for encounter, value in zip(encounters, correct, strict=True):
        sums[encounter][0] += value
        sums[encounter][1] += 1
    right, rows, count = fsum(correct), len(correct), len(sums)
    without = [(right - x) / (rows - k) for x, k in sums.values()]
    mean = fsum(without) / count
    return sqrt((count - 1) / count * fsum((one - mean) ** 2 for one in without))


def _encounters(names: Sequence[str], weight: float, frame: float) -> Design:
    rows = len(names)
    return Design(weights=(weight,) * rows, strata=("",) * rows, clusters=tuple(names), fpc=(frame,) * rows)


def _design(table: Table, columns: dict[str, str]) -> Design:
    rows = len(table.rows)
    return Design(
        weights=tuple(table.numbers(columns["weight"])) if "weight" in columns else (1.0,) * rows,
        strata=tuple(table.texts(columns["stratum"])) if "stratum" in columns else ("",) * rows,
        clusters=tuple(table.texts(columns["cluster"])) if "cluster" in columns else tuple(map(str, range(rows))),
        fpc=tuple(table.numbers(columns["fpc"])) if "fpc" in columns else (inf,) * rows,
    )


def _columns(inputs: Inputs) -> dict[str, str]:
    given = inputs.raw("columns")
    known = {"y", "x", "weight", "fpc", "stratum", "cluster"}
    if not isinstance(given, dict) or "y" not in given or not given.keys() <= known:
        raise BadInputError("estimate: inputs.columns: not an object with y", hint=f"keys: {', '.join(sorted(known))}")
    if not all(isinstance(name, str) for name in given.values()):
        raise BadInputError("estimate: inputs.columns: not names of columns", hint="write each column's header")
    return given
