"""A total overpayment from the table of a sample, with what was paid for the frame known (Cochran chapters 5 to 9A)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from audit.scoring.estimate.bounds import stringer
from audit.scoring.estimate.extrapolation import Stratum, side_by_side
from audit.scoring.estimate.inputs import ImpossibleSampleError, Inputs
from audit.scoring.estimate.moments import Moments, Result, few_nonzero, limits, regimes, root, student, z
from audit.scoring.estimate.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """One stratum's sample: ``population`` units, their ``paid`` in all, and paid and overpaid of each sampled unit."""

    population: int
    total: float
    paid: tuple[float, ...]
    over: tuple[float, ...]

    @property
    def weight(self) -> float:
        """Units of the stratum that each sampled one stands for."""
        return self.population / len(self.over)

    @property
    def stratum(self) -> Stratum:
        """The same as the regimes see it; no payment of the frame is assumed to exceed the sample's largest."""
        most = max(*self.paid, *self.over)
        return Stratum(population=self.population, paid=self.paid, over=self.over, most_paid=most)

    def se(self, values: Sequence[float]) -> float:
        """Return the standard error of the stratum's total of ``values``; 0 where it was taken whole."""
        count = len(values)
        return self.population * sqrt(Moments.of(values).variance * (1 - count / self.population) / count)

    def rest(self, ratio: float) -> list[float]:
        """Return what is left of each overpayment after ``ratio`` times the payment."""
        return [over - ratio * paid for over, paid in zip(self.over, self.paid, strict=True)]

    @property
    def ratio(self) -> float:
        """Overpaid over paid in the sample."""
        if fsum(self.paid) == 0:
            raise ImpossibleSampleError("estimate: csv: column paid: sums to 0", hint="check the column")
        return fsum(self.over) / fsum(self.paid)


def simple(inputs: Inputs) -> Result:
    """Table ``paid``, ``over``, optional ``allowed``; ``N``, ``paid_total`` → difference, ratio, regression totals.

    The number of each regime stands beside: OIG takes ``twosided90_lower_t``, CMS ``onesided90_lower_t``,
    self-disclosure the point.
    """
    table = Table.of(inputs)
    one = _stratum(
        inputs, inputs.count("N", 2), inputs.number("paid_total"), table.numbers("paid"), table.numbers("over")
    )
    count = len(one.over)
    total, se, t = one.weight * fsum(one.over), one.se(one.over), student(count - 1)
    by_t, by_z = limits(total, se, t), limits(total, se, z)
    ratio_error = one.se(one.rest(one.ratio)) / (one.weight * fsum(one.paid))
    found: Result = {
        "df": count - 1,
        "difference_total": total,
        "se": se,
        "ci_t": by_t,
        "ci_z": by_z,
        "onesided90_lower_t": by_t["80"][0],
        "onesided90_lower_z": by_z["80"][0],
        "twosided90_lower_t": by_t["90"][0],
        "ratio": one.ratio,
        "se_ratio": ratio_error,
        "ratio_total": one.ratio * one.total,
        "se_ratio_total": ratio_error * one.total,
        "ratio_total_greg_calibrated": one.ratio * one.total,
        "se_ratio_total_greg_calibrated": ratio_error * one.total,
        **_regression(one),
        "regimes": side_by_side([one.stratum]),
    }
    if "allowed" in inputs.table[0]:
        allowed = table.numbers("allowed")
        found["mpu_allowed_total"], found["se_mpu_allowed"] = one.weight * fsum(allowed), one.se(allowed)
    return found


def _regression(one: Paid) -> Result:
    count, x, y = len(one.over), Moments.of(one.paid), Moments.of(one.over)
    if x.variance == 0:
        raise ImpossibleSampleError("estimate: csv: column paid: all alike", hint="a regression needs a spread")
    moved = [paid - x.mean for paid in one.paid]
    slope = fsum(d * over for d, over in zip(moved, one.over, strict=True)) / fsum(d * d for d in moved)
    missed = one.total - one.population * x.mean
    total = one.population * y.mean + slope * missed
    rest = [over - y.mean - slope * d for over, d in zip(one.over, moved, strict=True)]
    calibration = missed / (one.weight * fsum(d * d for d in moved))
    squares = fsum(e * e for e in rest)
    plain = one.population * sqrt((1 - count / one.population) / count * squares)
    return {
        "regression_total_greg": total,
        "se_regression_greg": one.se([(1 + calibration * d) * e for d, e in zip(moved, rest, strict=True)]),
        "regression_total_cochran": total,
        "se_regression_cochran_nminus2": plain / sqrt(count - 2) if count > 2 else None,  # noqa: PLR2004 - two are fitted
        "se_regression_cochran_nminus1": plain / sqrt(count - 1),
    }


