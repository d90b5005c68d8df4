"""The limits against a slow twin in exact integers, which walks every possible count."""

from __future__ import annotations

import json
from fractions import Fraction
from math import comb, sqrt
from pathlib import Path
from typing import Any

import pytest

from audit.scoring.clusters import StratumTerms, ratio_of
from audit.scoring.hypergeometric import count_limits

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "stats"
needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="the measurement data are not beside the checkout; enable: put them at ../shared/data"
)


def tail(population: int, marked: int, sample: int, counts: range) -> Fraction:
    ways = sum(comb(marked, k) * comb(population - marked, sample - k) for k in counts if k <= marked)
    return Fraction(ways, comb(population, sample))


def slow(population: int, sample: int, found: int, alpha: Fraction) -> tuple[int, int]:
    possible = range(found, population - sample + found + 1)
    lower = min(c for c in possible if tail(population, c, sample, range(found, sample + 1)) > alpha)
    upper = max(c for c in possible if tail(population, c, sample, range(found + 1)) > alpha)
    return lower, upper


@pytest.mark.parametrize(("population", "sample"), [(12, 5), (20, 10), (40, 2), (60, 57), (80, 4), (100, 5)])
def test_limits_are_those_of_exact_integers_ties_included(population: int, sample: int) -> None:
    for alpha in (Fraction(1, 20), Fraction(1, 10)):
        for found in range(sample + 1):
            expected = slow(population, sample, found, alpha)
            assert count_limits(population, sample, found, float(alpha)) == expected


@pytest.mark.shared
@needs_shared
def test_published_and_exact_two_sided_limits_are_reached() -> None:
    cases = json.loads((SHARED / "golden.json").read_text())["cases"]
    checked = 0
    for case in cases:
        if case["method"] != "attribute_unrestricted_exact_hypergeometric_two_sided":
            continue
        for row in _rows(case):
            for level in (80, 90, 95):
                if f"ci{level}" in row:
                    alpha = round((1 - level / 100) / 2, 6)
                    assert list(count_limits(row["N"], row["n"], row["x"], alpha)) == row[f"ci{level}"]
                    checked += 1
    assert checked > 100


def _rows(case: dict[str, Any]) -> list[dict[str, Any]]:
    if isinstance(case["expected"], list):
        return case["expected"]
    limits = {f"ci{level}": limits for level, limits in case["expected"]["ci_counts"].items()}
    return [{**case["inputs"], **limits}]


@pytest.mark.shared
@needs_shared
def test_the_clustered_standard_error_is_the_one_of_an_independent_package() -> None:
    (case,) = [
        c for c in json.loads((SHARED / "golden.json").read_text())["cases"] if c["method"] == "cluster_ratio_accuracy"
    ]
    terms = _terms(SHARED / "r" / case["inputs"]["csv"])
    finite = ratio_of([StratumTerms(population=case["inputs"]["N_encounters"], terms=terms)])
    endless = ratio_of([StratumTerms(population=10**15, terms=terms)])
    assert finite is not None
    assert endless is not None

    assert finite.value == pytest.approx(case["expected"]["accuracy"], rel=1e-12)
    assert sqrt(finite.variance) == pytest.approx(case["expected"]["se_cluster_fpc"], rel=1e-10)
    assert sqrt(endless.variance) == pytest.approx(case["expected"]["se_cluster_nofpc"], rel=1e-10)


def _terms(path: Path) -> tuple[tuple[int, int], ...]:
    header, *rows = [line.replace('"', "").split(",") for line in path.read_text().splitlines()]
    encounter, correct = header.index("enc"), header.index("correct")
    sums: dict[str, list[int]] = {}
    for row in rows:
        pair = sums.setdefault(row[encounter], [0, 0])
        pair[0] += int(float(row[correct]))
        pair[1] += 1
    return tuple((x, k) for x, k in sums.values())
