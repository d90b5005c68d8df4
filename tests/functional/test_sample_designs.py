"""Designs beyond the draw per coder, as a user meets them: drawn, proven, written down, reviewed a second time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STRATIFIED = 'method = "stratified"\nstratum = "paid_amount"\ncuts = [50, 150]\nsize = 24\nallocation = "neyman"\n'


@pytest.fixture(scope="module")
def program(make_program: Callable[[], Any]) -> Any:
    made = make_program()
    assert made("init", str(made.folder / "workspace"), "--no-recovery").returncode == 0
    return made


def plan(hospital: Path, name: str, sample: str) -> str:
    text = (hospital / "plan.toml").read_text()
    text = re.sub(r'name = ".*?"', f'name = "{name}"', text, count=1)
    text = re.sub(r"\[sample\].*?\n\n", f'[sample]\n{sample}seed = "s"\n\n', text, count=1, flags=re.DOTALL)
    (hospital / f"{name}.toml").write_text(text)
    return str(hospital / f"{name}.toml")


def said(done: Any) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_stratified_draw_is_proven_and_its_frame_written_down(program: Any, hospital: Path) -> None:
    path = plan(hospital, "stratified", STRATIFIED)
    units = said(program("sample", "draw", path, "--json"))
    proof = said(program("sample", "verify", path, "--json"))
    written = said(program("sample", "frame", path, "--out", str(program.folder / "frame"), "--json"))

    assert len(units) == proof["drawn_units"] == 24
    assert proof["draw_number"] == 1
    frame = (program.folder / "frame" / "frame.csv").read_bytes()
    assert hashlib.sha256(frame).hexdigest() == written["frame_digest"] == proof["frame_digest"]
    assert len(frame.splitlines()) - 1 == written["encounters"]


def test_a_run_weighs_by_the_strata_of_its_draw(program: Any, hospital: Path) -> None:
    path = plan(hospital, "stratified", STRATIFIED)
    result = said(program("run", path, "--json"))

    overall = [score for score in result["scores"] if score["coder_id"] is None]
    assert {tuple(score["weights"]) for score in overall} == {("01", "02", "03")}


def test_a_second_review_names_encounters_of_the_sample_and_nothing_else(program: Any, hospital: Path) -> None:
    units = {
        unit["unit"] for unit in said(program("sample", "draw", plan(hospital, "stratified", STRATIFIED), "--json"))
    }
    few, more = (program("sample", "second", "stratified", "--size", size).stdout.split() for size in ("3", "6"))

    assert more[:3] == few
    assert set(more) <= units
    assert program("sample", "second", "stratified", "--size", "25").returncode == 3


def test_a_sample_picked_by_hand_is_never_judged(program: Any, hospital: Path) -> None:
    path = plan(hospital, "picked", 'method = "purposive"\nunits = ["E000001", "E000002"]\n')
    scores = said(program("run", path, "--json"))["scores"]

    assert {score["verdict"] for score in scores} == {"not_shown"}
    assert {score["interval"] for score in scores} == {None}


def test_a_frame_that_was_not_drawn_from_is_not_shown(program: Any, hospital: Path) -> None:
    path = plan(hospital, "undrawn", 'method = "systematic"\nsize = 7\n')

    assert program("sample", "frame", path, "--out", str(program.folder / "other")).returncode == 2
    assert not (program.folder / "other").exists()
