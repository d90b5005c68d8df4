"""How far auditors agree. Beside a score, never in it: no score is adjusted by a measured auditor error."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations
from math import fsum, sqrt
from typing import Any

from audit.scoring.estimate.inputs import BadInputError, ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Result, z

Label = Hashable
Units = list[Counter[Label]]
"""Per unit, how many raters gave each label."""
Distance = Callable[[Any, Any], float]
"""Squared distance of two different labels."""


def cohen(inputs: Inputs) -> Result:
    """``table`` of two raters → Cohen's kappa, its standard error (Fleiss, Cohen & Everitt 1969), limits."""
    shares, rows, columns = _table(inputs)
    observed = fsum(shares[i][i] for i in range(len(shares)))
    chance = fsum(rows[i] * columns[i] for i in range(len(shares)))
    if chance == 1:
        raise ImpossibleSampleError("estimate: inputs.table: only one label was ever given", hint="kappa has no value")
    kappa = (observed - chance) / (1 - chance)
    total = fsum(map(fsum, inputs.rows("table")))
    se = sqrt(max(0.0, _cohen_variance(shares, rows, columns, kappa, chance)) / total)
    reach = z(0.95) * se
    return {"agreement": observed, "kappa": kappa, "se": se, "ci95": [kappa - reach, kappa + reach]}


