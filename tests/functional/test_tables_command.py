"""Tables from the command line: imported with dates, listed, refused whole with exit 3, and in the trail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

PTP = "notice\nColumn 1\tColumn 2\t*\tEffective\tDeletion\tModifier\tRationale\nX0001\tX0002\t\t20240101\t*\t1\twords\n"


def test_a_table_is_imported_listed_and_proven(make_program: Callable[[], Any], tmp_path: Path) -> None:
    program = make_program()
    assert program("init", str(program.folder / "workspace"), "--no-recovery").returncode == 0
    good, bad = tmp_path / "ccipra-v321r0-f1.txt", tmp_path / "ccipra-v322r0-f1.txt"
    good.write_text(PTP)
    bad.write_text(PTP.replace("20240101", "2024-01-01"))
    done = program("tables", "import", "ncci-ptp-practitioner", str(good), "--json")
    assert done.returncode == 0, done.stderr
    imported = json.loads(done.stdout)
    assert (imported["rows"], imported["from"], imported["to"]) == (1, "2026-04-01", "2026-06-30")
    refused = program("tables", "import", "ncci-ptp-practitioner", str(bad))
    assert refused.returncode == 3
    assert refused.stderr.splitlines()[0] == (
        "chartassay: ccipra-v322r0-f1.txt, line 3: expected a date written YYYYMMDD"
    )
    assert program("tables", "import", "ncci-ptp", str(good)).returncode == 2
    listed = json.loads(program("tables", "list", "--json").stdout)
    assert [(table["kind"], table["rows"]) for table in listed] == [("icd10cm", 102_739), ("ncci-ptp-practitioner", 1)]
    assert program("trail", "verify").returncode == 0


def test_a_plan_with_its_tables_gives_an_outsider_the_same_audit_id(
    make_program: Callable[[], Any], audited: Any, hospital: Path, tmp_path: Path
) -> None:
    """Nothing is imported: the plan brings its edit tables, and they decide in any workspace."""

    copy = tmp_path / "elsewhere"
    shutil.copytree(hospital, copy, ignore=shutil.ignore_patterns("out"))
    outsider = make_program()
    assert outsider("init", str(outsider.folder / "workspace"), "--no-recovery").returncode == 0
    theirs = json.loads(outsider("run", str(copy / "plan.toml"), "--json").stdout)
    ours = json.loads(audited("run", str(hospital / "plan.toml"), "--json").stdout)
    assert ours["again"]
    assert theirs["audit_id"] == ours["audit_id"]
    assert not (outsider.folder / "workspace" / "tables").exists()
    (copy / "tables" / "mue-hospital.csv").write_text("<html>", encoding="utf-8")
    refused = outsider("run", str(copy / "plan.toml"))
    assert refused.returncode == 3
    assert "mue-hospital.csv" in refused.stderr
