"""Agreement of auditors with its uncertainty: encounters are drawn again and again from those reviewed twice.

Codes of one encounter hang together, so whole encounters are drawn (cluster bootstrap, percentile limits). Stands
beside scores and never changes one.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from audit.scoring.estimate.agreement import gwet, kappa_and_ac1, krippendorff
from audit.scoring.estimate.inputs import BadInputError, ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Result

RESAMPLES, MOST_RESAMPLES = 500, 10_000
LEAST_USABLE = 0.8
"""Share of resamples in which a coefficient must have a value for its interval to be given."""


def with_intervals(inputs: Inputs) -> Result:
    """``reliability`` rows of raters; optional ``encounters`` (one per unit), ``confidence``, ``resamples``, ``seed``.

    Raw agreement, Krippendorff's alpha (by the set distance where labels are lists of codes), Gwet's AC1, Fleiss'
    kappa, and Cohen's for two raters who rated all; each with its interval, None where too few resamples have a value.
    """
    rows = _rows(inputs)
    clusters = _clusters(inputs, len(rows[0]))
    level = inputs.share("confidence") if "confidence" in inputs.values else 0.95
    found = _coefficients(rows)
    drawn = _resampled(rows, clusters, _count(inputs), str(inputs.values.get("seed", "agreement")))
    return {
        **found,
        "intervals": {
            name: _interval([one[name] for one in drawn if name in one], len(drawn), level) for name in found
        },
        "encounters": len(clusters),
        "resamples": len(drawn),
    }


def _coefficients(rows: Sequence[Sequence[Any]]) -> dict[str, float]:
    inputs = Inputs({"reliability": [list(row) for row in rows]})
    common = gwet(inputs)
    distances = krippendorff(inputs)
    kind = "jaccard" if "jaccard" in distances else "nominal"
    found = {
        "agreement": common["agreement"],
        "krippendorff": distances[kind],
        "gwet_ac1": common["gwet_ac1"],
        "fleiss": common["fleiss"],
        **_cohen(rows),
    }
    return {name: value for name, value in found.items() if isinstance(value, float)}


def _cohen(rows: Sequence[Sequence[Any]]) -> dict[str, object]:
    pairs = list(zip(*rows, strict=True))
    if len(rows) != 2 or any(one is None for pair in pairs for one in pair):  # noqa: PLR2004 - kappa is of a pair
        return {}
    names = [tuple(sorted(one)) if isinstance(one, list) else one for pair in pairs for one in pair]
    labels = sorted(set(names), key=repr)
    table = [[0] * len(labels) for _ in labels]
    for first, second in zip(names[::2], names[1::2], strict=True):
        table[labels.index(first)][labels.index(second)] += 1
    return {"cohen": kappa_and_ac1(Inputs({"table": table}))["kappa"]}


def _resampled(
    rows: Sequence[Sequence[Any]], clusters: Sequence[Sequence[int]], count: int, seed: str
) -> list[dict[str, float]]:
    chance = random.Random(seed)  # noqa: S311 - resampling, not a secret; the same seed gives the same interval
    found = []
    for _ in range(count):
        units = [unit for cluster in chance.choices(clusters, k=len(clusters)) for unit in cluster]
        try:
            found.append(_coefficients([[row[unit] for unit in units] for row in rows]))
        except ImpossibleSampleError:  # one label alone was drawn: no coefficient has a value there
            found.append({})
    return found


def _interval(values: Sequence[float], drawn: int, level: float) -> list[float] | None:
    if len(values) < LEAST_USABLE * drawn:
        return None
    ordered, tail = sorted(values), (1 - level) / 2
    last = len(ordered) - 1
    return [ordered[round(tail * last)], ordered[round((1 - tail) * last)]]


def _rows(inputs: Inputs) -> list[list[Any]]:
    rows = inputs.raw("reliability")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        raise BadInputError("estimate: inputs.reliability: not rows of ratings", hint="one row per rater")
    if len({len(row) for row in rows}) != 1:
        raise ImpossibleSampleError("estimate: inputs.reliability: rows differ in length", hint="null if not rated")
    return rows


def _clusters(inputs: Inputs, units: int) -> list[list[int]]:
    named = inputs.values.get("encounters", list(range(units)))
    if not isinstance(named, list) or len(named) != units:
        raise BadInputError("estimate: inputs.encounters: not one per unit", hint="name each unit's encounter")
    clusters: dict[str, list[int]] = defaultdict(list)
    for unit, name in enumerate(named):
        clusters[str(name)].append(unit)
    return list(clusters.values())


def _count(inputs: Inputs) -> int:
    count = inputs.count("resamples", 1) if "resamples" in inputs.values else RESAMPLES
    inputs.at_most(count, MOST_RESAMPLES, f"more than {MOST_RESAMPLES} resamples")
    return count
