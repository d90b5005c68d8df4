"""How often the usual limits of an extrapolation hold the truth, by simulation, and the exact limits beside them.

Simple samples from frames of 10,000 payments: limits by Student's t, as the regimes use them; the exact limits of
``audit.scoring.betting`` and the minimum-sum limit where errors are full denials of like payments.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from audit.scoring.betting import capital
from audit.scoring.hypergeometric import count_limits

FRAME, RUNS, EXACT_RUNS = 10_000, 4000, 800
PAYMENT = 100.0
Numbers = NDArray[np.float64]
ALLOWED = 0.012
"""What chance may take from a share of 0.95 over the runs of an exact limit (a little over 1.5 standard errors)."""


def _alike(rng: np.random.Generator) -> Numbers:  # noqa: ARG001 - one signature for every kind of payment
    return np.full(FRAME, PAYMENT)


def _gamma(rng: np.random.Generator) -> Numbers:
    return rng.gamma(2.0, PAYMENT / 2, FRAME)


def _lognormal(rng: np.random.Generator) -> Numbers:
    return rng.lognormal(np.log(PAYMENT), 1.0, FRAME)


Cell = tuple[Callable[[np.random.Generator], Numbers], float, bool, int]
CELLS: dict[str, Cell] = {
    f"{kind.__name__[1:]}.{rate:g}.{'full' if full else 'mixed'}.{size}": (kind, rate, full, size)
    for kind, rate, full, sizes in (
        (_alike, 0.90, True, (30, 100)),
        (_alike, 0.60, True, (30, 100)),
        (_gamma, 0.10, False, (30, 100)),
        (_lognormal, 0.05, False, (100,)),
        (_alike, 0.02, True, (30, 100)),
    )
    for size in sizes
}


def figures(data: Path) -> dict[str, Any]:  # noqa: ARG001 - every measurement is asked with the folder of data
    """Return the coverage of each limit per cell ``<payments>.<error rate>.<full|mixed>.<n>``, with its targets."""
    rng = np.random.default_rng(20260401)
    shares: dict[str, float] = {}
    for name, cell in CELLS.items():
        shares |= {f"{name}.{limit}": share for limit, share in coverage(cell, rng, RUNS, EXACT_RUNS).items()}
    bounds = {"exact_lower": 0.95, "exact_cms_lower": 0.90, "exact_upper": 0.95, "minimum_sum_lower": 0.95}
    targets = {
        key: {"min": bounds[key.rpartition(".")[2]] - ALLOWED} for key in shares if key.rpartition(".")[2] in bounds
    }
    return {"figures": {}, "ratios": shares, "targets": targets}


def coverage(cell: Cell, rng: np.random.Generator, runs: int, exact_runs: int) -> dict[str, float]:
    """Return the share of samples whose limits hold the frame's true total."""
    kind, rate, full, size = cell
    paid = kind(rng)
    wrong = rng.random(FRAME) < rate
    over = np.where(wrong, paid * (1.0 if full else rng.uniform(0.1, 1.0, FRAME)), 0.0)
    samples = np.stack([over[rng.choice(FRAME, size, replace=False)] for _ in range(runs)])
    means = samples.mean(axis=1)
    errors = samples.std(axis=1, ddof=1) * np.sqrt((1 - size / FRAME) / size)
    t95, t90 = (float(student.ppf(level, size - 1)) for level in (0.95, 0.90))
    true = float(over.mean())
    found = {
        "lower": float((means - t95 * errors <= true + 1e-9).mean()),
        "cms_lower": float((means - t90 * errors <= true + 1e-9).mean()),
        "upper": float((means + t95 * errors >= true - 1e-9).mean()),
    }
    return found | _exact(samples[:exact_runs], true, float(paid.max()), full=full)


def _exact(samples: Numbers, true: float, most: float, *, full: bool) -> dict[str, float]:
    # A limit holds the truth exactly when the bet against the truth itself has not been won.
    below = np.array([float(capital(one, true, FRAME).max()) for one in samples])
    above = np.array([float(capital(most - one, most - true, FRAME).max()) for one in samples])
    found = {
        "exact_lower": float((below < 20).mean()),  # noqa: PLR2004 - 1 / 0.05
        "exact_cms_lower": float((below < 10).mean()),  # noqa: PLR2004 - 1 / 0.10
        "exact_upper": float((above < 20).mean()),  # noqa: PLR2004 - 1 / 0.05
    }
    if full and np.ptp(samples[samples > 0]) == 0:
        lowest = [count_limits(FRAME, len(one), int((one > 0).sum()), 0.05)[0] * PAYMENT for one in samples]
        found["minimum_sum_lower"] = float((np.array(lowest) <= true * FRAME + 1e-6).mean())
    return found
