"""Screening from the command line: counts per rule and seconds as JSON, findings only where a path was named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb


def test_a_screen_counts_every_rule_and_writes_ids_only_where_asked(
    audited: Any, hospital: Path, tmp_path: Path
) -> None:
    out = tmp_path / "found.parquet"
    done = audited("screen", str(hospital / "plan.toml"), "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["encounters"] == 120
    assert printed["seconds"] > 0
    assert sum(printed["findings"].values()) > 0
    assert "PHI" in done.stderr
    columns = duckdb.connect().execute("DESCRIBE FROM read_parquet(?)", [str(out)]).fetchall()
    assert [column[0] for column in columns] == ["unit", "rule", "findings"]
    plain = audited("screen", str(hospital / "plan.toml"))
    assert plain.returncode == 0
    assert "E0000" not in plain.stdout + plain.stderr


def test_a_memory_that_is_no_size_is_wrong_usage(audited: Any, hospital: Path) -> None:
    done = audited("screen", str(hospital / "plan.toml"), "--memory", "plenty")
    assert done.returncode == 2
    assert done.stderr.startswith("chartassay: --memory: must be a size")
