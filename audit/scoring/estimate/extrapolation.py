"""What a sample says of a frame's overpayment under each regime, side by side, gross and net, with its warnings.

Regimes: the self-disclosure protocol (SDP 2013) takes the point; OIG the lower limit of the two-sided 90 %; CMS the
lower limit of the one-sided 90 %; integrity agreements (CIA) look at the net error rate of the sample. Gross counts an
underpayment as 0 (SDP III.B, CIA sizing), net as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from audit.scoring.betting import lower_mean, upper_mean
from audit.scoring.estimate.inputs import BadInputError, ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Moments, Result, few_nonzero, root, student, z
from audit.scoring.estimate.tables import Table
from audit.scoring.hypergeometric import count_limits

MANY_WRONG, ALIKE = 0.80, 0.30
"""Share of overpaid units above which, and spread of payments below which, the lower limit is known to fail."""
_ALPHAS = {"oig_lower_two_sided_90": 0.05, "cms_lower_one_sided_90": 0.10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum: ``population`` units, and paid and overpaid of each sampled unit in the order drawn.

    ``most_paid`` is the largest payment of the stratum's frame, which no overpayment can exceed.
    """

    population: int
    paid: tuple[float, ...]
    over: tuple[float, ...]
    most_paid: float

    @property
    def whole(self) -> bool:
        """Whether every unit was sampled: no variance, no degrees of freedom."""
        return len(self.over) == self.population

    @property
    def gross(self) -> tuple[float, ...]:
        """Overpayments, an underpayment counted as 0."""
        return tuple(max(0.0, over) for over in self.over)


def regimes(inputs: Inputs) -> Result:
    """Table ``paid``, ``over``, optional ``stratum``; ``N`` (per stratum an object) → every regime's number.

    A unit without a record is overpaid in full: write its payment as ``over``. Optional ``most_paid``, the largest
    payment of the frame (per stratum an object), gives exact upper limits; without it the largest of the sample stands
    in, and the output says so. Optional ``at_least``, an amount fixed before the sample was seen, adds the minimum-sum
    limits: overpaid by that much are at least so many units (exact hypergeometric), and nothing is assumed of the rest
    (after Edwards, Gilliland & Ward-Besser 2005).

    Returns:
        ``gross`` and ``net``: point, se, df, upper_95 and both lower limits by Student's t on the degrees of freedom of
        strata not taken whole; ``exact``: limits of the gross amount that hold for any payments (see ``betting``);
        ``cia``: the error rate with underpayments netted and with them as 0; ``minimum_sum``; ``warnings``.
    """
    strata = _strata(inputs)
    found = side_by_side(strata)
    return {
        **found,
        "minimum_sum": _minimum_sum(inputs, strata),
        "warnings": [*_warnings(strata), *_assumed(inputs)],
    }


def side_by_side(strata: Sequence[Stratum]) -> Result:
    """Return every regime's number of a stratified sample with its exact limits and warnings, as ``regimes`` does."""
    gross = [one.gross for one in strata]
    sdp = _estimate(strata, gross)
    return {
        "gross": sdp,
        "net": _estimate(strata, [one.over for one in strata]),
        "sdp_point": sdp["point"],
        "exact": _exact(strata, gross),
        "cia": _error_rates(strata),
        "nonzero_items": sum(over != 0 for one in strata for over in one.over),
        "warnings": _warnings(strata),
    }


def _estimate(strata: Sequence[Stratum], values: Sequence[Sequence[float]]) -> Result:
    found = [Moments.of(one) for one in values]
    point = fsum(one.population * each.mean for one, each in zip(strata, found, strict=True))
    se = root(
        one.population * (one.population - each.count) * each.variance / each.count
        for one, each in zip(strata, found, strict=True)
    )
    freedom = sum(len(one.over) - 1 for one in strata if not one.whole)
    reach: Callable[[float], float] = student(freedom) if freedom else lambda _: 0.0
    lower = {name: point - reach(1 - 2 * alpha) * se for name, alpha in _ALPHAS.items()}
    precision = 100 * reach(0.90) * se / point if point else None
    return {
        "point": point,
        "se": se,
        "df": freedom,
        **lower,
        "upper_95": point + reach(0.90) * se,
        "precision_percent_90": precision,
    }


def _exact(strata: Sequence[Stratum], gross: Sequence[Sequence[float]]) -> Result:
    open_ = sum(not one.whole for one in strata)

    def bound(alpha: float, one_stratum: Callable[[Stratum, Sequence[float], float], float]) -> float:
        # Strata share the chance of error evenly; what was taken whole is known.
        parts = (
            fsum(values) if one.whole else one.population * one_stratum(one, values, alpha / max(1, open_))
            for one, values in zip(strata, gross, strict=True)
        )
        return fsum(parts)

    return {
        **{
            name: bound(alpha, lambda one, values, a: lower_mean(values, one.population, a))
            for name, alpha in _ALPHAS.items()
        },
        "upper_95": bound(0.05, lambda one, values, a: upper_mean(values, one.population, a, one.most_paid)),
    }


def _minimum_sum(inputs: Inputs, strata: Sequence[Stratum]) -> Result | None:
    if "at_least" not in inputs.values:
        return None
    least, open_ = inputs.positive("at_least"), max(1, sum(not one.whole for one in strata))
    found: Result = {}
    for name, alpha in _ALPHAS.items():
        parts = []
        for one in strata:
            marked = sum(value >= least for value in one.gross)
            fewest = count_limits(one.population, len(one.over), marked, alpha / open_)[0]
            parts.append(fsum(one.gross) + least * (max(fewest, marked) - marked))
        found[name] = fsum(parts)
    return found


