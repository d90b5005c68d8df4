"""Measure speed and memory: ``bench.py NAME [--json]``, against a yardstick of the same run where it counts."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

import environment

NAMES = {
    "deid": "de-identification on one core and on two, beside stock Presidio",
    "chart": "reading notes with every chart rule, on one core and on two",
    "run": "the main job on a synthetic quarter, and its parts",
    "trail": "appends, verification and proofs, against raw loops of their primitives",
    "screen": "every edit over 10 million code lines, against the bare queries",
    "sample": "the stratified draw from a frame of 100 million rows, against the bare query",
}


def main() -> int:
    """Run one benchmark in the project's environment and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="; ".join(f"{name}: {what}" for name, what in NAMES.items())
    )
    parser.add_argument("name", choices=list(NAMES))
    parser.add_argument("--json", action="store_true", help="print JSON only")
    asked = parser.parse_args()
    python = environment.ready()
    if Path(sys.prefix) != environment.FOLDER:
        os.execv(python, [str(python), *sys.argv])  # noqa: S606 - the same script in the project's environment
    measured = importlib.import_module(f"bench_{asked.name}").figures()
    document = {"name": asked.name, **{key: measured.get(key, {}) for key in ("figures", "ratios", "targets")}}
    if asked.json:
        print(json.dumps(document, indent=2))
        return 0
    for key, value in {**document["figures"], **document["ratios"]}.items():
        print(f"{key:<40} {value:,.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
