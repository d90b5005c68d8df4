"""A reviewer who never errs: turn a synthetic hospital's key into the determinations he would give.

``hospital_reviewer.py DIR --coders coder01,coder07 [--encounters FILE] [--out FILE]`` writes JSON lines for
``review import``: every line of every encounter decided, omitted codes added, each encounter closed. ``FILE`` lists
the sampled encounter ids, one a line; without it every encounter of these coders is reviewed.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, str]

DIRECTIONS = {"omitted": "under", "specificity": "neutral", "laterality": "neutral", "sequencing": "neutral"}
DIRECTIONS |= {"manifestation": "neutral", "poa": "neutral", "invalid_code": "neutral", "not_billable": "neutral"}
"""Every other category claims too much."""
RECORD_FAULTS = ("signature", "identity", "date")
"""Faults of the record, not of a code line: no determination names them."""
_OTHER_SIDE = {"RT": "LT", "LT": "RT"}


def determinations(
    hospital: Path, *, encounters: Iterable[str] | None = None, coders: Iterable[str] | None = None
) -> list[dict[str, Any]]:
    """Return the reviewer's records for these encounters (default all) of these coders (default all).

    Each encounter gives one record per submitted line, one per omitted code, and the closing (INTERFACE
    "Determination").
    """
    wanted = _wanted(hospital, encounters, coders)
    lines = _by_encounter(_rows(hospital / "codes.csv"))
    planted = _by_encounter(_rows(hospital / "key.csv"))
    records: list[dict[str, Any]] = []
    for encounter_id in wanted:
        records += _encounter(encounter_id, lines.get(encounter_id, []), planted.get(encounter_id, []))
    return records


def _wanted(hospital: Path, encounters: Iterable[str] | None, coders: Iterable[str] | None) -> list[str]:
    chosen = None if encounters is None else set(encounters)
    of_coders = None if coders is None else set(coders)
    return [
        row["encounter_id"]
        for row in _rows(hospital / "encounters.csv")
        if (chosen is None or row["encounter_id"] in chosen) and (of_coders is None or row["coder_id"] in of_coders)
    ]


def _encounter(encounter_id: str, lines: list[Row], planted: list[Row]) -> Iterator[dict[str, Any]]:
    wrong = {row["line"]: row for row in planted if row["line"]}
    for line in lines:
        yield _decision(line, wrong[line["line"]], lines) if line["line"] in wrong else _agreement(line)
    for row in planted:
        if row["category"] == "omitted":
            correct = {"system": "ICD10CM", "code": row["correct"]}
            yield _disagreement(encounter_id, None, "omitted", correct)
    yield {"encounter_id": encounter_id, "complete": True, "omissions_checked": True, "correct_drg": None}


def _agreement(line: Row) -> dict[str, Any]:
    return {"encounter_id": line["encounter_id"], "line": int(line["line"]), "decision": "agree"}


def _decision(line: Row, plant: Row, lines: list[Row]) -> dict[str, Any]:
    correct = _correct(line, plant, lines) if plant["correct"] else None
    return _disagreement(line["encounter_id"], int(line["line"]), plant["category"], correct)


def _disagreement(encounter_id: str, line: int | None, category: str, correct: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "encounter_id": encounter_id,
        "line": line,
        "decision": "disagree",
        "category": category,
        "direction": DIRECTIONS.get(category, "over"),
        "owner": "coder",
        "correct": correct,
    }


def _correct(line: Row, plant: Row, lines: list[Row]) -> dict[str, Any]:
    """What the line should have been: the other code, or the same with the units, side, place or indicator mended."""
    category = plant["category"]
    correct: dict[str, Any] = {"system": line["system"], "code": plant["correct"]}
    if category == "units":
        correct["units"] = 1
    elif category == "poa":
        correct["poa"] = "Y"
    elif category == "laterality" and line["modifiers"]:
        correct["modifiers"] = [_OTHER_SIDE.get(m, m) for m in line["modifiers"].split(";")]
    elif category == "manifestation":
        correct["sequence"] = 2
    elif category == "sequencing":
        correct["sequence"] = sum(other["system"] == line["system"] for other in lines)
    return correct


def _by_encounter(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["encounter_id"], []).append(row)
    return grouped


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the determinations of the encounters asked for."""
    parser = argparse.ArgumentParser(description="Write the determinations of a reviewer who never errs.")
    parser.add_argument("hospital", type=Path, help="a folder written by make_hospital.py")
    parser.add_argument("--coders", help="coder ids with commas between (default: all)")
    parser.add_argument("--encounters", type=Path, help="a file of encounter ids, one a line (default: all)")
    parser.add_argument("--out", type=Path, help="the JSONL file to write (default: print)")
    said = parser.parse_args(arguments)
    records = determinations(
        said.hospital,
        encounters=said.encounters.read_text(encoding="utf-8").split() if said.encounters else None,
        coders=said.coders.split(",") if said.coders else None,
    )
    text = "".join(json.dumps(record) + "\n" for record in records)
    if said.out:
        said.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
