import csv
import io
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from audit.report.render import render
from audit.report.views import auditor_view, manager_view, officer_view


def _rows(view: dict[str, Any], kind: str, templates: Path) -> list[dict[str, str]]:
    text = render(view, kind=kind, format="csv", templates=templates).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_managers_table_has_one_row_per_coder_formula_and_basis(made_up: ModuleType, templates: Path) -> None:
    rows = _rows(manager_view(made_up.summary()), "manager", templates)
    keys = [(row["coder_id"], row["formula"], row["basis"]) for row in rows]
    assert len(keys) == len(set(keys)) == len(made_up.summary().scores)


def test_a_coder_with_too_few_encounters_has_no_per_cent_in_the_table(made_up: ModuleType, templates: Path) -> None:
    rows = [r for r in _rows(manager_view(made_up.summary()), "manager", templates) if r["coder_id"] == "C12"]
    assert rows
    assert {row["value"] for row in rows} == {""}


def test_the_auditors_table_says_on_its_first_line_that_it_holds_phi(made_up: ModuleType, templates: Path) -> None:
    view = auditor_view(made_up.summary(), made_up.cases(4))
    first = render(view, kind="auditor", format="csv", templates=templates).split(b"\n", 1)[0]
    assert first.startswith(b"holds_protected_health_information,")
    rows = _rows(view, "auditor", templates)
    assert len(rows) == sum(len(row["findings"]) for row in view["encounters"])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_text_starts_a_formula_in_a_spreadsheet(start: str, made_up: ModuleType, templates: Path) -> None:
    evil = f"{start}cmd|'/c calc'!A1"
    audited = made_up.cases(1)[0]
    finding = replace(audited.findings[0], message=evil)
    view = auditor_view(made_up.summary(), [replace(audited, findings=(finding,), readings=())])
    assert _rows(view, "auditor", templates)[0]["message"] == f"'{evil}"


def test_a_negative_number_stays_a_number(made_up: ModuleType, templates: Path) -> None:
    facts = made_up.summary()
    net = replace(facts.scores[0], value=-0.02)
    row = _rows(manager_view(replace(facts, scores=(net,))), "manager", templates)[0]
    assert float(row["value"]) == -0.02


def test_the_officers_table_names_seed_frame_and_every_source(made_up: ModuleType, templates: Path) -> None:
    rows = _rows(officer_view(made_up.summary()), "officer", templates)
    values = {row["value"] for row in rows}
    assert {made_up.summary().seed, made_up.summary().frame_digest} <= values
    assert {source.digest for source in made_up.summary().sources} <= values
