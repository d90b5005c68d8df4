from __future__ import annotations

import json
from datetime import date

from audit.domain.codes import CodeSystem
from audit.domain.determination import AgreeRemaining, Closing, CorrectLine, Decision, Determination
from audit.domain.encounter import Case, ClaimType, CodeLine, Encounter, Setting
from audit.domain.finding import Finding
from audit.domain.rule import Category, Direction, Owner, Verdict
from audit.review.jsonl import export_determinations, parse_determinations
from audit.review.merge import merge

LINES = {"E1": (1, 2), "E2": (1,)}


def case(encounter_id: str) -> Case:
    encounter = Encounter(
        encounter_id=encounter_id,
        patient_id="P",
        service_from=date(2026, 5, 1),
        setting=Setting.OUTPATIENT,
        claim_type=ClaimType.INSTITUTIONAL,
    )
    lines = tuple(
        CodeLine(encounter_id=encounter_id, line=n, system=CodeSystem.ICD10CM, code=f"E11.{n}")
        for n in LINES[encounter_id]
    )
    return Case(encounter=encounter, lines=lines, documents=())


def finding(line: int | None) -> Finding:
    return Finding(
        encounter_id="E1",
        line=line,
        code="E11.2",
        rule="R-1",
        verdict=Verdict.REVIEW,
        category=Category.SPECIFICITY,
        direction=Direction.UNDER,
        owner=Owner.CODER,
        message="too vague",
        citation="somewhere",
        suggested=("E11.21",),
    )


CASES = [case("E2"), case("E1")]
FINDINGS = [finding(2), finding(None)]


def test_the_form_lists_every_line_with_what_the_tool_says_then_the_closing() -> None:
    records = [json.loads(line) for line in export_determinations(CASES, FINDINGS, {}).splitlines()]

    assert [(r["encounter_id"], r.get("line", "closing")) for r in records] == [
        ("E1", 1),
        ("E1", 2),
        ("E1", "closing"),
        ("E2", 1),
        ("E2", "closing"),
    ]
    assert records[0]["decision"] is None
    assert records[0]["submitted"]["code"] == "E11.1"
    assert records[1]["findings"][0]["suggested"] == ["E11.21"]
    assert records[2]["findings"][0]["rule"] == "R-1"
    assert records[2]["complete"] is False


def test_an_untouched_form_decides_nothing() -> None:
    assert parse_determinations(export_determinations(CASES, FINDINGS, {}), "form") == ()


def test_a_form_filled_by_a_reviewer_imports_and_exports_again_the_same() -> None:
    filled = []
    for line in export_determinations(CASES, FINDINGS, {}).splitlines():
        record = json.loads(line)
        filled.append({**record, "complete": True, "omissions_checked": True} if "complete" in record else record)
        if "decision" in record:
            record["decision"] = "agree"
    merged = merge(LINES, {}, parse_determinations("\n".join(map(json.dumps, filled)), "form"))

    again = parse_determinations(export_determinations(CASES, FINDINGS, merged.after), "form")

    assert merge(LINES, merged.after, again) == type(merged)(after=merged.after, imported=5, changed=0)


def test_what_was_decided_in_one_act_and_added_codes_survive_the_round() -> None:
    omitted = Determination(
        encounter_id="E1",
        line=None,
        decision=Decision.DISAGREE,
        category=Category.OMITTED,
        correct=CorrectLine(system=CodeSystem.ICD10CM, code="I10"),
    )
    closed = Closing(encounter_id="E1", complete=True, omissions_checked=True, correct_drg="470")
    before = merge(LINES, {}, [omitted, AgreeRemaining(encounter_id="E1"), closed]).after

    again = merge(LINES, before, parse_determinations(export_determinations(CASES, [], before), "form"))

    assert again.after == before
    assert again.changed == 0
