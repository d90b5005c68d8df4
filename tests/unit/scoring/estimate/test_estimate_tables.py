from __future__ import annotations

from typing import Any

import pytest

from audit.scoring.estimate.inputs import BadInputError, ImpossibleSampleError, MissingInputError
from audit.scoring.estimate.methods import estimate

DOLLARS = "pps_with_replacement_hansen_hurwitz"
TWO_ENCOUNTERS = [{"enc": name, "correct": "1"} for name in "ab"]
PAID = [{"paid": str(100 + n), "over": str(10 * (n % 3)), "pi": "0.1", "stratum": "1"} for n in range(12)]


def test_a_simple_sample_and_one_open_stratum_give_the_same_total() -> None:
    paid = sum(float(row["paid"]) for row in PAID) * 10
    one: Any = estimate("srs_total_difference_ratio_regression", {"N": 120, "paid_total": paid}, PAID)
    many: Any = estimate("stratified_total_takeall_stratum", {"N": [120], "paid_totals": [paid]}, PAID)

    assert many["total"] == pytest.approx(one["difference_total"])
    assert many["se"] == pytest.approx(one["se"])
    assert many["combined_ratio_total"] == pytest.approx(one["ratio_total"])
    assert many["df_satterthwaite"] == pytest.approx(11)


def test_a_stratum_taken_whole_adds_nothing_to_the_error_or_its_degrees_of_freedom() -> None:
    whole = [{**row, "stratum": "2"} for row in PAID]
    found: Any = estimate(
        "stratified_total_takeall_stratum", {"N": [120, 12], "paid_totals": [1e4, 1e3]}, [*PAID, *whole]
    )

    assert found["stratum_se"][1] == 0
    assert (found["df_survey"], found["df_excluding_takeall"]) == (22, 11)


def test_a_survey_of_independent_rows_is_the_mean_per_unit() -> None:
    rows = [{"y": row["over"], "fpc": "120", "w": "10"} for row in PAID]
    found: Any = estimate("survey_linearization", {"columns": {"y": "y", "weight": "w", "fpc": "fpc"}}, rows)
    plain: Any = estimate("variable_unrestricted_t", {"N": 120, "values": [float(row["y"]) for row in rows]})

    assert found["total"] == pytest.approx(plain["point"])
    assert found["se_total"] == pytest.approx(plain["se_total"])
    assert found["deff_mean"] == pytest.approx(1)
    assert found["ci_total_t"]["90"] == pytest.approx(plain["ci"]["90"])


def test_codes_all_correct_have_no_spread_and_no_design_effect() -> None:
    rows = [{"enc": str(n // 3), "correct": "1"} for n in range(30)]
    found: Any = estimate("cluster_ratio_accuracy", {"N_encounters": 100}, rows)

    assert (found["accuracy"], found["se_cluster_fpc"], found["deff_fpc"]) == (1.0, 0.0, None)


@pytest.mark.parametrize(
    ("method", "inputs", "rows", "error"),
    [
        (DOLLARS, {"paid_total": 1}, [], MissingInputError),
        (DOLLARS, {"paid_total": 1}, [{"over": "1"}] * 2, BadInputError),
        (
            DOLLARS,
            {"paid_total": 1},
            [{"over": "SECRET", "paid": "1"}] * 2,
            BadInputError,
        ),
        (
            DOLLARS,
            {"paid_total": 1},
            [{"over": "1", "paid": "0"}] * 2,
            ImpossibleSampleError,
        ),
        ("pps_without_replacement", {}, [{"over": "1", "pi": "2"}] * 2, ImpossibleSampleError),
        ("cluster_ratio_accuracy", {"N_encounters": 9}, [{"enc": "a", "correct": "2"}] * 2, BadInputError),
        (
            "cluster_ratio_accuracy",
            {"N_encounters": 1},
            TWO_ENCOUNTERS,
            ImpossibleSampleError,
        ),
        ("survey_linearization", {"columns": {"x": "over"}}, PAID, BadInputError),
        ("survey_linearization", {"columns": {"y": "over", "z": "pi"}}, PAID, BadInputError),
        ("stratified_total_takeall_stratum", {"N": [120, 5], "paid_totals": [1, 1]}, PAID, ImpossibleSampleError),
        ("srs_total_difference_ratio_regression", {"N": 11, "paid_total": 1}, PAID, ImpossibleSampleError),
    ],
)
def test_a_bad_table_is_refused_with_row_and_column(
    method: str, inputs: dict[str, Any], rows: list[dict[str, str]], error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"^estimate: ") as caught:
        estimate(method, inputs, rows)
    assert "SECRET" not in str(caught.value)
