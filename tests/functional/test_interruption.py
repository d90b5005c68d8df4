"""Killed, overtaken, out of room: the next run takes the same seed, reports are whole, nothing is left about."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

KILLED_AT = """
import os, signal, sys
import audit.flow.ledger, audit.flow.run
def die(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)
def die_at_third(*arguments, done=[]):
    done.append(arguments)
    return die() if len(done) == 3 else finish(*arguments)
finish = audit.flow.ledger.finish
if sys.argv[1] == "reports written, entry not":
    audit.flow.run.seal_summary = die
elif sys.argv[1] == "entry written, two of six reports named":
    audit.flow.ledger.finish = die_at_third
sys.argv[1:] = sys.argv[2:]
from audit.cli import main
main()
"""
MOMENTS = {"reports written, entry not": 0, "entry written, two of six reports named": 4}


@pytest.fixture
def quarter(hospital: Path, tmp_path: Path) -> Path:
    """Return a copy of the small quarter whose plan draws 1 of each coder by a seed the tool makes."""
    copy = Path(shutil.copytree(hospital, tmp_path / "quarter", ignore=shutil.ignore_patterns("out")))
    lines = (copy / "plan.toml").read_text().replace("size = 5", "size = 1").splitlines()
    (copy / "plan.toml").write_text("\n".join(line for line in lines if not line.startswith("seed")))
    return copy


@pytest.fixture
def program(make_program: Callable[[], Any]) -> Any:
    made = make_program()
    assert made("init", str(made.folder / "workspace"), "--no-recovery").returncode == 0
    return made


def _environment(program: Any) -> Mapping[str, str]:
    return {**{k: v for k, v in os.environ.items() if not k.startswith("CHARTASSAY")}, **program.settings}


def _entries(program: Any) -> list[dict[str, Any]]:
    shown = json.loads(program("trail", "show", "--json").stdout)
    return list(shown["entries"] if isinstance(shown, dict) else shown)


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


REPORTS = {f"{kind}.{form}" for kind in ("manager", "phi/auditor") for form in ("html", "json", "csv")}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_is_taken_up_with_its_own_seed_and_leaves_nothing_about(
    program: Any, quarter: Path, moment: str
) -> None:
    plan = str(quarter / "plan.toml")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT, moment, "run", plan],
        cwd=program.folder, env=_environment(program), capture_output=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -9, killed.stderr
    verdict = json.loads(program("trail", "verify", "--json").stdout)
    assert verdict["verdict"] == "intact"
    assert len(verdict["unfinished"]) == MOMENTS[moment]
    done = program("run", plan, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["again"] is (MOMENTS[moment] > 0)
    assert _files(quarter / "out") == REPORTS
    entries = _entries(program)
    assert [e["kind"] for e in entries if e["kind"] != "epoch.open"] == [
        "genesis", "sample.seed", "sample.draw", "audit.run",
    ]  # fmt: skip
    assert len({e["ops"]["seed"] for e in entries if "seed" in e["ops"]}) == 1
    assert json.loads(program("trail", "verify", "--json").stdout)["unfinished"] == []


def test_two_runs_at_once_are_one_run(program: Any, quarter: Path) -> None:
    command = [sys.executable, "-m", "audit", "run", str(quarter / "plan.toml"), "--json"]
    both = [
        subprocess.Popen(
            command, cwd=program.folder, env=_environment(program), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sorted(json.loads(out)["again"] for out, _ in said) == [False, True]
    kinds = [entry["kind"] for entry in _entries(program)]
    assert [kinds.count(kind) for kind in ("sample.seed", "sample.draw", "audit.run")] == [1, 1, 1]
    assert _files(quarter / "out") == REPORTS


def test_an_output_folder_that_cannot_be_is_refused_before_the_draw(program: Any, quarter: Path) -> None:
    (quarter / "out").write_text("a file in the way")
    before = len(_entries(program))
    done = program("run", str(quarter / "plan.toml"))
    assert done.returncode == 3
    assert done.stderr.startswith(f"chartassay: {quarter}/out: not a folder")
    assert len(_entries(program)) == before


def test_a_report_whose_name_is_taken_by_a_folder_gets_it_once_there_is_room(program: Any, quarter: Path) -> None:
    in_the_way = quarter / "out" / "manager.html" / "x"
    in_the_way.mkdir(parents=True)
    plan = str(quarter / "plan.toml")
    done = program("run", plan)
    assert done.returncode == 1
    assert "manager.html did not get its content" in done.stderr
    shutil.rmtree(quarter / "out" / "manager.html")
    assert program("run", plan).returncode == 0
    assert _files(quarter / "out") == REPORTS
