"""A small classification, the lexicon that ships, and a short way to read a made-up note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audit.chart.lexicon import Lexicon, parse_lexicon
from audit.chart.reader import ChartReading, read_case
from audit.chart.terms import TermTable, compile_terms
from audit.domain.classification import Classification, CodeEntry
from audit.domain.codes import CodeSystem
from audit.domain.encounter import Case, ClaimType, CodeLine, Document, Encounter, Patient, Setting
from audit.domain.rule import Authority, Category, Direction, Owner, Rule, Verdict

LEXICON = Path(__file__).resolve().parents[3] / "policies" / "lexicon"
CODES = """
C50|Malignant neoplasm of breast
C50.912|Malignant neoplasm of unspecified site of left female breast
E11|Type 2 diabetes mellitus
E11.22|Type 2 diabetes mellitus with diabetic chronic kidney disease
E11.65|Type 2 diabetes mellitus with hyperglycemia
E11.9|Type 2 diabetes mellitus without complications
I10|Essential (primary) hypertension
I11|Hypertensive heart disease
I11.0|Hypertensive heart disease with heart failure
I48|Atrial fibrillation and flutter
I48.0|Paroxysmal atrial fibrillation
I48.91|Unspecified atrial fibrillation
I50|Heart failure
I50.9|Heart failure, unspecified
I63|Cerebral infarction
I63.9|Cerebral infarction, unspecified
J18|Pneumonia, unspecified organism
J18.9|Pneumonia, unspecified organism
J45|Asthma
J45.40|Moderate persistent asthma, uncomplicated
J45.909|Unspecified asthma, uncomplicated
M25|Other joint disorder, not elsewhere classified
M25.551|Pain in right hip
M25.552|Pain in left hip
M25.561|Pain in right knee
M25.562|Pain in left knee
M25.569|Pain in unspecified knee
N18|Chronic kidney disease (CKD)
N18.2|Chronic kidney disease, stage 2 (mild)
N18.4|Chronic kidney disease, stage 4 (severe)
N18.9|Chronic kidney disease, unspecified
R05|Cough
R05.9|Cough, unspecified
S61|Open wound of wrist, hand and fingers
S61.411|Laceration without foreign body of right hand
S61.412|Laceration without foreign body of left hand
S61.421|Laceration with foreign body of right hand
S72|Fracture of femur
S72.301|Unspecified fracture of shaft of right femur
S72.302|Unspecified fracture of shaft of left femur
Z68|Body mass index [BMI]
Z68.34|Body mass index [BMI] 34.0-34.9, adult
Z68.41|Body mass index [BMI] 40.0-44.9, adult
Z79|Long term (current) drug therapy
Z79.84|Long term (current) use of oral hypoglycemic drugs
Z80|Family history of primary malignant neoplasm
Z80.3|Family history of malignant neoplasm of breast
Z85|Personal history of malignant neoplasm
Z85.3|Personal history of malignant neoplasm of breast
"""


def classification() -> Classification:
    rows = [line.split("|") for line in CODES.strip().splitlines()]
    names = [code for code, _ in rows]
    entries = tuple(
        CodeEntry(
            code=code,
            description=text,
            parent=None if len(code) == 3 else code[:3],
            billable=not any(other.startswith(code) and other != code for other in names),
        )
        for code, text in rows
    )
    return Classification(
        edition="test", digest="0" * 64, in_force_from=date(2026, 4, 1), in_force_to=date(2026, 9, 30), entries=entries
    )


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return parse_lexicon({str(p.relative_to(LEXICON)): p.read_text("utf-8") for p in LEXICON.rglob("*.txt")})


@pytest.fixture(scope="session")
def terms(lexicon: Lexicon) -> TermTable:
    return compile_terms(classification(), lexicon)


def make_case(*texts: str, codes: tuple[str, ...] = (), patient: Patient | None = None, **encounter: Any) -> Case:
    fields: dict[str, Any] = {
        "encounter_id": "E1",
        "patient_id": "P1",
        "service_from": date(2026, 5, 4),
        "setting": Setting.PROFESSIONAL,
        "claim_type": ClaimType.PROFESSIONAL,
        **encounter,
    }
    lines = tuple(
        CodeLine(encounter_id="E1", line=number, system=CodeSystem.ICD10CM, code=code)
        for number, code in enumerate(codes, start=1)
    )
    documents = tuple(
        Document(encounter_id="E1", document_id=f"D{number}", kind="progress_note", text=text)
        for number, text in enumerate(texts, start=1)
    )
    return Case(encounter=Encounter(**fields), lines=lines, documents=documents, patient=patient)


@pytest.fixture(scope="session")
def case() -> Callable[..., Case]:
    return make_case


@pytest.fixture(scope="session")
def read(terms: TermTable) -> Callable[..., ChartReading]:
    return lambda *texts, **said: read_case(make_case(*texts, **said), terms)


@pytest.fixture(scope="session")
def rule() -> Callable[..., Rule]:
    def made(check: str, **parameters: Any) -> Rule:
        return Rule(
            id="DOC900",
            name="test",
            summary="said of the test",
            authority=(Authority(cite="test", edition="1", url="https://example.org"),),
            in_force_from=date(2026, 5, 1),
            in_force_to=date(2026, 5, 31),
            verdict=Verdict.REVIEW,
            category=Category.UNSUPPORTED,
            direction=Direction.OVER,
            owner=Owner.CODER,
            check=check,
            parameters=parameters,
            not_covered="",
            examples=(),
            pack="test",
            edition="1",
        )

    return made
