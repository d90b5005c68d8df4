"""Every example of every rule that ships is run; the page a person reads is the page that is tested."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from audit.domain.check import Family
from audit.domain.rule import Rule
from audit.flow.checking import VOCABULARY
from audit.flow.examples import ExampleRunner, open_runner
from audit.flow.reference import cache_folder, find_reference
from audit.flow.rules import bundled_packs
from audit.flow.terms import load_term_table

PACKS = bundled_packs()
RULES = [rule for pack in PACKS for rule in pack.rules]


@pytest.fixture(scope="module")
def runner() -> Iterator[ExampleRunner]:
    reference = find_reference(None)
    terms = cache(lambda: load_term_table(reference.classification(), cache_folder()))
    with open_runner(reference, terms) as opened:
        yield opened


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_example_comes_out_as_its_page_says(runner: ExampleRunner, rule: Rule) -> None:
    problems = [f"{e.title}: {e.problem}" for e in runner.run(rule).examples if e.problem]
    assert problems == []


def test_no_rule_id_is_used_twice() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_there_are_rules_of_many_kinds() -> None:
    kinds = {family: {r.check for r in RULES if VOCABULARY[r.check].family is family} for family in Family}
    assert len(RULES) >= 16
    assert len(kinds[Family.EDIT]) >= 5
    assert len(kinds[Family.CHART]) >= 4


def test_every_check_kind_is_used_by_a_rule() -> None:
    assert set(VOCABULARY) == {rule.check for rule in RULES}


def test_the_readme_has_a_row_for_every_edit_kind_with_its_parameters() -> None:
    readme = (Path(__file__).parents[2] / "policies" / "README.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in readme.splitlines() if line.startswith("| `")}
    kinds = {name: kind for name, kind in VOCABULARY.items() if kind.family is Family.EDIT}
    assert set(rows) == set(kinds)
    for name, kind in kinds.items():
        assert all(f"`{parameter}`" in rows[name] for parameter in {**kind.required, **kind.optional}), name


def test_a_rule_page_stays_a_page() -> None:
    for page in (Path(__file__).parents[2] / "policies").glob("*/*/rules/*.yaml"):
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 60, page.name
