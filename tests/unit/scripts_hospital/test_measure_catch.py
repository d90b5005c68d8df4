"""Laying findings to plants, on findings written by hand."""

from __future__ import annotations

from typing import Any

import pytest

ENCOUNTER = "E1"


def code(line: int, text: str) -> dict[str, str]:
    return {"encounter_id": ENCOUNTER, "line": str(line), "system": "ICD10CM", "code": text}


def plant(line: str, category: str, by: str = "note", correct: str = "") -> dict[str, str]:
    return {
        "encounter_id": ENCOUNTER,
        "line": line,
        "category": category,
        "decidable_by": by,
        "submitted": "",
        "correct": correct,
    }


def finding(line: int | None, category: str, verdict: str = "review", suggested: list[str] | None = None) -> Any:
    return {
        "encounter_id": ENCOUNTER,
        "line": line,
        "code": "",
        "rule": "r",
        "category": category,
        "verdict": verdict,
        "suggested": suggested or [],
    }


def compare(key: list[dict[str, str]], *findings: Any) -> dict[str, Any]:
    from measure_catch import Audited
    from measure_catch import compare as laid

    codes = [code(number, f"I1{number}") for number in range(1, 5)]
    figures: dict[str, Any] = laid(Audited(codes=codes, key=key, findings=findings))
    return figures


@pytest.mark.parametrize(
    ("found", "share"),
    [
        (finding(2, "poa", "error"), 1.0),
        (finding(2, "poa", "review"), 0.0),
        (finding(2, "unsupported", "error"), 0.0),
        (finding(3, "poa", "error"), 0.0),
    ],
)
def test_what_data_decide_is_caught_only_by_an_error_of_that_name_on_that_line(found: Any, share: float) -> None:
    assert compare([plant("2", "poa", "data")], found)["figures"]["planted.error"] == share


@pytest.mark.parametrize(
    ("found", "share"),
    [
        (finding(2, "unsupported"), 1.0),
        (finding(2, "contradicted", "error"), 1.0),
        (finding(2, "contradicted", "advisory"), 0.0),
        (finding(None, "contradicted"), 0.0),
    ],
)
def test_what_the_note_decides_is_caught_by_any_doubt_on_that_line(found: Any, share: float) -> None:
    assert compare([plant("2", "contradicted")], found)["figures"]["planted.review"] == share


@pytest.mark.parametrize(("suggested", "share"), [(["E78.2"], 1.0), (["E78.5"], 1.0), (["I10"], 0.0)])
def test_an_omitted_code_is_caught_by_a_suggestion_of_its_category(suggested: list[str], share: float) -> None:
    found = finding(None, "omitted", suggested=suggested)
    assert compare([plant("", "omitted", correct="E78.2")], found)["figures"]["planted.review"] == share


def test_a_fault_of_the_record_is_caught_by_its_own_category_only() -> None:
    assert compare([plant("", "identity")], finding(None, "identity"))["figures"]["planted.review"] == 1
    assert compare([plant("", "identity")], finding(None, "date"))["figures"]["planted.review"] == 0


def test_an_excluded_pair_found_on_its_clean_partner_is_caught_and_blames_nobody() -> None:
    measured = compare([plant("3", "excludes")], finding(1, "excludes"))
    assert measured["figures"]["planted.review"] == 1
    assert measured["figures"]["clean.review"] == 0


def test_a_clean_line_is_troubled_once_however_many_findings_it_has() -> None:
    measured = compare([plant("3", "specificity")], finding(1, "unsupported"), finding(1, "specificity"))
    assert measured["figures"]["clean.review"] == pytest.approx(1 / 3)
    assert measured["figures"]["clean.error"] == 0
    assert len(measured["falsely_raised"]) == 2


def test_findings_of_the_encounter_and_advice_trouble_no_clean_line() -> None:
    measured = compare([], finding(None, "omitted"), finding(1, "specificity", "advisory"))
    assert measured["figures"]["clean.review"] == 0


def test_an_omission_nobody_made_is_listed_apart() -> None:
    plants = [plant("2", "specificity", correct="N18.4")]
    idle = finding(None, "omitted", suggested=["I10"])
    explained = finding(None, "omitted", suggested=["N18.30"])
    assert compare(plants, idle, explained)["lines"][-1].split() == ["1", "review", "r", "omitted"]


def test_the_table_tells_caught_from_caught_under_its_own_name() -> None:
    measured = compare([plant("2", "contradicted"), plant("4", "contradicted")], finding(2, "unsupported"))
    assert measured["categories"] == [
        {"decidable_by": "note", "category": "contradicted", "planted": 2, "caught": 1, "in_category": 0}
    ]
    assert [row["line"] for row in measured["missed"]] == ["4"]