def _cohen_variance(
    shares: Sequence[Sequence[float]], rows: Sequence[float], columns: Sequence[float], kappa: float, chance: float
) -> float:
    size = range(len(shares))
    agreed = fsum(shares[i][i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in size)
    apart = fsum(shares[i][j] * (columns[i] + rows[j]) ** 2 for i in size for j in size if i != j)
    return (agreed + (1 - kappa) ** 2 * apart - (kappa - chance * (1 - kappa)) ** 2) / (1 - chance) ** 2


def kappa_and_ac1(inputs: Inputs) -> Result:
    """``table`` of two raters → raw agreement, Cohen's kappa and Gwet's AC1, which a rare error does not upset."""
    shares, rows, columns = _table(inputs)
    observed = fsum(shares[i][i] for i in range(len(shares)))
    chance = fsum((r + c) / 2 * (1 - (r + c) / 2) for r, c in zip(rows, columns, strict=True)) / (len(shares) - 1)
    return {"agreement": observed, "kappa": cohen(inputs)["kappa"], "gwet_ac1": (observed - chance) / (1 - chance)}


def _table(inputs: Inputs) -> tuple[list[list[float]], list[float], list[float]]:
    table = inputs.rows("table", least=2)
    inputs.at_most(max(map(len, table)), len(table), "the table is not square")
    inputs.at_most(len(table), min(map(len, table)), "the table is not square")
    total = fsum(map(fsum, table))
    if total <= 0 or min(map(min, table)) < 0:
        raise ImpossibleSampleError("estimate: inputs.table: no counts, or negative ones", hint="count each pair once")
    shares = [[cell / total for cell in row] for row in table]
    return shares, [fsum(row) for row in shares], [fsum(column) for column in zip(*shares, strict=True)]


def fleiss(inputs: Inputs) -> Result:
    """``counts`` per unit and label, the same number of raters each → Fleiss' kappa and Randolph's."""
    counts = inputs.rows("counts")
    raters = fsum(counts[0])
    if raters < 2 or any(len(row) != len(counts[0]) or fsum(row) != raters for row in counts):  # noqa: PLR2004 - a pair
        raise ImpossibleSampleError(
            "estimate: inputs.counts: units differ in raters or labels", hint="every unit needs the same raters"
        )
    units, labels = len(counts), len(counts[0])
    observed = fsum(fsum(n * (n - 1) for n in row) for row in counts) / (units * raters * (raters - 1))
    chance = fsum((fsum(column) / (units * raters)) ** 2 for column in zip(*counts, strict=True))
    return {
        "kappa": _beyond(observed, chance),
        "randolph": _beyond(observed, 1 / labels),
    }


def krippendorff(inputs: Inputs) -> Result:
    """``reliability`` rows of raters, null where a rater did not rate → alpha (Krippendorff 2011, from coincidences).

    For every level of measurement the labels have: ``nominal`` for any; ``ordinal``, ``interval`` and ``ratio`` for
    numbers; ``jaccard`` for lists, such as the codes an auditor gives an encounter, whose order says nothing.
    """
    units = [unit for unit in _units(inputs) if unit.total() > 1]
    if not units:
        raise ImpossibleSampleError("estimate: inputs.reliability: no unit has two raters", hint="rate units twice")
    return {name: alpha(units, distance) for name, distance in _distances(_pooled(units)).items()}


def alpha(units: Units, distance: Distance) -> float:
    """Return Krippendorff's alpha of units with at least two ratings, under any squared distance of labels."""
    marginal = _pooled(units)
    total = marginal.total()
    seen = fsum(_disagreement(unit, distance) / (unit.total() - 1) for unit in units) / total
    expected = _disagreement(marginal, distance) / (total * (total - 1))
    return 1 - seen / expected if expected else 1.0


def _disagreement(labels: Counter[Label], distance: Distance) -> float:
    return 2 * fsum(labels[a] * labels[b] * distance(a, b) for a, b in combinations(labels, 2))


def _pooled(units: Units) -> Counter[Label]:
    marginal: Counter[Label] = Counter()
    for unit in units:
        marginal += unit
    return marginal


def _distances(marginal: Counter[Label]) -> Mapping[str, Distance]:
    found: dict[str, Distance] = {"nominal": lambda one, other: float(one != other)}
    if all(isinstance(label, (int, float)) for label in marginal):
        found |= {"ordinal": _ordinal(marginal), "interval": _interval, "ratio": _ratio}
    if all(isinstance(label, frozenset) for label in marginal):
        found["jaccard"] = _jaccard
    return found


def _ordinal(marginal: Counter[Label]) -> Distance:
    def distance(one: Any, other: Any) -> float:
        low, high = sorted((one, other))
        between = fsum(n for label, n in marginal.items() if low <= label <= high)
        return (between - (marginal[one] + marginal[other]) / 2) ** 2

    return distance


def _interval(one: Any, other: Any) -> float:
    return float((one - other) ** 2)


def _ratio(one: Any, other: Any) -> float:
    return float(((one - other) / (one + other)) ** 2) if one + other else 0.0


def _jaccard(one: Any, other: Any) -> float:
    # Two empty sets are one label, so the union of two different ones is never empty.
    return 1 - len(one & other) / len(one | other)


def gwet(inputs: Inputs) -> Result:
    """``reliability`` rows of raters, null where a rater did not rate → AC1 with its standard error, and its relatives.

    Gwet 2014, for any number of raters and missing ratings; units nobody rated are left out.
    """
    raters = _raters(inputs)
    units = [unit for unit in _units(inputs) if unit]
    labels = sorted({label for unit in units for label in unit}, key=repr)
    pairs = [_pair_agreement(unit) for unit in units if unit.total() > 1]
    if not pairs or len(labels) < 2:  # noqa: PLR2004 - agreement needs two raters and two labels
        raise ImpossibleSampleError("estimate: inputs.reliability: nothing to agree about", hint="rate units twice")
    observed = fsum(pairs) / len(pairs)
    shares = {label: fsum(unit[label] / unit.total() for unit in units) / len(units) for label in labels}
    chance = fsum(share * (1 - share) for share in shares.values()) / (len(labels) - 1)
    return {
        "agreement": observed,
        "gwet_ac1": _beyond(observed, chance),
        "se": _ac1_error(units, shares, _beyond(observed, chance), chance),
        "fleiss": _beyond(observed, fsum(share**2 for share in shares.values())),
        "brennan_prediger": _beyond(observed, 1 / len(labels)),
        "conger": _beyond(observed, _conger_chance(raters, labels)),
        "krippendorff": alpha([unit for unit in units if unit.total() > 1], lambda a, b: float(a != b)),
    }


def _ac1_error(units: Units, shares: Mapping[Label, float], ac1: float, chance: float) -> float:
    count, others = len(units), len(shares) - 1
    paired = sum(unit.total() > 1 for unit in units)
    parts = []
    for unit in units:
        # A unit rated once says nothing of agreement, only of how common each label is.
        beyond = (_pair_agreement(unit) - chance) * count / paired if unit.total() > 1 else 0.0
        common = fsum(unit[label] / unit.total() * (1 - share) for label, share in shares.items()) / others
        parts.append((beyond - 2 * (1 - ac1) * (common - chance)) / (1 - chance))
    return sqrt(fsum((part - ac1) ** 2 for part in parts) / (count * (count - 1)))


def _conger_chance(raters: Sequence[Sequence[Label | None]], labels: Sequence[Label]) -> float:
    size = len(raters)
    chance = 0.0
    for label in labels:
        shares = [sum(one == label for one in row) / sum(one is not None for one in row) for row in raters]
        mean = fsum(shares) / size
        spread = fsum((share - mean) ** 2 for share in shares) / (size - 1)
        chance += mean**2 - spread / size
    return chance


def _pair_agreement(unit: Counter[Label]) -> float:
    ratings = unit.total()
    return sum(n * (n - 1) for n in unit.values()) / (ratings * (ratings - 1))


def _raters(inputs: Inputs) -> list[list[Label | None]]:
    rows = inputs.raw("reliability")
    square = isinstance(rows, list) and len(rows) > 1 and all(isinstance(row, list) for row in rows)
    if not square or len({len(row) for row in rows}) != 1 or any(all(one is None for one in row) for row in rows):
        raise ImpossibleSampleError(
            "estimate: inputs.reliability: not one row of ratings per rater", hint="null where a rater did not rate"
        )
    return [[_label(one) for one in row] for row in rows]


def _label(one: Any) -> Label | None:
    if isinstance(one, list) and all(isinstance(code, str) for code in one):
        return frozenset(one)  # the codes of an encounter are a set: their order says nothing
    if one is None or isinstance(one, (str, int, float)):
        return one
    raise BadInputError(
        "estimate: inputs.reliability: a label is no text, number or list of codes", hint="null if not rated"
    )


def _units(inputs: Inputs) -> Units:
    units: dict[int, Counter[Label]] = defaultdict(Counter)
    for row in _raters(inputs):
        for n, label in enumerate(row):
            units[n].update([] if label is None else [label])
    return list(units.values())


def _beyond(observed: float, chance: float) -> float:
    return (observed - chance) / (1 - chance) if chance < 1 else 1.0
