"""What a user types: ``chartassay estimate METHOD FILE.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from audit.cli import cli, run_command

UNRESTRICTED = "attribute_unrestricted_exact_hypergeometric_two_sided"


def ask(tmp_path: Path, method: str, inputs: Any) -> dict[str, Any]:
    file = tmp_path / "inputs.json"
    file.write_text(inputs if isinstance(inputs, str) else json.dumps(inputs))
    done = CliRunner().invoke(cli, ["estimate", method, str(file), "--json"], catch_exceptions=False)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_estimate_needs_no_workspace(tmp_path: Path) -> None:
    found = ask(tmp_path, UNRESTRICTED, {"N": 200, "n": 10, "x": 1})

    assert found["schema_version"] == 1
    assert found["point_count"] == 20
    assert found["ci90"] == found["ci_counts"]["90"]


def test_the_list_names_every_method_with_its_purpose() -> None:
    done = CliRunner().invoke(cli, ["estimate", "list", "--json"])

    named = {one["method"]: one["estimates"] for one in json.loads(done.stdout)["methods"]}
    assert {UNRESTRICTED, "survey_linearization", "ratstats_rng_sets_of_3"} <= named.keys()
    assert all(named.values())


def test_a_table_is_found_beside_the_file_of_inputs(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text("y,w\n1,2\n0,2\n1,2\n0,2\n1,2\n")

    found = ask(tmp_path, "survey_linearization", {"csv": "sample.csv", "columns": {"y": "y", "weight": "w"}})

    assert found["total"] == 6
    assert found["mean"] == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("method", "inputs", "said"),
    [
        (UNRESTRICTED, '{"N": 10, "n": 11, "x": 1}', "inputs.json: inputs: n is larger than N"),
        (UNRESTRICTED, '{"N": 10, "x": 1}', "inputs.json: inputs.n: missing"),
        (UNRESTRICTED, '{"N": 10, "n": NaN, "x": 1}', "inputs.json: holds NaN"),
        (UNRESTRICTED, '{"N": 10, "N": 11, "n": 2, "x": 1}', "inputs.json: a key stands twice"),
        (UNRESTRICTED, "[]", "inputs.json: not a JSON object"),
        (UNRESTRICTED, "{", "inputs.json: not JSON at line 1"),
        ("variable_unrestricted_t", '{"N": 9, "values": [1, null]}', "inputs.json: inputs.values[1]: not a finite"),
        ("variable_unrestricted_t", '{"N": 9, "values": [1e308, 1e308]}', "inputs.json: the numbers give no finite"),
        ("pps_without_replacement", '{"csv": "none.csv"}', "none.csv: no such file"),
        ("pps_without_replacement", '{"csv": 7}', "inputs.json: inputs.csv: not the name"),
        (UNRESTRICTED, '{"N": 1e300, "n": 2, "x": 1}', "inputs.N: not a whole number"),
        ("acceptance_sample_size_binomial", '{"tolerable": [1.5], "expected": 0}', "inputs.tolerable[0]: not between"),
        ("acceptance_sample_size_binomial", '{"tolerable": [0.05], "expected": -1}', "expected is below 0"),
        ("acceptance_sample_size_hypergeometric", '{"N": 9, "K": 2, "alpha": 0.05, "critical": [-1]}', "critical[0]"),
        ("allocation", '{"N": [9, 9], "S": [1, 2], "size": [1, -1], "n": 4}', "inputs.size[1]: below 0"),
        (
            "sample_size_variable_unrestricted",
            '{"N": 9, "mean": 1, "sd": 1, "confidence": [1e9]}',
            "a confidence above",
        ),
        (
            "attribute_stratified_cluster_ratio_to_size",
            '{"strata": [{"N_clusters": 9, "M_total": 30, "clusters": [[3, 1], [2]]}]}',
            "clusters[1]: not [m, x]",
        ),
        ("ratstats_rng_single_stage", '{"seed": 1, "ranges": [[5, 1]], "n_sequential": 1}', "a range is empty"),
        ("ratstats_rng_single_stage", '{"seed": "1", "ranges": [[1, 5]], "n_sequential": 1}', "inputs.seed"),
    ],
)
def test_bad_input_is_refused_with_file_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], method: str, inputs: str, said: str
) -> None:
    file = tmp_path / "inputs.json"
    file.write_text(inputs)

    assert run_command(["estimate", method, str(file)]) == 3
    assert said in capsys.readouterr().err


def test_a_method_that_does_not_exist_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "inputs.json").write_text("{}")

    assert run_command(["estimate", "guess", str(tmp_path / "inputs.json")]) == 2
    assert "estimate list" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("over,pi\n1,0.5\n2\n", "row 2: 1 fields where 2 belong"),
        ("over,over\n1,0.5\n", "one name in it twice"),
        ("over,pi\n1,0.5\n,0.5\n", "csv row 2: column over: missing"),
        ("over,pi\n1,0.5\nnan,0.5\n", "csv row 2: column over: not a number"),
    ],
)
def test_a_bad_table_is_refused_with_row_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, said: str
) -> None:
    (tmp_path / "sample.csv").write_text(table)
    (tmp_path / "inputs.json").write_text('{"csv": "sample.csv"}')

    assert run_command(["estimate", "pps_without_replacement", str(tmp_path / "inputs.json")]) == 3
    assert said in capsys.readouterr().err


def test_a_confidence_may_be_written_in_percent(tmp_path: Path) -> None:
    share, percent = (
        ask(tmp_path, "binomial_intervals", {"n": 30, "x": 2, "confidence": level}) for level in (0.9, 90)
    )

    assert share == percent
