from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from audit.domain.codes import CodeSystem
from audit.domain.determination import AgreeRemaining, Closing, CorrectLine, Decision, Determination
from audit.domain.rule import Category, Direction, Owner
from audit.review.fields import BadValueError, DeterminationError, MissingFieldError, UnknownKeyError, WrongTypeError
from audit.review.jsonl import NotJsonLineError, parse_determinations

AGREE = {"encounter_id": "E1", "line": 1, "decision": "agree"}


def line(**changes: Any) -> str:
    return json.dumps({**AGREE, **changes})


def test_each_form_of_a_line_is_read() -> None:
    correct = {"system": "ICD10CM", "code": "e119", "modifiers": ["25"], "units": "2", "sequence": 1, "poa": "Y"}
    text = "\n".join(
        [
            line(),
            "",
            line(
                line=2,
                decision="disagree",
                category="specificity",
                direction="under",
                owner="coder",
                correct=correct,
                correct_paid="12.34",
                note="see plan",
            ),
            line(line=None, decision="disagree", category="omitted", correct={"system": "HCPCS", "code": "g0101"}),
            json.dumps({"encounter_id": "E1", "agree_remaining": True}),
            json.dumps({"encounter_id": "E1", "complete": True, "omissions_checked": True, "correct_drg": None}),
        ]
    )

    assert parse_determinations(text, "file.jsonl") == (
        Determination(encounter_id="E1", line=1, decision=Decision.AGREE),
        Determination(
            encounter_id="E1",
            line=2,
            decision=Decision.DISAGREE,
            category=Category.SPECIFICITY,
            direction=Direction.UNDER,
            owner=Owner.CODER,
            correct=CorrectLine(
                system=CodeSystem.ICD10CM, code="E11.9", modifiers=("25",), units=Decimal(2), sequence=1, poa="Y"
            ),
            correct_paid=Decimal("12.34"),
            note="see plan",
        ),
        Determination(
            encounter_id="E1",
            line=None,
            decision=Decision.DISAGREE,
            category=Category.OMITTED,
            correct=CorrectLine(system=CodeSystem.HCPCS, code="G0101"),
        ),
        AgreeRemaining(encounter_id="E1"),
        Closing(encounter_id="E1", complete=True, omissions_checked=True),
    )


def test_a_windows_file_with_a_mark_at_its_start_is_read() -> None:
    assert len(parse_determinations("\ufeff" + line() + "\r\n\r\n" + line(line=2) + "\r\n", "f")) == 2


def test_undecided_lines_of_the_form_are_passed_over() -> None:
    empty = line(decision=None, category=None, correct=None, note="", submitted={"code": "E11.9"}, findings=[])
    closing = json.dumps({"encounter_id": "E1", "complete": False, "omissions_checked": False, "correct_drg": None})

    assert parse_determinations(f"{empty}\n{closing}\n", "f") == ()


@pytest.mark.parametrize(
    ("text", "error", "field"),
    [
        ("{", NotJsonLineError, ""),
        ("[]", NotJsonLineError, ""),
        ('{"encounter_id": "E1", "encounter_id": "E1", "line": 1, "decision": "agree"}', NotJsonLineError, ""),
        ('{"encounter_id": "E1", "line": NaN, "decision": "agree"}', NotJsonLineError, ""),
        (line(severity="SECRET"), UnknownKeyError, "severity"),
        (line(**{"SECRET Smith": 1}), UnknownKeyError, "unprintable"),
        (line(correct={"system": "CPT", "code": "X0001", "why": "SECRET"}), UnknownKeyError, "correct.why"),
        ('{"encounter_id": "SECRET", "line": 1}', MissingFieldError, "decision"),
        ('{"encounter_id": "SECRET", "decision": "agree"}', MissingFieldError, "line"),
        ('{"line": 1, "decision": "agree"}', MissingFieldError, "encounter_id"),
        ('{"encounter_id": "SECRET", "complete": true}', MissingFieldError, "omissions_checked"),
        (line(correct={"system": "CPT"}), MissingFieldError, "correct.code"),
        (line(decision=None, category="omitted"), MissingFieldError, "decision"),
        (line(decision="SECRET"), BadValueError, "decision"),
        (line(category="SECRET"), BadValueError, "category"),
        (line(correct={"system": "SECRET", "code": "x"}), BadValueError, "correct.system"),
        (line(correct={"system": "CPT", "code": " "}), BadValueError, "correct.code"),
        (line(correct_paid="SECRET"), BadValueError, "correct_paid"),
        (line(correct_paid="-1"), BadValueError, "correct_paid"),
        (line(correct_paid="NaN"), BadValueError, "correct_paid"),
        (line(encounter_id=""), BadValueError, "encounter_id"),
        (line(note="SECRET\ud800"), BadValueError, "note"),
        ('{"encounter_id": "SECRET", "agree_remaining": false}', BadValueError, "agree_remaining"),
        (line(line="SECRET"), WrongTypeError, "line"),
        (line(line=True), WrongTypeError, "line"),
        (line(line=1.0), WrongTypeError, "line"),
        (line(encounter_id=7), WrongTypeError, "encounter_id"),
        (line(correct="SECRET"), WrongTypeError, "correct"),
        (line(correct={"system": "CPT", "code": "X1", "modifiers": "25"}), WrongTypeError, "correct.modifiers"),
        ('{"encounter_id": "E1", "complete": "yes", "omissions_checked": true}', WrongTypeError, "complete"),
    ],
)
def test_a_bad_line_is_refused_naming_line_and_field_but_no_value(
    text: str, error: type[DeterminationError], field: str
) -> None:
    with pytest.raises(error) as caught:
        parse_determinations(f"{line()}\n\n{text}\n", "file.jsonl")

    assert caught.value.message.startswith("file.jsonl: line 3:")
    assert field in caught.value.message
    assert "SECRET" not in caught.value.message + caught.value.hint
    assert caught.value.hint
