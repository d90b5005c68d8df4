"""Every estimator against published and independently computed answers, at their tolerances."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.scoring.estimate.methods import METHODS, estimate

GOLDEN = Path(__file__).resolve().parents[4] / "shared" / "data" / "stats" / "golden.json"
MISPRINT = "ratstats_var_unrestricted_DATAVAR"
R = GOLDEN.parent / "r"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text())["cases"] if GOLDEN.exists() else []
BY_NAME = {case["name"]: case for case in CASES}
GRIDS = {"attribute_unrestricted_exact_hypergeometric_two_sided", "binomial_intervals", "acceptance_sample_size"}
FULL_DIGITS = 9

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not CASES, reason="the measurement data are not beside the checkout; enable: put them at ../shared/data"
    ),
]


def read(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((R / name).read_text())))


def direct() -> list[dict[str, Any]]:
    own = METHODS.keys() - {"survey_linearization"}
    plain = [case for case in CASES if case["method"] in own and not isinstance(case["expected"], list)]
    return [case for case in plain if case["name"] != MISPRINT]


@pytest.mark.parametrize("case", direct(), ids=lambda case: case["name"])
def test_the_golden_case_is_reached(case: dict[str, Any]) -> None:
    inputs = BY_NAME[case["inputs"]["see"]]["inputs"] if "see" in case["inputs"] else case["inputs"]

    table = read(inputs["csv"]) if "csv" in inputs else []
    found = json.loads(json.dumps(estimate(case["method"], inputs, table)))
    compare(without_unreachable(case["expected"]), found, case["tolerance"], [])


def without_unreachable(expected: dict[str, Any]) -> dict[str, Any]:
    # The variance of Hartley and Rao needs the chances of all units of the frame, which the case does not give.
    inner = {key: without_unreachable(value) if isinstance(value, dict) else value for key, value in expected.items()}
    return {key: value for key, value in inner.items() if key != "se_hartley_rao"}


@pytest.mark.parametrize("case", [c for c in CASES if isinstance(c["expected"], list)], ids=lambda c: c["name"])
def test_every_row_of_a_golden_grid_is_reached(case: dict[str, Any]) -> None:
    for row in case["expected"]:
        for inputs, expected, found in answers(case["method"], row):
            assert found == pytest.approx(expected, rel=1e-8, abs=1e-12), inputs


def answers(method: str, row: dict[str, Any]) -> Iterator[tuple[object, object, object]]:
    if method == "binomial_intervals":
        for key in row.keys() - {"n", "x"}:
            name, level = key[:-2], int(key[-2:]) / 100
            yield row, row[key], estimate(method, {"n": row["n"], "x": row["x"], "confidence": level})[name]
        return
    inputs = {key: row[key] for key in ("N", "n", "x", "tol", "alpha", "c") if key in row}
    if method == "acceptance_sample_size":
        inputs["N"] = [200, 500, 1000, 5000]
    found = estimate(method, inputs)
    for key in row.keys() - inputs.keys():
        yield row, row[key], found[key]


@pytest.mark.parametrize("case", [c for c in CASES if c["method"] == "survey_linearization"], ids=lambda c: c["name"])
def test_the_survey_package_is_matched(case: dict[str, Any]) -> None:
    rows = read(case["inputs"]["csv"])
    rows = [{**row, "one": "1", "ge700": str(int(float(row["api00"]) >= 700))} for row in rows]
    design = {"weight": "pw", "fpc": "fpc", "stratum": "stype" if "strat" in case["inputs"]["csv"] else "one"}

    def run(**columns: str) -> Any:
        return estimate("survey_linearization", {"columns": {**design, **columns}}, rows)

    mean, enrolled, share = run(y="api00", x="api99"), run(y="enroll"), run(y="ge700")
    found = {
        "mean_api00": mean["mean"],
        "se_mean_api00": mean["se_mean"],
        "deff_mean": mean["deff_mean"],
        "ratio_api00_api99": mean["ratio"],
        "se_ratio": mean["se_ratio"],
        "df": mean["df"],
        "ci_mean_t": mean["ci_mean_t"],
        "ci_mean_z": mean["ci_mean_z"],
        "total_enroll": enrolled["total"],
        "se_total_enroll": enrolled["se_total"],
        "ci_total_enroll_t": enrolled["ci_total_t"],
        "svyciprop95": share["svyciprop95"],
        "prop_api00_ge700": share["mean"],
        "se_prop": share["se_mean"],
    }
    compare(without_unreachable(case["expected"]), found, case["tolerance"], [])


def compare(expected: Any, found: Any, tolerance: Any, path: list[str]) -> None:
    if isinstance(expected, dict):
        for key, value in expected.items():
            compare(value, found[key], tolerance, [*path, key])
    elif isinstance(expected, list):
        assert len(expected) == len(found), path
        for one, other in zip(expected, found, strict=True):
            compare(one, other, tolerance, path)
    else:
        relative, absolute = allowed(expected, tolerance, path)
        assert found == pytest.approx(expected, rel=relative, abs=absolute), path


def allowed(expected: float, tolerance: Any, path: list[str]) -> tuple[float, float]:
    if not isinstance(tolerance, dict):
        return 0.0, tolerance
    named = [tolerance[key] for key in reversed(path) if key in tolerance]
    kinds = [tolerance[kind] for kind in ("percent", "total", "n", "counts") if kind in tolerance and kind in str(path)]
    kinds += [
        tolerance[key] for key in ("n_abs", "dollars") if key in tolerance and is_coarse(expected, tolerance, path)
    ]
    kinds += [0.5] if path[-1] == "point_count" else []  # printed as a whole number
    stated = named[0] if named else max(kinds, default=0.0)
    return tolerance.get("relative", 0.0), max(stated, half_a_printed_digit(expected))


def half_a_printed_digit(expected: float) -> float:
    # A number printed to few digits is right to half of its last one; a computed one has all its digits.
    digits = len(str(expected).partition(".")[2]) if isinstance(expected, float) else 0
    return 0.6 * 10.0**-digits if 0 < digits < FULL_DIGITS else 0.0


def is_coarse(expected: float, tolerance: dict[str, float], path: list[str]) -> bool:
    return "percent" not in str(path) and (isinstance(expected, int) or "two_decimals" not in tolerance)
