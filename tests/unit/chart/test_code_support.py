from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.chart.reader import ChartReading

Read = Callable[..., ChartReading]

SUPPORTED = [
    ("E11.9", "Assessment: T2DM, stable."),
    ("I10", "A/P:\n1. HTN - at goal"),
    ("I10", "PLAN\nHigh blood pressure is well controlled."),
    ("J18.9", "Impression: Pneumonia of the right lower lobe"),
    ("N18.4", "Assessment: CKD stage 4"),
    ("N18.4", "Assessment: CKD4, stable"),
    ("N18.4", "Assessment: stage IV chronic kidney disease"),
    ("M25.561", "Assessment: Pain of the right knee."),
    ("M25.552", "Assessment: left knee and hip pain"),
    ("J45.40", "Assessment: Asthma, moderate persistent."),
    ("I11.0", "Assessment:\nHypertension.\nCongestive heart failure, on furosemide."),
    ("E11.22", "Assessment:\nType 2 diabetes.\nChronic kidney disease."),
    ("Z79.84", "Medications: metformin 500 mg twice daily"),
    ("Z85.3", "Past medical history: Breast cancer in 2011, mastectomy"),
    ("Z80.3", "Family history: mother with breast cancer"),
    ("S72.301A", "Assessment: fracture of the right femoral shaft"),
    ("S61.411A", "Assessment: Laceration without foreign body of right hand"),
    ("Z68.34", "Vitals: BMI 34.2 kg/m2"),
    ("Z68.41", "Body mass index is 41"),
    ("I10", "Assessment: No chest pain; hypertension remains controlled"),
]


@pytest.mark.parametrize(("code", "text"), SUPPORTED)
def test_a_documented_code_is_supported_and_its_words_are_shown(read: Read, code: str, text: str) -> None:
    reading = read(text, codes=(code,))
    line = reading.lines[0]
    assert line.support == "supported"
    assert line.category_support == "supported"
    assert line.spans
    assert all(text[span.start : span.end].strip() for span in line.spans)


OTHERWISE = [
    ("J18.9", "Results: No evidence of pneumonia.", "contradicted", "negated"),
    ("J18.9", "HPI: denies fever, cough or pneumonia", "contradicted", "negated"),
    ("J18.9", "Assessment: Pneumonia was ruled out", "contradicted", "negated"),
    ("J18.9", "Assessment: Possible pneumonia", "supported", "uncertain"),
    ("J18.9", "Assessment: pneumonia versus bronchitis", "supported", "uncertain"),
    ("C50.912", "Family history: sister had left breast cancer", "not_found", "family"),
    ("C50.912", "Assessment: history of left breast cancer", "not_found", "history"),
    ("I63.9", "Past medical history: stroke in 2018", "not_found", "history"),
    ("J18.9", "Patient instructions: return for signs of pneumonia", "not_found", "hypothetical"),
    ("M25.561", "Assessment: left knee pain", "contradicted", "side"),
    ("M25.561", "Assessment: knee pain", "not_found", "detail"),
    ("N18.4", "Assessment: chronic kidney disease stage 2", "contradicted", "attribute"),
    ("J45.40", "Assessment: asthma", "not_found", "detail"),
    ("M25.569", "Assessment: left knee pain", "supported", "richer"),
    ("I48.91", "Assessment: paroxysmal atrial fibrillation. HPI: atrial fibrillation", "supported", "richer"),
    ("Z68.41", "Vitals: BMI: 34.2", "contradicted", "attribute"),
    ("J18.9", "Assessment: sprained ankle", "not_found", "nothing"),
    ("Q99.9", "Assessment: sprained ankle", "not_assessed", "not_in_edition"),
]


@pytest.mark.parametrize(("code", "text", "support", "reason"), OTHERWISE)
def test_what_the_words_limit_is_said_with_its_reason(
    read: Read, code: str, text: str, support: str, reason: str
) -> None:
    reading = read(text, codes=(code,))
    assert reading.lines[0].support == support
    assert reading.decisions[1].reason == reason


def test_a_statement_outweighs_a_denial_elsewhere(read: Read) -> None:
    reading = read("HPI: no pneumonia last year\nAssessment: pneumonia", codes=("J18.9",))
    assert reading.lines[0].support == "supported"


def test_the_other_side_is_suggested(read: Read) -> None:
    assert read("Assessment: left knee pain", codes=("M25.561",)).lines[0].suggested == ("M25.562",)


def test_the_history_code_is_suggested_for_a_past_condition(read: Read) -> None:
    assert read("Assessment: history of left breast cancer", codes=("C50.912",)).lines[0].suggested == ("Z85.3",)


def test_no_document_and_a_date_outside_the_edition_are_not_assessed(read: Read) -> None:
    from datetime import date

    assert read("  ", codes=("I10",)).lines[0].support == "not_assessed"
    late = read("Assessment: hypertension", codes=("I10",), service_from=date(2027, 1, 4))
    assert late.lines[0].support == "not_assessed"


def test_every_document_is_read(read: Read) -> None:
    reading = read("Assessment: cough", "Assessment: hypertension", codes=("I10",))
    assert [span.document_id for span in reading.lines[0].spans] == ["D2"]
