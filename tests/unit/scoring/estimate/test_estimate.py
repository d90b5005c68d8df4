from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.scoring.estimate.inputs import BadInputError, ImpossibleSampleError, MissingInputError
from audit.scoring.estimate.methods import METHODS, UnknownMethodError, estimate
from audit.scoring.estimate.sizes import capped

STRINGER = {"book_total": 9, "n": 3, "taints": [2], "confidence": 0.9}
TWO_SIDED = "attribute_unrestricted_exact_hypergeometric_two_sided"


def test_the_exact_limits_of_the_manual_are_reached() -> None:
    # OIG RAT-STATS User's Guide (Rev. 5/2010) p. 3-8; a work of the US Government.
    found = estimate(TWO_SIDED, {"N": 10000, "n": 400, "x": 82})

    assert found["ci_counts"] == {"80": [1796, 2326], "90": [1729, 2403], "95": [1673, 2470]}
    assert found["ci90"] == [1729, 2403]


def test_codes_within_encounters_are_estimated_as_the_manual_does() -> None:
    # The same guide's companion, p. 2-65, second stratum: ten clusters of 168.
    clusters = [[2, 1], [5, 2], [7, 2], [4, 2], [3, 1], [8, 3], [6, 2], [10, 4], [3, 1], [1, 1]]
    stratum = {"N_clusters": 168, "M_total": 1000, "clusters": clusters}

    found = estimate("attribute_stratified_cluster_ratio_to_size", {"strata": [stratum]})

    assert found["total"] == pytest.approx(1000 * 19 / 49)


def test_the_limits_of_strata_may_be_negative_and_say_so() -> None:
    found: Any = estimate("attribute_stratified_normal", {"strata": [{"N": 100, "n": 10, "x": 1}]})
    assert found["ci_total"]["95"][0] < 0


def test_one_stratum_is_the_unrestricted_estimate_with_normal_limits() -> None:
    values = [3.0, 9.0, 4.0, 4.0, 12.0]
    one: Any = estimate("variable_unrestricted_t", {"N": 50, "values": values})
    many: Any = estimate("variable_stratified_z_overall_t_per_stratum", {"strata": [{"N": 50, "values": values}]})

    assert many["point"] == pytest.approx(one["point"])
    assert many["se"] == pytest.approx(one["se_total"])
    assert many["strata"][0]["ci"]["90"] == pytest.approx(one["ci"]["90"])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 500), st.floats(0.1, 50)), min_size=1, max_size=6), st.floats(0.01, 1))
def test_an_allocation_spends_what_is_wanted_and_no_stratum_more_than_it_has(
    strata: list[tuple[int, float]], part: float
) -> None:
    sizes = [size for size, _ in strata]
    shares = capped(sizes, [size * sd for size, sd in strata], part * sum(sizes))

    assert sum(shares) == pytest.approx(part * sum(sizes))
    assert all(share <= size + 1e-6 for share, size in zip(shares, sizes, strict=True))


def test_auditors_who_give_partly_the_same_codes_agree_in_part() -> None:
    one, two = [["E11.9", "I10"], ["J44.9"], ["N18.3"]], [["I10", "E11.9"], ["J44.9", "Z87.891"], ["N18.3"]]
    apart = [["N18.3"], ["I10"], ["J44.9", "Z87.891"]]

    def agreement(second: list[list[str]]) -> Any:
        return estimate("krippendorff_alpha", {"reliability": [one, second]})

    assert agreement(one) == {"nominal": 1.0, "jaccard": 1.0}
    assert agreement(two)["nominal"] < agreement(two)["jaccard"] < 1
    assert agreement(apart)["jaccard"] < agreement(two)["jaccard"]


def test_labels_that_are_words_are_measured_as_names_only() -> None:
    found = estimate("krippendorff_alpha", {"reliability": [["over", "under", "over"], ["over", "under", "under"]]})
    assert found.keys() == {"nominal"}


@pytest.mark.parametrize(
    ("method", "inputs", "error"),
    [
        ("no_such", {}, UnknownMethodError),
        (TWO_SIDED, [], BadInputError),
        (TWO_SIDED, {"N": 10, "n": 5}, MissingInputError),
        (TWO_SIDED, {"N": 10, "n": 5, "x": float("nan")}, BadInputError),
        (TWO_SIDED, {"N": 10, "n": 5, "x": True}, BadInputError),
        (TWO_SIDED, {"N": 10, "n": 5, "x": 1.5}, BadInputError),
        (TWO_SIDED, {"N": 10, "n": 5, "x": -1}, BadInputError),
        (TWO_SIDED, {"N": 10, "n": 0, "x": 0}, BadInputError),
        (TWO_SIDED, {"N": 10, "n": 11, "x": 1}, ImpossibleSampleError),
        (TWO_SIDED, {"N": 10, "n": 5, "x": 6}, ImpossibleSampleError),
        ("variable_unrestricted_t", {"N": 10, "values": [1.0]}, BadInputError),
        ("variable_unrestricted_t", {"N": 10, "values": [1.0, None]}, BadInputError),
        ("variable_unrestricted_t", {"N": 2, "values": [1.0, 2.0, 3.0]}, ImpossibleSampleError),
        ("variable_stratified_z_overall_t_per_stratum", {"strata": []}, BadInputError),
        ("variable_stratified_z_overall_t_per_stratum", {"strata": [{"N": 5, "values": []}]}, BadInputError),
        ("cohen_kappa", {"table": [[1, 2], [3]]}, ImpossibleSampleError),
        ("cohen_kappa", {"table": [[5, 0], [0, 0]]}, ImpossibleSampleError),
        ("fleiss_kappa", {"counts": [[1, 1], [2, 1]]}, ImpossibleSampleError),
        ("krippendorff_alpha", {"reliability": [[1, None], [None, 2]]}, ImpossibleSampleError),
        ("krippendorff_alpha", {"reliability": [[{}, 1], [1, 2]]}, BadInputError),
        ("gwet_ac1_and_friends", {"reliability": [[1, 1], [1, 1]]}, ImpossibleSampleError),
        (
            "mus_stringer_upper_bound",
            {"book_total": 9, "n": 3, "taints": [2], "confidence": 0.5},
            ImpossibleSampleError,
        ),
        ("acceptance_sample_size_binomial", {"tolerable": [0.05], "expected": 0.05}, ImpossibleSampleError),
        ("sprt_bernoulli", {"p0": 0.07, "p1": 0.03, "alpha": 0.05, "beta": 0.1}, ImpossibleSampleError),
    ],
)
def test_bad_inputs_are_refused_with_the_key(method: str, inputs: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^estimate: "):
        estimate(method, inputs)


def test_every_method_refuses_an_empty_object_with_one_clear_line() -> None:
    for method in METHODS:
        with pytest.raises(MissingInputError, match=r"^estimate: inputs"):
            estimate(method, {})


def test_outputs_are_plain_json() -> None:
    json.dumps(estimate("gwet_ac1_and_friends", {"reliability": [[1, 2, 1], [1, 2, 2]]}), allow_nan=False)
