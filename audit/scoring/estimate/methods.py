"""Every estimator by the name a user calls it, with one line that says what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.errors import UsageError
from audit.scoring.estimate import (
    agreement,
    agreement_intervals,
    attribute,
    auxiliary,
    bounds,
    extrapolation,
    interim,
    linear,
    sampled,
    sizes,
    targeting,
    variable,
)
from audit.scoring.estimate.inputs import BadInputError, Inputs
from audit.scoring.estimate.moments import Result


class UnknownMethodError(UsageError):
    """No estimator has that name."""


@dataclass(frozen=True, slots=True)
class Method:
    """One estimator: a name, what it estimates, and the function."""

    name: str
    summary: str
    run: Callable[[Inputs], Result]


METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method(
            "attribute_unrestricted_exact_hypergeometric_two_sided",
            "how many units of a frame have a mark, exact limits",
            attribute.unrestricted,
        ),
        Method(
            "attribute_unrestricted_exact_hypergeometric_one_sided_upper",
            "at most how many units have a mark, exact upper limit",
            attribute.unrestricted_upper,
        ),
        Method("attribute_stratified_normal", "marked units over strata, normal limits", attribute.stratified),
        Method("stratified_attribute", "the same: proportion and standard error", attribute.stratified),
        Method(
            "attribute_two_stage_ratio", "marked elements within units, elements unknown", attribute.two_stage_ratio
        ),
        Method(
            "attribute_two_stage_unbiased", "marked elements within units, elements known", attribute.two_stage_unbiased
        ),
        Method(
            "attribute_stratified_cluster_ratio_to_size",
            "marked codes within whole encounters, by strata",
            attribute.stratified_cluster,
        ),
        Method("variable_unrestricted_t", "total from one simple sample, t limits", variable.unrestricted),
        Method("variable_stratified_z_overall_t_per_stratum", "total over strata, normal limits", variable.stratified),
        Method(
            "variable_stratified_from_summary_stats",
            "total over strata from means and deviations",
            variable.stratified_from_summary,
        ),
        Method("variable_stratified_cluster", "total from whole clusters by strata", variable.stratified_cluster),
        Method("variable_two_stage_unbiased", "total from elements within units", variable.two_stage),
        Method("variable_poststratified", "total, strata known only after the draw", variable.poststratified),
        Method("variable_unknown_universe_size", "total, number of units itself estimated", variable.unknown_universe),
        Method(
            "variable_srs_mpu_regression_difference_ratio",
            "total by four estimators from sums, book total known",
            auxiliary.from_sums,
        ),
        Method("sample_size_variable_unrestricted", "n by precision of a total", sizes.variable),
        Method(
            "sample_size_variable_expected_error_rate", "n by precision from an error rate", sizes.expected_error_rate
        ),
        Method("sample_size_variable_stratified_neyman", "n per stratum by precision", sizes.stratified_neyman),
        Method("allocation_neyman_total_known", "split of a given n, and its precision", sizes.neyman_known),
        Method("allocation", "split of a given n by units, spread and dollars", sizes.allocation),
        Method(
            "sample_size_attribute_exact_hypergeometric_width",
            "n by width of the exact interval",
            sizes.attribute_width,
        ),
        Method(
            "acceptance_sample_size_binomial", "n that detects a tolerable rate, binomial", sizes.acceptance_binomial
        ),
        Method(
            "acceptance_sample_size_hypergeometric",
            "n that detects K marked units of N",
            sizes.acceptance_hypergeometric,
        ),
        Method("acceptance_sample_size", "n for one tolerable rate, infinite and finite", sizes.acceptance),
        Method("sprt_bernoulli", "bounds of Wald's sequential test of an error rate", sizes.sequential_test),
        Method("mus_stringer_upper_bound", "at most how much money is wrong, Stringer", bounds.stringer),
        Method("binomial_intervals", "four intervals of a rate", bounds.binomial),
        Method("survey_linearization", "total, mean, ratio of any stratified, clustered sample", linear.linearization),
        Method("cluster_ratio_accuracy", "accuracy of codes within encounters", linear.cluster_accuracy),
        Method("srs_total_difference_ratio_regression", "overpayment from one simple sample", sampled.simple),
        Method("stratified_total_takeall_stratum", "overpayment over strata, some taken whole", sampled.with_take_all),
        Method("pps_with_replacement_hansen_hurwitz", "overpayment from dollar units", sampled.with_replacement),
        Method("pps_without_replacement", "overpayment from units drawn by size", sampled.without_replacement),
        Method("overpayment_regimes", "overpayment by every regime, with exact limits", extrapolation.regimes),
        Method("sample_size_cia_full", "n of a full sample after discovery, 90 % / 25 %", extrapolation.agreement_size),
        Method("sample_size_accuracy_power", "codes and encounters that show an accuracy", sizes.by_power),
        Method("interim_accuracy_anytime", "is a coder below or above, looked at any time", interim.interim),
        Method("targeting_shrinkage_funnel", "where to look next; never a verdict", targeting.targeting),
        Method(
            "agreement_bootstrap",
            "agreement of auditors with intervals over encounters",
            agreement_intervals.with_intervals,
        ),
        Method("cohen_kappa", "agreement of two raters, kappa with limits", agreement.cohen),
        Method("kappa_vs_gwet_ac1", "agreement of two raters, kappa and AC1", agreement.kappa_and_ac1),
        Method("fleiss_kappa", "agreement of many raters, all rating all", agreement.fleiss),
        Method("krippendorff_alpha", "agreement of many raters with gaps", agreement.krippendorff),
        Method("gwet_ac1_and_friends", "AC1 with its error, and its relatives", agreement.gwet),
    )
}
"""In the order ``estimate list`` prints them."""


def estimate(method: str, inputs: Any, table: Sequence[Mapping[str, str]] = ()) -> Result:
    """Run an estimator by name on a JSON object of inputs; the outputs are at full precision, not rounded.

    ``table`` holds the rows of the CSV file that ``inputs["csv"]`` names, as text by header, for the methods with one.

    Raises:
        UnknownMethodError: no such method.
        MissingInputError, BadInputError, ImpossibleSampleError: naming the key, never its value.
    """
    if method not in METHODS:
        raise UnknownMethodError("estimate: no such method", hint="see estimate list")
    if not isinstance(inputs, Mapping):
        raise BadInputError("estimate: inputs: not an object", hint="see estimate list")
    return METHODS[method].run(Inputs(inputs, table=table))