def _error_rates(strata: Sequence[Stratum]) -> Result:
    paid = fsum(value for one in strata for value in one.paid)
    if paid <= 0:
        raise ImpossibleSampleError("estimate: csv: column paid: sums to 0", hint="check the column")
    over = [value for one in strata for value in one.over]
    return {
        "net_error_rate": fsum(over) / paid,
        "error_rate_underpayments_as_0": fsum(max(0.0, value) for value in over) / paid,
        "full_sample_needed": fsum(over) / paid >= 0.05,  # noqa: PLR2004 - the agreements' 5 %
    }


def _warnings(strata: Sequence[Stratum]) -> list[str]:
    over = [value for one in strata for value in one.over]
    wrong = sum(value > 0 for value in over)
    paid = Moments.of([value for one in strata for value in one.paid])
    found = few_nonzero(over)
    if wrong > MANY_WRONG * len(over) and paid.sd < ALIKE * paid.mean:
        found.append(
            "most items are overpaid and payments are alike: the lower limits are known to fail (nominal 95 %, measured"
            " as low as 88 %); use the lower limits under exact"
        )
    if len(over) < 30 and not all(one.whole for one in strata):  # noqa: PLR2004 - OIG's own mark
        found.append("fewer than 30 items (OIG marks such a sample)")
    return found


def _assumed(inputs: Inputs) -> list[str]:
    if "most_paid" in inputs.values:
        return []
    return ["most_paid is not given: exact.upper_95 assumes that no payment of the frame exceeds the sample's largest"]


def _strata(inputs: Inputs) -> list[Stratum]:
    table = Table.of(inputs)
    paid, over = table.numbers("paid"), table.numbers("over")
    names = table.texts("stratum") if "stratum" in inputs.table[0] else [""] * len(paid)
    _payments(paid, over)
    sizes = _per_stratum(inputs, "N", names)
    largest = _per_stratum(inputs, "most_paid", names) if "most_paid" in inputs.values else None
    return [
        _stratum(
            inputs,
            sizes[name],
            [(p, o) for p, o, own in zip(paid, over, names, strict=True) if own == name],
            None if largest is None else largest[name],
        )
        for name in sizes
    ]


def _stratum(inputs: Inputs, size: float, rows: Sequence[tuple[float, float]], most: float | None) -> Stratum:
    if size != int(size):
        raise BadInputError("estimate: inputs.N: not a whole number", hint="the number of units in the frame")
    inputs.at_most(len(rows), size, "more rows than units in a stratum")
    if not rows:
        raise ImpossibleSampleError("estimate: inputs.N: a stratum has no sampled unit", hint="join it with another")
    if len(rows) == 1 and size > 1:
        raise ImpossibleSampleError("estimate: csv: a stratum has one sampled unit", hint="join it with another")
    paid, over = zip(*rows, strict=True)
    if most is not None:
        inputs.at_most(max(paid), most, "a payment exceeds most_paid")
    return Stratum(population=int(size), paid=paid, over=over, most_paid=max(paid) if most is None else most)


def _payments(paid: Sequence[float], over: Sequence[float]) -> None:
    for row, (one, wrong) in enumerate(zip(paid, over, strict=True), start=1):
        if one < 0:
            raise ImpossibleSampleError(f"estimate: csv row {row}: column paid: below 0", hint="check the row")
        if wrong > one:
            raise ImpossibleSampleError(
                f"estimate: csv row {row}: column over: more than was paid", hint="an overpayment is part of a payment"
            )


def _per_stratum(inputs: Inputs, key: str, names: Sequence[str]) -> Mapping[str, float]:
    given = inputs.raw(key)
    if not isinstance(given, Mapping):
        if set(names) != {""}:
            raise BadInputError(f"estimate: inputs.{key}: not an object by stratum", hint="one number per stratum")
        return {"": inputs.positive(key)}
    numbers = Inputs(given, f"{inputs.place}.{key}")
    found = {name: numbers.positive(name) for name in given}
    if not set(names) <= found.keys():
        raise BadInputError(f"estimate: inputs.{key}: a stratum of the table is missing", hint="one number each")
    return found


def agreement_size(inputs: Inputs) -> Result:
    """``N``, ``over`` and ``paid`` of the discovery sample → n of the full sample at 90 % confidence, 25 % precision.

    Underpayments count as 0 in the size (CIA claims review); n is rounded to the nearest, as OIG's program does, and
    is never under the units already drawn. ``full_sample_needed`` from a net error rate of 5 %.
    """
    population, over, paid = inputs.count("N", 2), inputs.numbers("over", 2), inputs.numbers("paid", 2)
    inputs.at_most(max(len(over), len(paid)), min(len(over), len(paid)), "over and paid differ in length")
    inputs.at_most(len(over), population, "more units than N")
    _payments(paid, over)
    found = Moments.of([max(0.0, value) for value in over])
    stratum = Stratum(population=population, paid=tuple(paid), over=tuple(over), most_paid=max(paid))
    result = _error_rates([stratum])
    if found.mean == 0:
        return {**result, "n": None, "more": None}
    reach = 0.25 * found.mean * population / z(0.90)
    wanted = int((found.sd * population) ** 2 / (reach**2 + population * found.sd**2) + 0.5)
    size = min(population, max(wanted, found.count))
    return {**result, "mean": found.mean, "sd": found.sd, "n": size, "more": size - found.count}
