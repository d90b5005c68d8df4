"""Reading notes with every chart rule: notes per second of one core, and what a pool of two processes gains.

The notes are the coded notes of the shared data where they are at hand, else those of a synthetic hospital.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import environment
from audit.chart.checks import find
from audit.chart.reader import read_case
from audit.chart.terms import TermTable
from audit.domain.rule import Rule
from audit.flow.reference import cache_folder, find_reference
from audit.flow.rules import bundled_packs
from audit.flow.terms import load_term_table
from measure_chart import Note, _case

ROUNDS = 5
WORKERS = 2
NOTES = environment.ROOT.parent / "shared" / "data" / "coded_notes" / "aci_coded.jsonl"


def figures() -> dict[str, Any]:
    """Return notes per second of a core (its own time), of one process and of the pool (by the clock), and memory."""
    notes = _notes() * ROUNDS
    _tools()  # compiled and kept, so that what is timed is loading
    _tools.cache_clear()
    load, _ = _timed(_tools)
    _read_all(notes[: len(notes) // ROUNDS])
    began = time.process_time()
    alone, _ = _timed(lambda: _read_all(notes))
    core = time.process_time() - began
    pooled = _pooled(notes)
    measured = {
        "chart.notes_per_second": len(notes) / core,
        "chart.ready_seconds": load,
        "chart.notes_per_second_of_one_process": len(notes) / alone,
        "chart.peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "chart.notes_per_second_of_two_processes": len(notes) / pooled,
    }
    targets = {"chart.notes_per_second": {"min": 150}, "chart.peak_mb": {"max": 300}}
    return {"figures": measured, "ratios": {"chart.pool_gain": alone / pooled}, "targets": targets}


def _notes() -> list[Note]:
    if NOTES.is_file():
        rows = [json.loads(line) for line in NOTES.read_text("utf-8").splitlines()]
        return [(row["text"], tuple(c["code"] for c in row["codes"])) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        make = [sys.executable, str(environment.ROOT / "scripts" / "make_hospital.py")]
        subprocess.run([*make, "--encounters", "300", "--seed", "1", "--out", folder], check=True)
        with (Path(folder) / "documents.csv").open(encoding="utf-8", newline="") as file:
            return [(row["text"], ("I10", "E11.9")) for row in csv.DictReader(file)]


@cache
def _tools() -> tuple[TermTable, tuple[Rule, ...]]:
    table = load_term_table(find_reference(None).classification(), cache_folder())
    return table, tuple(rule for pack in bundled_packs() for rule in pack.rules)


def _read_all(notes: Sequence[Note]) -> int:
    table, rules = _tools()
    found = 0
    for text, codes in notes:
        case = _case(text, codes)
        found += len(find(rules, case, read_case(case, table))[0])
    return found


def _pooled(notes: Sequence[Note]) -> float:
    """Time the same work in a pool whose processes have read a note before the clock starts."""
    share = len(notes) // (WORKERS * 4)
    parts = [notes[at : at + share] for at in range(0, len(notes), share)]
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        pool.map(_read_all, [notes[:40]] * WORKERS, chunksize=1)
        took, _ = _timed(lambda: pool.map(_read_all, parts, chunksize=1))
    return took


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result
