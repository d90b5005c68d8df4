"""The program as a user meets it: its own process, a workspace and a state folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "a long enough passphrase"  # noqa: S105 - of throw-away test identities


@dataclass(frozen=True)
class Program:
    """One person's program: settings in the environment, a folder to stand in."""

    folder: Path
    settings: Mapping[str, str]

    def __call__(self, *arguments: str, stdin: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CHARTASSAY")}
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "audit", *arguments],
            cwd=self.folder,
            env={**environment, **self.settings, **settings},
            capture_output=True,
            text=True,
            input=stdin if stdin is not None else "",
            check=False,
        )


@pytest.fixture(scope="session")
def make_program(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Program]:
    """Return a function that makes a program with an empty folder, identity and state of its own."""

    def make() -> Program:
        folder = tmp_path_factory.mktemp("program")
        settings = {
            "CHARTASSAY_PASSPHRASE": PASSPHRASE,
            "CHARTASSAY_IDENTITY": str(folder / "officer.key"),
            "CHARTASSAY_STATE": str(folder / "state"),
            "CHARTASSAY_WORKSPACE": str(folder / "workspace"),
        }
        return Program(folder, settings)

    return make


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small synthetic quarter: 120 encounters of 12 coders, its plan drawing 5 of each."""
    out = tmp_path_factory.mktemp("hospital") / "quarter"
    make = [sys.executable, str(ROOT / "scripts" / "make_hospital.py"), "--encounters", "120", "--seed", "3"]
    subprocess.run([*make, "--out", str(out)], check=True, capture_output=True)
    plan = out / "plan.toml"
    plan.write_text(plan.read_text().replace("size = 60", "size = 5"))
    return out


@pytest.fixture(scope="session")
def audited(make_program: Callable[[], Program], hospital: Path) -> Program:
    """Return a program in whose workspace the small quarter has been audited once."""
    program = make_program()
    for arguments in (
        ("init", str(program.folder / "workspace"), "--no-recovery"),
        ("run", str(hospital / "plan.toml")),
    ):
        done = program(*arguments)
        assert done.returncode == 0, done.stderr
    return program