def with_take_all(inputs: Inputs) -> Result:
    """Table ``stratum``, ``paid``, ``over``; ``N`` and ``paid_totals`` by stratum order → stratified totals and ratios.

    A stratum taken whole adds no variance and no degrees of freedom (``df_excluding_takeall``, and Satterthwaite's);
    ``df_survey`` counts it, as survey packages do, and is printed only to be compared with.
    """
    strata = _strata(inputs)
    totals = [one.weight * fsum(one.over) for one in strata]
    errors = [one.se(one.over) for one in strata]
    total, se = fsum(totals), root(error**2 for error in errors)
    open_strata = [(one, error) for one, error in zip(strata, errors, strict=True) if len(one.over) < one.population]
    fourth = fsum(error**4 / (len(one.over) - 1) for one, error in open_strata)
    satterthwaite = se**4 / fourth if fourth else None
    survey = sum(len(one.over) for one in strata) - len(strata)
    return {
        "df_survey": survey,
        "df_excluding_takeall": sum(len(one.over) - 1 for one, _ in open_strata),
        "df_satterthwaite": satterthwaite,
        "total": total,
        "se": se,
        "ci_z": limits(total, se, z),
        "ci_t_dfsurvey": limits(total, se, student(survey)),
        "ci_t_satt": limits(total, se, student(satterthwaite)) if satterthwaite else None,
        "stratum_totals": totals,
        "stratum_se": errors,
        "regimes": side_by_side([one.stratum for one in strata]),
        **_stratified_ratios(strata),
        **_error_share(strata),
    }


def _stratified_ratios(strata: Sequence[Paid]) -> Result:
    known = fsum(one.total for one in strata)
    estimated = fsum(one.weight * fsum(one.paid) for one in strata)
    combined = fsum(one.weight * fsum(one.over) for one in strata) / estimated
    return {
        "combined_ratio": combined,
        "combined_ratio_total": combined * known,
        "se_combined_ratio_total": known / estimated * root(one.se(one.rest(combined)) ** 2 for one in strata),
        "separate_ratio_total": fsum(one.ratio * one.total for one in strata),
        "se_separate_ratio_total": root(
            (one.se(one.rest(one.ratio)) * one.total / (one.weight * fsum(one.paid))) ** 2 for one in strata
        ),
    }


def _error_share(strata: Sequence[Paid]) -> Result:
    marks = [[float(over != 0) for over in one.over] for one in strata]
    whole = sum(one.population for one in strata)
    return {
        "error_prop": fsum(one.weight * fsum(mark) for one, mark in zip(strata, marks, strict=True)) / whole,
        "se_error_prop": root(one.se(mark) ** 2 for one, mark in zip(strata, marks, strict=True)) / whole,
    }


def _strata(inputs: Inputs) -> list[Paid]:
    table = Table.of(inputs)
    names, paid, over = table.texts("stratum"), table.numbers("paid"), table.numbers("over")
    order = sorted(set(names), key=lambda name: (len(name), name))
    sizes, known = inputs.counts("N"), inputs.numbers("paid_totals")
    inputs.at_most(max(len(sizes), len(known), len(order)), min(len(sizes), len(known), len(order)), "strata differ")
    return [
        _stratum(
            inputs,
            size,
            total,
            [value for value, own in zip(paid, names, strict=True) if own == name],
            [value for value, own in zip(over, names, strict=True) if own == name],
        )
        for name, size, total in zip(order, sizes, known, strict=True)
    ]


