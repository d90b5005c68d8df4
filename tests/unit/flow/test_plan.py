"""A plan is read strictly: every mistake gets one line with file, section and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.flow.plan import PlanError, read_plan, schema

GOOD = """
[audit]
name = "2026-Q2"
[population]
encounters = "encounters.csv"
codes = "codes.csv"
documents = "documents.csv"
patients = "patients.csv"
[sample]
method = "per_coder"
size = 60
"""


def _plan(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_plan_gives_paths_beside_it_and_the_defaults(tmp_path: Path) -> None:
    plan = read_plan(_plan(tmp_path, GOOD))
    assert plan.tables["codes"] == tmp_path / "codes.csv"
    assert (plan.target, plan.verdict_on, plan.reports) == (0.95, "code.auditor_denominator", ("manager",))
    assert plan.seed is None
    assert plan.directory == tmp_path / "out"


BAD = [
    ("not TOML", GOOD + "seed = = 1\n", "plan.toml: not TOML: line 12, column 8"),
    ("an unknown section", GOOD + "[sampling]\n", "plan.toml: unknown section [sampling]"),
    ("an unknown key", GOOD.replace("size", "seize"), "plan.toml, [sample]: unknown key seize"),
    ("a missing key", GOOD.replace('codes = "codes.csv"\n', ""), "plan.toml, [population] codes: is missing"),
    ("a size of the wrong type", GOOD.replace("60", '"60"'), "plan.toml, [sample] size: is of the wrong type"),
    ("a size of nothing", GOOD.replace("60", "0"), "plan.toml, [sample] size: must be 1 or more"),
    ("no size where one is needed", GOOD.replace("size = 60\n", ""), "plan.toml, [sample] size: is missing"),
    ("a size for all", GOOD.replace("per_coder", "all"), "plan.toml, [sample] size: method all takes no size"),
    ("an unknown method", GOOD.replace("per_coder", "convenience"), "plan.toml, [sample] method: is none of"),
    ("an impossible target", GOOD.replace('name = "2026-Q2"', 'name = "x"\ntarget = 95'), "[audit] target: must lie"),
    ("a name with a blank", GOOD.replace("2026-Q2", "2026 Q2"), "[audit] name: must be 1 to 64"),
    ("a net formula as judge", GOOD + '[scoring]\nverdict_on = "code.auditor_denominator_net"\n', "is none of"),
    ("a rule off without a reason", GOOD + '[checks]\noff = [{rule = "X"}]\n', "[checks] off: each must be"),
    ("an unknown identifier type", GOOD + '[identifiers]\nnickname = "PET"\n', "[identifiers] nickname: is none of"),
    ("an unknown report", GOOD + '[outputs]\nreports = ["boss"]\n', "[outputs] reports: is none of"),
]


@pytest.mark.parametrize(("what", "text", "message"), BAD, ids=[case[0] for case in BAD])
def test_a_mistake_is_named_by_section_and_key(tmp_path: Path, what: str, text: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(_plan(tmp_path, text))
    assert message in caught.value.message, what
    assert caught.value.exit_code == 3


def test_a_misspelt_key_is_answered_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(_plan(tmp_path, GOOD.replace("encounters =", "encounter =")))
    assert caught.value.hint == "did you mean encounters?"


def test_the_schema_names_every_key_that_the_reader_takes() -> None:
    keys = {(key["section"], key["key"]) for key in schema()}
    assert {("audit", "name"), ("sample", "seed"), ("checks", "off"), ("outputs", "reports")} <= keys
