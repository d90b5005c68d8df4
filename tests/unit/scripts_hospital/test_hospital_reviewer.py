"""The reviewer who never errs: his records are accepted, complete, and give each coder his true accuracy."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.domain.determination import Closing, Determination
from audit.review.jsonl import parse_determinations

Table = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="session")
def reviewed(hospital: Path) -> list[dict[str, Any]]:
    from hospital_reviewer import determinations

    return determinations(hospital)


def test_the_product_reads_every_record(reviewed: list[dict[str, Any]]) -> None:
    text = "\n".join(json.dumps(record) for record in reviewed)
    assert len(parse_determinations(text, "reviewer.jsonl")) == len(reviewed)


def test_every_line_is_decided_once_and_every_encounter_closed(reviewed: list[dict[str, Any]], table: Table) -> None:
    decided = [(r["encounter_id"], str(r["line"])) for r in reviewed if r.get("line") is not None]
    assert sorted(decided) == sorted((row["encounter_id"], row["line"]) for row in table("codes"))
    closed = {record["encounter_id"] for record in reviewed if record.get("complete") and record["omissions_checked"]}
    assert closed == {row["encounter_id"] for row in table("encounters")}


def test_what_he_found_gives_each_coder_his_true_accuracy(reviewed: list[dict[str, Any]], table: Table) -> None:
    coder = {row["encounter_id"]: row["coder_id"] for row in table("encounters")}
    matched: dict[str, int] = defaultdict(int)
    correct: dict[str, int] = defaultdict(int)
    faulty: dict[str, set[str]] = defaultdict(set)
    text = "\n".join(json.dumps(record) for record in reviewed)
    for one in parse_determinations(text, "reviewer.jsonl"):
        name = coder[one.encounter_id]
        if isinstance(one, Closing):
            continue
        assert isinstance(one, Determination)
        agreed = one.decision.value == "agree"
        matched[name] += agreed
        correct[name] += agreed or one.correct is not None
        if not agreed:
            faulty[name].add(one.encounter_id)
    seen = defaultdict(int)
    for name in coder.values():
        seen[name] += 1
    for row in table("coders_truth"):
        name = row["coder_id"]
        assert matched[name] / correct[name] == pytest.approx(float(row["code_accuracy"]), abs=0.0001)
        assert 1 - len(faulty[name]) / seen[name] == pytest.approx(float(row["encounter_accuracy"]), abs=0.0001)


def test_only_the_encounters_and_coders_asked_for_are_reviewed(hospital: Path, table: Table) -> None:
    from hospital_reviewer import determinations

    of_coder = [row["encounter_id"] for row in table("encounters") if row["coder_id"] == "coder03"]
    records = determinations(hospital, encounters=[*of_coder[:5], "E000000"], coders=["coder03"])
    assert {record["encounter_id"] for record in records} == set(of_coder[:5])


def test_the_command_writes_json_lines(hospital: Path, tmp_path: Path) -> None:
    from hospital_reviewer import main

    assert main([str(hospital), "--coders", "coder12", "--out", str(tmp_path / "d.jsonl")]) == 0
    lines = (tmp_path / "d.jsonl").read_text().splitlines()
    assert all("encounter_id" in json.loads(line) for line in lines)
