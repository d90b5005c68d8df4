"""What ``[sample]`` of a plan may say, and what it may not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from audit.flow.frame import Sampling
from audit.flow.plan import PlanError, read_plan
from audit.sampling.draw import Design

PLAN = """
[audit]
name = "a"
[population]
encounters = "e.csv"
codes = "c.csv"
documents = "d.csv"
patients = "p.csv"
[sample]
"""


def sampling(folder: Path, body: str) -> Sampling:
    (folder / "plan.toml").write_text(PLAN + body)
    return read_plan(folder / "plan.toml").sampling


def test_a_stratified_plan_says_strata_split_and_whole_strata(tmp_path: Path) -> None:
    body = 'method = "stratified"\nstratum = "paid_amount"\ncuts = [50, 150.5]\nsize = 40\n'

    assert sampling(tmp_path, f'{body}allocation = "neyman"\ntake_all = ["03"]') == Sampling(
        method="stratified",
        size=40,
        stratum="paid_amount",
        cuts=(Decimal(50), Decimal("150.5")),
        design=Design(allocation="neyman", take_all=("03",)),
    )


@pytest.mark.parametrize(
    "body",
    [
        'method = "discovery"',
        'method = "discovery"\nsize = 120',
        'method = "systematic"\nsize = 9\nunit = "claim"',
        'method = "pps"\nsize = 9\nunit = "line"',
        'method = "cluster"\nsize = 2\nstratum = "provider_id"',
        'method = "purposive"\nunits = ["E1"]',
        'method = "all"',
    ],
)
def test_every_design_can_be_asked_for(tmp_path: Path, body: str) -> None:
    assert sampling(tmp_path, body).method in body


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('method = "pps"', "size: is missing"),
        ('method = "purposive"\nunits = ["E1"]\nsize = 3', "takes no size"),
        ('method = "simple"\nsize = 3\nallocation = "neyman"', "does not use it"),
        ('method = "per_coder"\nsize = 3\nstratum = "setting"', "does not use it"),
        ('method = "simple"\nsize = 3\nunits = ["E1"]', "does not use it"),
        ('method = "stratified"\nsize = 3\ncuts = [5]', "belong to stratum paid_amount"),
        ('method = "stratified"\nsize = 3\nstratum = "paid_amount"', "belong to stratum paid_amount"),
        ('method = "stratified"\nsize = 3\nstratum = "paid_amount"\ncuts = [5, 5]', "must rise"),
        ('method = "stratified"\nsize = 3\nstratum = "paid_amount"\ncuts = [nan]', "amounts above 0"),
        ('method = "stratified"\nsize = 3\nstratum = "paid_amount"\ncuts = ["x"]', "amounts above 0"),
        ('method = "stratified"\nsize = 3\nstratum = "patient_id"', "is none of"),
        ('method = "stratified"\nsize = 3\ntake_all = [3]', "list of texts"),
        ('method = "simple"\nsize = 3\nunit = "page"', "is none of"),
        ('method = "luck"\nsize = 3', "is none of"),
    ],
)
def test_what_does_not_fit_the_design_is_refused(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(PlanError, match=said):
        sampling(tmp_path, body)


def test_the_trail_keeps_no_id_of_a_unit_picked_by_hand(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN + 'method = "purposive"\nunits = ["E4711"]')
    plan = read_plan(tmp_path / "plan.toml")

    assert "E4711" not in str(plan.recorded)
    assert plan.recorded["sample"]["units"]["count"] == 1
    assert plan.recorded["audit"] == plan.content["audit"]
