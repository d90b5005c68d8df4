"""The command line itself: quick to start, every command explained, the README telling the truth."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from audit.cli import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("duckdb", "pandas", "numpy", "scipy", "sqlalchemy", "presidio_analyzer", "spacy", "jinja2", "yaml")


def test_help_imports_nothing_heavy() -> None:
    code = f"import sys, audit.cli; audit.cli.run_command(['--help']); print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_short_help_in_the_table_is_the_commands_own(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert (command.help or "").strip().splitlines()[0] == COMMANDS[name][1]


def test_every_command_and_option_says_what_it_is_for() -> None:
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        stack = [command]
        while stack:
            one = stack.pop()
            assert one.help, (name, one.name)
            stack.extend(getattr(one, "commands", {}).values())


def test_readme_shows_the_help_as_it_is() -> None:
    shown = re.search(r"<!-- help -->\n```\n(.*?)```\n<!-- /help -->", (ROOT / "README.md").read_text(), re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-m", "audit", "--help"], capture_output=True, text=True, check=True, env={"COLUMNS": "100"}
    )
    assert shown is not None
    assert shown.group(1) == done.stdout, "write `chartassay --help` into README.md"


def test_readme_names_every_runtime_dependency_with_a_reason() -> None:
    readme = (ROOT / "README.md").read_text().lower()
    project = (ROOT / "pyproject.toml").read_text()
    block = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert block is not None
    names = re.findall(r'"([a-z0-9-]+)', block.group(1))
    table = readme.split("## what it stands on")[1].split("## layout")[0]
    assert [name for name in names if name not in table] == []


def test_the_commands_in_readme_exist() -> None:
    words = re.findall(r"^chartassay (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert words
    assert set(words) <= set(COMMANDS)


def test_the_bootstraps_are_standard_library_only() -> None:
    allowed = set(sys.stdlib_module_names) | {"environment", "product", "__future__"}
    for name in ("demo.py", "test.py", "environment.py", "product.py", "make_hospital.py"):
        text = (ROOT / "scripts" / name).read_text()
        imported = re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)
        assert set(imported) <= allowed | {"hospital", "hospital_reviewer"}, name


def test_without_a_terminal_a_missing_passphrase_is_said_and_not_asked_for(audited: Any) -> None:
    settings = {k: v for k, v in audited.settings.items() if k != "CHARTASSAY_PASSPHRASE"}
    done = replace(audited, settings=settings)("findings", "x")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("chartassay: no passphrase was given\nchartassay: hint: ")
