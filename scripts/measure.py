"""Measure what the product finds: ``measure.py NAME [--data DIR] [--json]``. Figures are ratios with their targets."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import environment

SHARED = environment.ROOT.parent / "shared" / "data"
NAMES = {
    "catch": "planted errors caught, clean lines left alone (synthetic hospital, second phrase set)",
    "real": "what the checks find in real coded notes and claims",
    "chart": "support of submitted codes in coded notes",
    "deid": "de-identification recall and over-redaction",
    "verdicts": "how often the score's verdict is right",
    "coverage": "how often the limits of an extrapolation hold the truth",
}
NEED_DATA = ("real", "chart", "deid")


def main() -> int:
    """Run one measurement in the project's environment and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="; ".join(f"{name}: {what}" for name, what in NAMES.items())
    )
    parser.add_argument("name", choices=list(NAMES))
    parser.add_argument("--data", type=Path, default=SHARED, help="folder of measurement data")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    asked = parser.parse_args()
    python = environment.ready()
    if Path(sys.prefix) != environment.FOLDER:
        os.execv(python, [str(python), *sys.argv])  # noqa: S606 - the same script in the project's environment
    if asked.name in NEED_DATA and not asked.data.is_dir():
        sys.exit(f"measure {asked.name}: no data at {asked.data}; name a folder with --data")
    measured = importlib.import_module(f"measure_{asked.name}").figures(asked.data)
    document = {"name": asked.name, **{key: measured.get(key, {}) for key in ("figures", "ratios", "targets")}}
    if asked.json:
        print(json.dumps(document, indent=2))
    else:
        _print(document, measured)
    return 0


def _print(document: dict[str, Any], measured: dict[str, Any]) -> None:
    for key, value in {**document["figures"], **document["ratios"]}.items():
        target = document["targets"].get(key)
        bound = f"   target {' '.join(f'{k} {v}' for k, v in target.items())}" if target else ""
        print(f"{key:<40} {value if isinstance(value, int) else f'{value:.4f}'}{bound}")
    for line in measured.get("lines", []):
        print(line)


if __name__ == "__main__":
    sys.exit(main())
