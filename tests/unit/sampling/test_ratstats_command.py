"""Replaying and checking RAT-STATS selections from the command line, without a workspace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import cli, run_command

ASKED = ["--seed", "4711.5", "--range", "1:500"]


def replayed(*options: str) -> dict[str, list[int]]:
    done = CliRunner().invoke(cli, ["sample", "ratstats", *ASKED, *options, "--json"], catch_exceptions=False)
    found: dict[str, list[int]] = json.loads(done.stdout)
    return found


def test_numbers_come_as_drawn_and_as_printed() -> None:
    found = replayed("--sequential", "8", "--spares", "3")

    assert found["sequential"] == sorted(found["numbers"][:8])
    assert found["spares"] == found["numbers"][8:]


@pytest.mark.parametrize("order", [sorted, list])
def test_somebody_elses_selection_is_confirmed(tmp_path: Path, order: type[list[int]]) -> None:
    found = replayed("--sequential", "8", "--spares", "2")
    listed = [*order(found["numbers"][:8]), *found["spares"]]
    (tmp_path / "list.txt").write_text("\n".join(map(str, listed)))

    done = CliRunner().invoke(
        cli,
        ["sample", "verify", str(tmp_path / "list.txt"), "--ratstats", *ASKED, "--spares", "2", "--json"],
        catch_exceptions=False,
    )

    assert json.loads(done.stdout)["verdict"] == "verified"


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda numbers: [numbers[-1] + 1, *numbers[1:]], 1, "1 of 8 items"),
        (lambda numbers: [*numbers[1:], numbers[0]], 1, "not their order"),
        (lambda numbers: [*numbers[:-1], "x"], 3, "line 8: not 1 whole numbers"),
        (lambda _: [], 3, "holds no item"),
    ],
)
def test_a_falsified_selection_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: object, code: int, said: str
) -> None:
    numbers = replayed("--sequential", "8")["numbers"]
    (tmp_path / "list.txt").write_text("\n".join(map(str, change(numbers))))  # type: ignore[operator]  # a lambda above

    assert run_command(["sample", "verify", str(tmp_path / "list.txt"), "--ratstats", *ASKED]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["sample", "ratstats", "--seed", "1", "--range", "10", "--sequential", "2"],
        ["sample", "ratstats", "--seed", "1", "--range", "1:x", "--sequential", "2"],
        ["sample", "verify", "list.txt", "--ratstats"],
        ["sample", "verify", "plan.toml", "--seed", "1"],
    ],
)
def test_wrong_words_are_wrong_usage(words: list[str]) -> None:
    assert run_command(words) == 2


def test_more_items_than_the_range_holds_are_refused() -> None:
    assert run_command(["sample", "ratstats", "--seed", "1", "--range", "1:5", "--sequential", "6"]) == 3
