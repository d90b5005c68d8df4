"""The command: the same bytes for the same seed, quickly, with the system's own Python."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "make_hospital.py"
FILES = {
    "encounters.csv",
    "codes.csv",
    "documents.csv",
    "patients.csv",
    "coders.csv",
    "providers.csv",
    "plan.toml",
    "key.csv",
    "coders_truth.csv",
}


def make(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # -I -S: no site-packages, as on a machine where nothing is installed
    command = [sys.executable, "-I", "-S", str(SCRIPT), "--out", str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_it_runs_without_any_package_and_the_seed_decides_every_byte(tmp_path: Path) -> None:
    for name, seed in (("one", "5"), ("again", "5"), ("other", "6")):
        done = make(tmp_path / name, "--encounters", "60", "--seed", seed)
        assert done.returncode == 0, done.stderr
    assert digest(tmp_path / "one") == digest(tmp_path / "again")
    assert digest(tmp_path / "one")["codes.csv"] != digest(tmp_path / "other")["codes.csv"]
    assert set(digest(tmp_path / "one")) > FILES


def test_two_thousand_encounters_take_less_than_ten_seconds(tmp_path: Path) -> None:
    start = time.monotonic()
    assert make(tmp_path / "quarter", "--encounters", "2000").returncode == 0
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(("plan", "size"), [("per_coder", 60), ("all", None)])
def test_the_plan_draws_sixty_of_each_coder_or_all(tmp_path: Path, plan: str, size: int | None) -> None:
    make(tmp_path / plan, "--encounters", "24", "--plan", plan)
    written = tomllib.loads((tmp_path / plan / "plan.toml").read_text())
    assert written["sample"]["method"] == plan
    assert written["sample"].get("size") == size
    assert written["outputs"]["reports"] == ["manager", "auditor"]


def test_fewer_encounters_than_coders_are_refused(tmp_path: Path) -> None:
    done = make(tmp_path / "few", "--encounters", "3")
    assert done.returncode == 2
    assert not (tmp_path / "few").exists()
