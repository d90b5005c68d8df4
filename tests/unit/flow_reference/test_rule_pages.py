from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli import cli, run_command
from audit.flow.examples import ExampleTableError, RuleResult, run_rules
from audit.flow.rule_pages import rule_page
from audit.flow.rules import (
    UnknownRuleError,
    bundled_packs,
    find_rule,
    lapse_notices,
    pack_dates,
    packs_in_use,
)
from audit.packs.catalogue import UnknownPackError
from audit.packs.data_root import data_root


def run_one(rule_id: str, **changes: object) -> RuleResult:
    (rule,) = find_rule(rule_id)
    example = replace(rule.examples[0], **changes)  # type: ignore[arg-type]  # the fields of an example
    (result,) = run_rules([replace(rule, examples=(example, *rule.examples[1:]))])
    return result


def test_an_example_that_comes_out_otherwise_fails_its_rule() -> None:
    result = run_one("ICD012", finds=())
    assert not result.passed
    assert result.examples[0].problem == "expected nothing, found error on line 1"


def test_an_example_passes_only_when_the_rule_could_be_applied() -> None:
    result = run_one("NCCI001", tables={}, finds=())
    assert result.examples[0].problem == "not assessed: table ncci-ptp-practitioner is not imported"


def test_an_example_outside_the_edition_is_not_taken_for_a_pass() -> None:
    result = run_one("ICD001", encounter={"service_from": "2027-01-05"}, finds=())
    assert result.examples[0].problem.startswith("not assessed: no edition of icd10cm")


@pytest.mark.parametrize("tables", [{"nonsense": ()}, {"icd10cm": ()}, {"poa-exempt": ({"kode": "Z79.4"},)}])
def test_an_example_may_bring_only_tables_there_are(tables: object) -> None:
    with pytest.raises(ExampleTableError):
        run_one("CLM011", tables=tables)


def test_a_page_shows_citation_limits_examples_and_results() -> None:
    (result,) = run_rules(find_rule("NCCI002"))
    page = "\n".join(rule_page(result))
    for words in ("NCCI002", "https://www.cms.gov", "not covered", "X0001", "result     as expected"):
        assert words in page


def test_an_unknown_rule_is_answered_with_a_hint() -> None:
    with pytest.raises(UnknownRuleError, match="no rule is called ABC001"):
        find_rule("ABC001")


def test_a_plan_names_packs_by_name_or_folder(tmp_path: Path) -> None:
    assert [pack.name for pack in packs_in_use(["claims"], tmp_path)] == ["claims"]
    folder = tmp_path / "ours"
    shipped = Path(str(data_root("policies").joinpath("claims", "2026")))
    for file in [shipped / "pack.yaml", *(shipped / "rules").iterdir()]:
        copy = folder / file.relative_to(shipped)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (own,) = packs_in_use(["ours"], tmp_path)
    assert own.digest == packs_in_use(["claims"], tmp_path)[0].digest
    with pytest.raises(UnknownPackError):
        packs_in_use(["theirs"], tmp_path)


def test_the_dates_of_a_pack_are_those_of_its_rules() -> None:
    for pack in bundled_packs():
        first, last = pack_dates(pack)
        assert all(rule.in_force_from >= first for rule in pack.rules)
        assert last is None or all(rule.in_force_to and rule.in_force_to <= last for rule in pack.rules)


def test_the_commands_print_packs_rules_and_a_page() -> None:
    runner = CliRunner()
    packs = json.loads(runner.invoke(cli, ["packs", "list", "--json"]).stdout)
    assert {"name", "edition", "rules", "digest"} <= set(packs[0])
    rules = json.loads(runner.invoke(cli, ["rules", "list", "--json"]).stdout)
    assert len(rules) == sum(pack["rules"] for pack in packs)
    shown = json.loads(runner.invoke(cli, ["rules", "show", "ICD012", "--json"]).stdout)
    assert shown[0]["rule"]["id"] == "ICD012"
    assert all(result["problem"] == "" for result in shown[0]["results"])


def test_a_pack_with_a_wrong_example_ends_in_exit_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = Path(str(data_root("policies").joinpath("claims", "2026", "rules", "CLM010-poa-invalid.yaml")))
    (tmp_path / "rules").mkdir()
    (tmp_path / "pack.yaml").write_text("name: ours\nedition: '1'\ntitle: Ours\n")
    text = source.read_text().replace("principal | X", "principal | W", 1)
    (tmp_path / "rules" / "CLM010.yaml").write_text(text)
    assert run_command(["packs", "test", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert "FAILED\tCLM010" in captured.out
    assert "1 of 1 rules fail an example of their own" in captured.err


def test_a_faulty_page_ends_in_exit_3_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "pack.yaml").write_text("name: ours\nedition: '1'\ntitle: Ours\n")
    (tmp_path / "rules" / "X.yaml").write_text("id: ABC001\nnane: x\n")
    assert run_command(["packs", "test", str(tmp_path)]) == 3
    assert "X.yaml:2: unknown key nane" in capsys.readouterr().err


def test_a_report_says_which_rules_ended_before_its_period() -> None:
    packs = [pack for pack in bundled_packs() if pack.name == "icd10cm"]
    assert lapse_notices(packs, date(2026, 9, 30)) == ()
    (notice,) = lapse_notices(packs, date(2026, 11, 21))
    assert notice.endswith("rules of pack icd10cm FY2026 ended 2026-09-30: later services are not assessed by them")
