"""Every bad input ends in one clear line, exit 3, and nothing half-written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def program(make_program: Callable[[], Any]) -> Any:
    program = make_program()
    assert program("init", str(program.folder / "workspace"), "--no-recovery").returncode == 0
    return program


@pytest.fixture
def quarter(hospital: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(hospital, tmp_path / "quarter", ignore=shutil.ignore_patterns("out")))


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(quarter: Path) -> None:
        path = quarter / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def _second_row_again(quarter: Path) -> None:
    path = quarter / "encounters.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]), encoding="utf-8")


def _orphan_code(quarter: Path) -> None:
    with (quarter / "codes.csv").open("a", encoding="utf-8") as stream:
        stream.write("E999999,1,ICD10CM,I10" + "," * 14 + "\n")


def _cut_off(quarter: Path) -> None:
    (quarter / "documents.csv").write_text('encounter_id,document_id,kind,text\nE1,D1,x,"cut')


def _header_only(quarter: Path) -> None:
    path = quarter / "encounters.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")


OFF = '[checks]\noff = [{rule = "ZZ9", reason = "x"}]\n[outputs]'
CASES: list[tuple[str, Callable[[Path], None], str]] = [
    ("a missing column", _edit("encounters.csv", "setting", "where"), "encounters.csv, row 1: column setting"),
    ("an unknown key", _edit("plan.toml", "size", "seize"), "plan.toml, [sample]: unknown key seize"),
    ("an absent file", lambda q: (q / "codes.csv").unlink(), "codes.csv: no such file"),
    ("a wrong encoding", lambda q: (q / "patients.csv").write_bytes(b"patient_id\n\xff\xfe\n"), "line 2: not UTF-8"),
    ("a repeated id", _second_row_again, "encounter_id: stands twice"),
    ("a date of 2062", _edit("encounters.csv", "2026-0", "2062-0"), "service_from: is in the future"),
    ("a code line without an encounter", _orphan_code, "encounter_id: names no encounter of the table"),
    ("a cut-off file", _cut_off, "documents.csv, row 2: a quote is never closed"),
    ("a table of nothing but a header", _header_only, "encounters.csv: has no row below its header"),
    ("an unknown pack", _edit("plan.toml", "[outputs]", '[checks]\npacks = ["nonsense"]\n[outputs]'), "nonsense"),
    ("an unknown rule off", _edit("plan.toml", "[outputs]", OFF), "no pack in use has a rule ZZ9"),
]


@pytest.mark.parametrize(("what", "spoil", "message"), CASES, ids=[case[0] for case in CASES])
def test_bad_input_is_one_line_and_writes_nothing(
    program: Any, quarter: Path, what: str, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(quarter)
    before = _database(program)
    done = program("run", str(quarter / "plan.toml"))
    assert done.returncode == 3, (what, done.stderr)
    assert message in done.stderr
    assert done.stderr.startswith("chartassay: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (quarter / "out").exists()
    assert _database(program) == before


def _database(program: Any) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (program.folder / "workspace").glob("*.db*")}


def test_quarantine_excludes_the_defective_and_says_so(program: Any, quarter: Path) -> None:
    _edit("encounters.csv", "2026-0", "2062-0")(quarter)
    _edit("plan.toml", "[sample]", "quarantine = true\n[sample]")(quarter)
    _edit("plan.toml", 'name = "', 'name = "quarantined-')(quarter)
    done = program("run", str(quarter / "plan.toml"), "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["population"], result["excluded"]) == (119, 1)


def test_no_workspace_and_wrong_usage_are_exit_2(make_program: Callable[[], Any], hospital: Path) -> None:
    lost = make_program()
    for arguments in (("run", str(hospital / "plan.toml")), ("nonsense",), ("run",), ("report", "x", "--for", "boss")):
        done = lost(*arguments, CHARTASSAY_WORKSPACE="")
        assert done.returncode == 2, (arguments, done.stderr)
        assert done.stderr.startswith("chartassay: ")


def test_an_unknown_audit_is_exit_2_and_names_those_there_are(program: Any) -> None:
    done = program("findings", "never-made")
    assert done.returncode == 2
    assert "no audit never-made" in done.stderr
