"""No value of a patient in clear: not in the database, not in a message, not in a file name; and nobody is called."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

AUDIT = "2026-Q2-hospital"
SHORTEST = 5
"""Shorter values (a sex, a state, a line number) stand in any file by chance."""
SHORTEST_OF_DIGITS = 8
"""So do shorter ones that a digest or a time of day can hold, such as a ZIP code or an amount."""
NOT_OF_A_PATIENT = {"professional", "institutional", "outpatient", "inpatient", "emergency", "medicare", "medicaid"}

WATCHED = """
import socket, sys
def refuse(*arguments, **options):
    sys.stderr.write("CONNECTED\\n")
    raise OSError("no network here")
socket.getaddrinfo = refuse
socket.gethostbyname = refuse
socket.socket.connect = refuse
socket.socket.connect_ex = refuse
"""


def _values(hospital: Path) -> Iterator[str]:
    for table in ("encounters", "codes", "documents", "patients"):
        with (hospital / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                yield from (value for name, value in row.items() if name != "coder_id" and _is_telling(value))
                if table == "documents":
                    yield from (line for line in row["text"].splitlines() if len(line) > 20)


def _is_telling(value: str) -> bool:
    return len(value) >= (SHORTEST_OF_DIGITS if set(value) <= set("0123456789abcdef.") else SHORTEST)


def _files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def test_the_workspace_on_disk_holds_no_value_of_the_tables(audited: Any, hospital: Path) -> None:
    values = {value.encode() for value in _values(hospital) if value not in NOT_OF_A_PATIENT}
    assert len(values) > 2000
    files = list(_files(audited.folder / "workspace", audited.folder / "state"))
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        content = path.read_bytes()
        assert [value for value in values if value in content] == [], path.name


@pytest.fixture
def watched(audited: Any, tmp_path: Path) -> Callable[..., Any]:
    """Return the program in an interpreter where every connection and look-up is refused and reported."""
    (tmp_path / "sitecustomize.py").write_text(WATCHED)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    return lambda *arguments, **options: audited(*arguments, PYTHONPATH=path, TMPDIR=str(temporary), **options)


def test_no_command_connects_anywhere_or_says_a_patients_value(
    watched: Callable[..., Any], hospital: Path, tmp_path: Path
) -> None:
    names = {value for value in _values(hospital) if " " not in value and value not in NOT_OF_A_PATIENT}
    note = tmp_path / "note.txt"
    note.write_text("Seen by Dr. Testperson, mail test@example.org, https://example.org/x on 03/04/2026.")
    commands = [
        ("run", str(hospital / "plan.toml")),
        ("score", AUDIT),
        ("report", AUDIT, "--for", "auditor", "--out", str(tmp_path / "auditor.html")),
        ("report", AUDIT, "--for", "officer", "--out", str(tmp_path / "officer.html")),
        ("review", "export", AUDIT, str(tmp_path / "form.jsonl")),
        ("export", AUDIT, "--method", "safe-harbor", "--out", str(tmp_path / "export")),
        ("deid", str(note)),
        ("packs", "list"),
        ("trail", "show"),
        ("trail", "verify"),
        ("tables", "list"),
        ("findings", "unknown"),
    ]
    for command in commands:
        done = watched(*command)
        said = done.stderr if command[0] in ("deid", "findings") else done.stderr + done.stdout
        assert "CONNECTED" not in done.stderr, command
        assert "internal error" not in done.stderr, (command, done.stderr)
        assert [name for name in names if name in said.replace(str(tmp_path), "")] == [], command
    assert list((tmp_path / "tmp").iterdir()) == []
