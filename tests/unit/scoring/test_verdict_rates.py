"""The verdict rule on simulated coders of known accuracy: seldom wrong, and not silent."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "measure_verdicts.py"


def test_simulated_coders_are_seldom_judged_wrongly_and_clear_ones_are_judged() -> None:
    spec = importlib.util.spec_from_file_location("measure_verdicts", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    measured = module.verdict_figures(quick=True)

    noise = 0.02  # of 300 runs a cell
    for key, bound in measured["targets"].items():
        assert bound.get("min", 0) - noise <= measured["ratios"][key] <= bound.get("max", 1) + noise, key
