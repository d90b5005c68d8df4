"""Every estimator against published and independently computed answers, at their tolerances."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.scoring.estimate.methods import METHODS, estimate

GOLDEN = Path(__file__).resolve().parents[4] / "shared" / "data" / "stats" / "golden.json"
MISPRINT = "ratstats_var_unrestricted_DATAVAR"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text())["cases"] if GOLDEN.exists() else []
BY_NAME = {case["name"]: case for case in CASES}
GRIDS = {"attribute_unrestricted_exact_hypergeometric_two_sided", "binomial_intervals", "acceptance_sample_size"}
FULL_DIGITS = 9

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CASES, reason="the measurement data are not beside the checkout"),
]


def direct() -> list[dict[str, Any]]:
    return [
        case
        for case in CASES
        if case["method"] in METHODS and not isinstance(case["expected"], list) and case["name"] != MISPRINT
    ]


@pytest.mark.parametrize("case", direct(), ids=lambda case: case["name"])
def test_the_golden_case_is_reached(case: dict[str, Any]) -> None:
    inputs = BY_NAME[case["inputs"]["see"]]["inputs"] if "see" in case["inputs"] else case["inputs"]

    compare(case["expected"], json.loads(json.dumps(estimate(case["method"], inputs))), case["tolerance"], [])


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
