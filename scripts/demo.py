"""The main job on a synthetic quarter, from nothing: set up, make the quarter, audit it, review, score, report.

Standard library only; everything it makes lies in ``demo/`` in this clone and is made anew on every run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import environment
from hospital_reviewer import determinations
from product import Product, sampled

AUDIT = "2026-Q2-hospital"
FOLDER = environment.ROOT / "demo"
ENCOUNTERS = 2000
SEED = 2026
REVIEWED = 9
"""So many coders, by id, have every line determined by the demo's reviewer; the others stay tool-proposed."""


def main() -> int:
    """Run the demo and print the verdict of each coder and where the reports are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encounters", type=int, default=ENCOUNTERS, help="size of the quarter")
    asked = parser.parse_args()
    environment.ready()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    hospital = _quarter(asked.encounters)
    _say("making a workspace")
    product = Product.start(FOLDER)
    result = _audit(product, hospital)
    _review(product, hospital)
    reports = _reports(product)
    print(f"\nverdict per coder, target 95 %:\n{product.run('score', AUDIT)}")
    proof = product.json("trail", "verify")
    print(f"trail: {proof['verdict']}, {proof['entries']} entries")
    print("\nreports:")
    for path in [*reports, *(Path(path) for path in result["outputs"] if path.endswith(".html"))]:
        print(f"  {path.relative_to(environment.ROOT)}")
    return 0


def _quarter(encounters: int) -> Path:
    hospital = FOLDER / "hospital"
    _say(f"making a synthetic quarter of {encounters} encounters")
    script = str(environment.ROOT / "scripts" / "make_hospital.py")
    subprocess.run(
        [sys.executable, script, "--encounters", str(encounters), "--seed", str(SEED), "--out", str(hospital)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return hospital


def _audit(product: Product, hospital: Path) -> Any:  # the JSON that run prints
    _say("chartassay run: draw 60 encounters per coder, check every code, score, report")
    result = product.json("run", str(hospital / "plan.toml"))
    counts = ", ".join(f"{n} {verdict}" for verdict, n in result["findings"].items())
    print(f"  {result['encounters']} encounters, {result['codes']} code lines; tool-proposed findings: {counts}")
    return result


def _review(product: Product, hospital: Path) -> None:
    encounters = set(sampled(product.lines("codes", AUDIT)))
    coders = [f"coder{n:02}" for n in range(1, REVIEWED + 1)]
    coders += ["coder11", "coder12"]
    _say(f"a reviewer determines every sampled line of {len(coders)} coders (JSONL)")
    records = determinations(hospital, encounters=encounters, coders=coders)
    form = FOLDER / "determinations.jsonl"
    form.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    done = product.json("review", "import", AUDIT, str(form))
    print(f"  {done['imported']} imported, {done['undetermined']} code lines left undetermined")


def _reports(product: Product) -> list[Path]:
    paths = {kind: FOLDER / f"{kind}-after-review.html" for kind in ("manager", "auditor", "officer")}
    for kind, path in paths.items():
        product.run("report", AUDIT, "--for", kind, "--out", str(path))
    return list(paths.values())


def _say(text: str) -> None:
    print(f"• {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
