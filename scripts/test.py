"""Set up and run every test the machine allows; end with what was skipped, why, and the command that enables it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import environment

STEPS = (
    ("form", ["ruff", "format", "--check", "."]),
    ("lint", ["ruff", "check", "."]),
    ("types", ["mypy"]),
    ("imports", ["lint-imports", "--no-logo"]),
)


def main() -> int:
    """Run the checks, then the tests, then print the table; return 1 if anything failed (or, asked so, was skipped)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-skips", action="store_true", help="fail if any test was skipped")
    parser.add_argument("pytest", nargs="*", help="passed on to pytest, such as a folder or -k WORD (after --)")
    asked = parser.parse_args()
    environment.ready("test")
    failed = [name for name, command in STEPS if not asked.pytest and not _run(name, command)]
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "tests.xml"
        workers = str(os.cpu_count() or 1)
        tests = ["pytest", "-q", "-n", workers, f"--junit-xml={record}", *asked.pytest]
        if not _run("tests", tests):
            failed.append("tests")
        skipped = _skipped(record)
    _print_table(skipped)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed or (asked.no_skips and skipped) else 0


def _run(name: str, command: list[str]) -> bool:
    print(f"== {name}: {' '.join(command)}", flush=True)
    start = time.monotonic()
    path = f"{environment.BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [str(environment.BIN / command[0]), *command[1:]],
        cwd=environment.ROOT,
        check=False,
        env={**os.environ, "PATH": path},
    )
    print(
        f"== {name}: {'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - start:.0f} s", flush=True
    )
    return done.returncode == 0


def _skipped(record: Path) -> dict[str, int]:
    """Return the reasons of skipped tests with their counts; none if pytest did not come to its record."""
    if not record.exists():
        return {}
    reasons: dict[str, int] = {}
    for skip in ET.parse(record).getroot().iter("skipped"):  # noqa: S314 - our own pytest wrote it
        reason = skip.get("message") or "no reason given"
        reasons[reason] = reasons.get(reason, 0) + 1
    return reasons


def _print_table(skipped: dict[str, int]) -> None:
    if not skipped:
        print("skipped: nothing")
        return
    print(f"{'tests':>5}  {'skipped because':<60}  enable with")
    for reason, count in sorted(skipped.items()):
        why, _, how = reason.partition("; enable: ")
        print(f"{count:>5}  {why:<60}  {how}")


if __name__ == "__main__":
    sys.exit(main())