def _stratum(inputs: Inputs, population: int, total: float, paid: Sequence[float], over: Sequence[float]) -> Paid:
    inputs.at_most(len(over), population, "more rows than units in a stratum")
    if len(over) < 2 and len(over) < population:  # noqa: PLR2004 - a variance needs two
        raise ImpossibleSampleError("estimate: csv: a stratum has one sampled unit", hint="join it with another")
    return Paid(population=population, total=total, paid=tuple(paid), over=tuple(over))


def with_replacement(inputs: Inputs) -> Result:
    """Table ``paid``, ``over`` drawn by dollars with replacement; ``paid_total`` → mean taint x total.

    The estimator of Hansen & Hurwitz (1943), which for dollar units is that product.
    """
    taints, book = _taints(inputs), inputs.positive("paid_total")
    found = Moments.of(taints)
    total, se = book * found.mean, book * found.sd / sqrt(found.count)
    by_t = limits(total, se, student(found.count - 1))
    return {
        "total": total,
        "se": se,
        "mean_taint": found.mean,
        "sd_taint": found.sd,
        "total_from_taints": total,
        "se_from_taints": se,
        "ci_t": by_t,
        "ci_z": limits(total, se, z),
        "regimes": regimes(total, by_t),
        "exact": {"stringer_upper_95": _stringer(taints, book)},
        "warnings": few_nonzero(taints),
    }


def _stringer(taints: Sequence[float], book: float) -> float | None:
    """Return Stringer's upper bound; None where an underpayment or more than the payment is among the taints."""
    if not all(0 <= taint <= 1 for taint in taints):
        return None
    wrong = [taint for taint in taints if taint]
    bound = stringer(Inputs({"book_total": book, "n": len(taints), "taints": wrong, "confidence": 0.95}))
    return bound["binomial"]["upper"]  # type: ignore[index,no-any-return]  # a result holds objects


def without_replacement(inputs: Inputs) -> Result:
    """Table ``over``, ``pi`` (chance of inclusion, 1 for units taken with certainty) → Horvitz & Thompson.

    Brewer's approximation of the error (n / (n - 1) and 1 - pi) needs no joint chances; it holds for systematic
    PPS in random order. That of Hartley and Rao (1962) needs the sum of pi squared over all units of the frame that
    are not certain: give it as ``pi_squared``.
    """
    table = Table.of(inputs)
    over, chances = table.numbers("over"), table.numbers("pi")
    if any(not 0 < chance <= 1 for chance in chances):
        raise ImpossibleSampleError("estimate: csv: column pi: not above 0 and at most 1", hint="1 if certain")
    weighted = [(one / chance, 1 - chance) for one, chance in zip(over, chances, strict=True)]
    drawn = [(value, left) for value, left in weighted if left > 0]
    count = len(drawn)
    mean = fsum(value for value, _ in drawn) / count if count else 0.0
    variance = fsum(left * (value - mean) ** 2 for value, left in drawn) * count / max(1, count - 1)
    total = fsum(value for value, _ in weighted)
    found: Result = {"ht_total": total, "total": total, "se_brewer": sqrt(variance)}
    if "pi_squared" in inputs.values:
        found["se_hartley_rao"] = _hartley_rao(drawn, inputs.positive("pi_squared"))
    return found


def _hartley_rao(drawn: Sequence[tuple[float, float]], squares: float) -> float:
    # With pi_ij by Hartley and Rao's first terms; the double sum over i != j written as sums over i.
    count = len(drawn)
    if count < 2:  # noqa: PLR2004 - a variance needs two
        return 0.0
    whole, chances = fsum(value for value, _ in drawn), fsum(value * (1 - left) for value, left in drawn)
    alike, own = fsum(value**2 for value, _ in drawn), fsum(value**2 * (1 - left) for value, left in drawn)
    pairs = -(1 + squares / count) * (whole**2 - alike) + 2 * (whole * chances - own)
    return sqrt(max(0.0, fsum(left * value**2 for value, left in drawn) + pairs / (count - 1)))


def _taints(inputs: Inputs) -> list[float]:
    table = Table.of(inputs)
    paid = table.numbers("paid")
    if any(one <= 0 for one in paid):
        raise ImpossibleSampleError("estimate: csv: column paid: not above 0", hint="a dollar unit needs dollars")
    return [over / one for over, one in zip(table.numbers("over"), paid, strict=True)]
