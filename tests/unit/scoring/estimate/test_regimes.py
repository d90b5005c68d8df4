"""Extrapolations: every regime's number, gross and net, with what must be warned of; sizes and what follows scores."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.errors import InputError
from audit.scoring.estimate.methods import estimate


def table(*rows: tuple[float, float], stratum: str | None = None) -> list[dict[str, str]]:
    named = {} if stratum is None else {"stratum": stratum}
    return [{"paid": str(paid), "over": str(over), **named} for paid, over in rows]


def regimes(rows: list[dict[str, str]], **inputs: Any) -> Any:
    return estimate("overpayment_regimes", inputs, rows)


SOME = table(*[(100, 0)] * 20, *[(100, 40)] * 18, (100, -20), (100, 100))


def test_each_regime_has_its_number() -> None:
    found = regimes(SOME, N=1000, most_paid=150)
    values = [0.0] * 20 + [40.0] * 18 + [0.0, 100.0]
    mean = sum(values) / 40
    se = 1000 * sqrt(sum((v - mean) ** 2 for v in values) / 39 / 40 * (1 - 40 / 1000))

    assert found["sdp_point"] == pytest.approx(1000 * mean)
    assert found["gross"]["oig_lower_two_sided_90"] == pytest.approx(1000 * mean - 1.6848751195 * se)
    assert found["gross"]["cms_lower_one_sided_90"] == pytest.approx(1000 * mean - 1.3036385844 * se)
    assert found["net"]["point"] == pytest.approx(1000 * (sum(values) - 20) / 40)
    assert found["cia"]["net_error_rate"] == pytest.approx(800 / 4000)
    assert found["cia"]["error_rate_underpayments_as_0"] == pytest.approx(820 / 4000)


def test_a_stratum_taken_whole_adds_no_variance_and_no_degrees_of_freedom() -> None:
    whole = table((500, 500), (700, 0), stratum="b")
    found = regimes(
        [*[{**row, "stratum": "a"} for row in SOME], *whole], N={"a": 1000, "b": 2}, most_paid={"a": 150, "b": 700}
    )
    alone = regimes(SOME, N=1000, most_paid=150)

    assert found["gross"]["df"] == alone["gross"]["df"] == 39
    assert found["gross"]["se"] == pytest.approx(alone["gross"]["se"])
    assert found["exact"]["upper_95"] == pytest.approx(alone["exact"]["upper_95"] + 500)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (table(*[(100, 0)] * 95, *[(90, 50)] * 5), "upper limit is known to fail"),
        (table(*[(100, 100)] * 28, *[(101, 0)] * 2), "lower limits are known to fail"),
        (table(*[(100, 50)] * 25), "fewer than 30 items"),
    ],
)
def test_a_limit_known_to_fail_is_said_to(rows: list[dict[str, str]], said: str) -> None:
    assert said in " ".join(regimes(rows, N=5000, most_paid=1000)["warnings"])


def test_nothing_is_warned_of_where_nothing_is_wrong() -> None:
    rows = table(*[(100 + n, (40 + n) * (n % 2)) for n in range(60)])

    assert regimes(rows, N=5000, most_paid=1000)["warnings"] == []
    assert "most_paid is not given" in regimes(rows, N=5000)["warnings"][0]


def test_the_minimum_sum_counts_each_unseen_error_at_the_amount_fixed_before() -> None:
    found = regimes(table(*[(100, 100)] * 27, *[(100, 0)] * 3), N=300, at_least=100)

    count = estimate("attribute_unrestricted_exact_hypergeometric_two_sided", {"N": 300, "n": 30, "x": 27})
    assert found["minimum_sum"]["oig_lower_two_sided_90"] == 100 * count["ci90"][0]  # type: ignore[index]  # a list


@pytest.mark.parametrize(
    ("rows", "inputs"),
    [
        (SOME, {"N": 39}),
        (SOME, {"N": 40.5}),
        (SOME, {"N": {"a": 50}}),
        (SOME, {"N": 500, "most_paid": 50}),
        (table((100, 101), (100, 0)), {"N": 10}),
        (table((-1, -1), (100, 0)), {"N": 10}),
        ([*table((1, 0), (2, 1), stratum="a")], {"N": {"a": 9, "b": 3}}),
        ([*table((1, 0), (2, 1), stratum="a")], {"N": {"b": 3}}),
        ([*table((1, 0), stratum="a"), *table((2, 1), stratum="b")], {"N": {"a": 9, "b": 3}}),
        (table((0, 0), (0, 0)), {"N": 10}),
        ([{"paid": "1", "over": ""}, {"paid": "1", "over": "0"}], {"N": 10}),
        ([{"paid": "1", "over": "nan"}, {"paid": "1", "over": "0"}], {"N": 10}),
    ],
)
def test_what_cannot_be_extrapolated_is_refused(rows: list[dict[str, str]], inputs: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        regimes(rows, **inputs)


def test_a_discovery_sample_sizes_its_full_sample() -> None:
    over = [0.0] * 45 + [10.0, 20.0, -5.0, 30.0, 100.0]
    found: Any = estimate("sample_size_cia_full", {"N": 5000, "over": over, "paid": [100.0] * 50})

    mean, sd = 3.2, 14.906511383709237
    reach = 0.25 * mean * 5000 / 1.6448536269514722
    assert found["n"] == round((sd * 5000) ** 2 / (reach**2 + 5000 * sd**2)) == found["more"] + 50
    assert found["full_sample_needed"] is False


@pytest.mark.parametrize(
    ("rate", "codes"),
    [
        (0.995, 93),
        (0.99, 124),
        (0.98, 286),
        (0.975, 434),
        (0.97, 694),
        (0.96, 2869),
        (0.90, 191),
        (0.85, 59),
        (0.80, 33),
        (0.93, 930),
    ],
)
def test_sizes_by_power_are_the_published_ones(rate: float, codes: int) -> None:
    found: Any = estimate("sample_size_accuracy_power", {"target": 0.95, "rate": rate, "confidence": 0.95})

    assert found["codes"] == found["encounters"] == codes
    assert found["codes_first"] <= codes


def test_a_design_effect_and_long_encounters_change_the_encounters_only() -> None:
    asked = {"target": 0.95, "rate": 0.98, "confidence": 0.95, "design_effect": 1.6, "codes_per_encounter": 7}

    assert estimate("sample_size_accuracy_power", asked)["encounters"] == 66


def test_interim_looks_name_the_encounter_that_showed_it() -> None:
    asked = {"scores": [0.5] * 30, "target": 0.95, "confidence": 0.95}
    found: Any = estimate("interim_accuracy_anytime", asked)

    assert found["verdict"] == "below"
    assert found["meets_after"] is None
    again: Any = estimate("interim_accuracy_anytime", {**asked, "scores": [0.5] * (found["below_after"] - 1)})
    assert again["verdict"] == "not_shown"


def test_a_small_coder_is_drawn_to_the_department_and_nobody_is_ranked() -> None:
    coders = [
        {"coder": "z", "correct": 19, "codes": 20},
        {"coder": "a", "correct": 800, "codes": 1000},
        {"coder": "m", "correct": 990, "codes": 1000},
    ]
    found: Any = estimate("targeting_shrinkage_funnel", {"coders": coders})

    assert [one["coder"] for one in found["coders"]] == ["z", "a", "m"]
    pulls = [abs(one["shrunken"] - one["accuracy"]) for one in found["coders"]]
    assert pulls[0] > pulls[1]
    assert found["coders"][1]["accuracy"] < found["coders"][1]["funnel_99.8"][0]
    assert "never a verdict" in found["use"]


def test_coders_who_differ_by_chance_alone_are_all_the_department() -> None:
    found: Any = estimate("targeting_shrinkage_funnel", {"coders": [{"correct": 95, "codes": 100}] * 3})

    assert found["prior_size"] is None
    assert {one["shrunken"] for one in found["coders"]} == {0.95}


def test_agreement_is_drawn_again_by_encounters() -> None:
    rows = [["a", "a", "b", "a", "b", "b"] * 5, ["a", "a", "b", "b", "b", "a"] * 5]
    alone: Any = estimate("agreement_bootstrap", {"reliability": rows, "resamples": 300})
    together: Any = estimate(
        "agreement_bootstrap",
        {"reliability": rows, "resamples": 300, "encounters": [n // 10 for n in range(30)]},
    )

    low, high = alone["intervals"]["krippendorff"]
    assert low < alone["krippendorff"] < high
    assert (alone["encounters"], together["encounters"]) == (30, 3)
    assert estimate("agreement_bootstrap", {"reliability": rows, "resamples": 300}) == alone


def test_sets_of_codes_agree_by_what_they_share() -> None:
    rows = [[["A", "B"], ["C"], ["D"]] * 4, [["B", "A"], ["C"], ["E"]] * 4]
    found: Any = estimate("agreement_bootstrap", {"reliability": rows, "resamples": 50})

    assert found["agreement"] == pytest.approx(2 / 3)
    assert found["krippendorff"] > 0.5


@settings(max_examples=30)
@given(st.integers(1, 60), st.integers(1, 500), st.data())
def test_exact_counts_rise_with_what_was_found(sample: int, more: int, data: st.DataObject) -> None:
    population = sample + more
    found = data.draw(st.integers(0, sample - 1)) if sample > 1 else 0
    one: Any
    other: Any
    one, other = (
        estimate("attribute_unrestricted_exact_hypergeometric_two_sided", {"N": population, "n": sample, "x": x})
        for x in (found, found + 1)
    )

    for level in ("80", "90", "95"):
        assert one["ci_counts"][level][0] <= other["ci_counts"][level][0]
        assert one["ci_counts"][level][1] <= other["ci_counts"][level][1]


def test_every_extrapolation_carries_its_regimes_and_its_warning() -> None:
    simple: Any = estimate(
        "srs_total_difference_ratio_regression", {"N": 1000, "paid_total": 1e5}, table((90, 0), *SOME_ROWS)
    )
    money: Any = estimate("pps_with_replacement_hansen_hurwitz", {"paid_total": 1e5}, table((90, 0), *SOME_ROWS))
    values: Any = estimate("variable_unrestricted_t", {"N": 1000, "values": [0.0] * 30 + [5.0]})

    assert simple["regimes"]["gross"]["cms_lower_one_sided_90"] == pytest.approx(simple["onesided90_lower_t"])
    assert money["regimes"]["oig_lower_two_sided_90"] == money["ci_t"]["90"][0]
    assert money["exact"]["stringer_upper_95"] > money["total"]
    assert "known to fail" in values["warnings"][0]


SOME_ROWS = [(100.0 + n, float(n % 3 == 0) * (20 + n)) for n in range(40)]
