from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from audit.chart.checks import find
from audit.chart.reader import read_case
from audit.chart.terms import TermTable
from audit.domain.encounter import ClaimType, Patient, Setting

ANN = Patient(patient_id="P1", given_name="Ann", family_name="Example", birth_date=date(1964, 2, 1), sex="F")


@pytest.fixture
def found(terms: TermTable, case: Any, rule: Any) -> Any:
    def run(check: str, *texts: str, parameters: dict[str, Any] | None = None, **said: Any) -> Any:
        one = case(*texts, **said)
        return find([rule(check, **(parameters or {}))], one, read_case(one, terms))

    return run


def test_a_rule_speaks_only_while_it_is_in_force(found: Any) -> None:
    assert found("not_documented", "Assessment: cough", codes=("I10",))[0]
    assert not found("not_documented", "Assessment: cough", codes=("I10",), service_from=date(2026, 6, 2))[0]


def test_codes_and_exceptions_of_the_rule_govern(found: Any) -> None:
    one = {"codes": ("I10", "J18.9")}
    lines = [
        f.code for f in found("not_documented", "Assessment: cough", parameters={"except": ("I00-I99",)}, **one)[0]
    ]
    assert lines == ["J18.9"]
    lines = [f.code for f in found("not_documented", "Assessment: cough", parameters={"codes": ("I10",)}, **one)[0]]
    assert lines == ["I10"]


def test_lines_that_could_not_be_read_are_counted_with_the_reason(found: Any) -> None:
    findings, missed = found("not_documented", "Assessment: cough", codes=("Q99.9", "I10"))
    assert [f.code for f in findings] == ["I10"]
    assert [(m.rule, m.count) for m in missed] == [("DOC900", 1)]


STAY = {"setting": Setting.INPATIENT, "claim_type": ClaimType.INSTITUTIONAL, "service_to": date(2026, 5, 6)}


@pytest.mark.parametrize(
    ("scope", "encounter", "text", "expected"),
    [
        ("outpatient", {}, "Assessment: possible pneumonia", 1),
        ("outpatient", {**STAY, "claim_type": ClaimType.PROFESSIONAL}, "Assessment: possible pneumonia", 1),
        ("outpatient", STAY, "Assessment: possible pneumonia", 0),
        ("inpatient", STAY, "Assessment: possible pneumonia", 1),
        ("inpatient", STAY, "Discharge diagnosis: possible pneumonia", 0),
        ("inpatient", {}, "Assessment: possible pneumonia", 0),
    ],
)
def test_suspected_diagnoses_are_judged_by_claim_and_setting(
    found: Any, scope: str, encounter: dict[str, Any], text: str, expected: int
) -> None:
    findings, _ = found("uncertain_only", text, parameters={"scope": scope}, codes=("J18.9",), **encounter)
    assert len(findings) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Assessment: cough\nElectronically signed by B. Example, MD", 0),
        ("Assessment: cough\n/s/ B. Example", 0),
        ("Assessment: cough", 1),
        ("Assessment: cough\nSigned by: ____", 1),
        ("Assessment: cough\nSignature pending", 1),
        ("Assessment: cough\nThis note has not been signed by the author", 1),
    ],
)
def test_a_document_needs_a_signature(found: Any, text: str, expected: int) -> None:
    assert len(found("unsigned", text, codes=("R05.9",))[0]) == expected


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("Patient: Ann Example\nDOB: 02/01/1964\nHPI: 62-year-old woman", None),
        ("Patient: EXAMPLE, ANN", None),
        ("Patient: Robert Sample", "name"),
        ("Bob Sample is a 62-year-old woman", "name"),
        ("DOB: 1970-05-05", "birth date"),
        ("HPI: A 62-year-old man", "sex"),
        ("HPI: A 35 y/o female", "age"),
        ("Her mother is a 90-year-old woman", None),
        ("This is a 62 year old woman", None),
        ("Patient: denies chest pain", None),
        ("Name: Lisinopril", None),
        ("Mrs. Sample is a 62-year-old woman", "name"),
        ("Mrs. Example is a 62-year-old woman", None),
    ],
)
def test_a_document_of_another_patient(found: Any, text: str, detail: str | None) -> None:
    parameters = {"compare": ("name", "birth_date", "sex", "age")}
    findings, _ = found("other_patient", text, parameters=parameters, codes=("R05.9",), patient=ANN)
    assert [f.message.rpartition(": ")[2] for f in findings] == ([detail] if detail else [])
    assert all("Sample" not in f.message for f in findings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Date of service: 05/04/2026", 0),
        ("DOS: May 5, 2026", 0),
        ("Visit date: 4 March 2026", 1),
        ("The patient was seen on 11/24/2020.", 1),
        ("The patient was last seen on 11/24/2020; next visit on 09/01/2026.", 0),
        ("Date: 2026-13-45", 0),
        ("DOB: 1964-02-01", 0),
    ],
)
def test_a_document_of_another_date(found: Any, text: str, expected: int) -> None:
    assert len(found("other_date", text, parameters={"days": 3}, codes=("R05.9",))[0]) == expected


def test_an_entry_after_billing(terms: TermTable, case: Any, rule: Any) -> None:
    import dataclasses

    one = case("Assessment: cough", codes=("R05.9",), billed_on=date(2026, 5, 8))
    late = dataclasses.replace(one.documents[0], signed_at=datetime(2026, 5, 9, tzinfo=UTC))
    one = dataclasses.replace(one, documents=(late,))
    assert len(find([rule("late_entry")], one, read_case(one, terms))[0]) == 1


def test_a_plain_condition_without_a_code_is_reported_once(found: Any) -> None:
    text = "Assessment:\n1. Hypertension, stable.\n2. Type 2 diabetes, on diet.\n3. Type 2 diabetes teaching done."
    findings, _ = found("omitted", text, codes=("I10",))
    assert [(f.line, f.suggested) for f in findings] == [(None, ("E11.9",))]


@pytest.mark.parametrize(
    "text",
    [
        "Assessment: Hypertension.\nPossible pneumonia.",
        "Assessment: Hypertension.\nFamily history: diabetes",
        "Assessment: Hypertension.\nPast medical history: pneumonia",
    ],
)
def test_what_is_not_plainly_stated_is_not_called_omitted(found: Any, text: str) -> None:
    assert not found("omitted", text, codes=("I10",))[0]


def test_a_part_of_a_coded_combination_is_not_omitted(found: Any) -> None:
    text = "Assessment:\nHypertension.\nHeart failure."
    assert not found("omitted", text, codes=("I11.0", "I50.9"))[0]
