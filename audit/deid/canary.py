"""Canaries: patients who exist nowhere, with a value in every field that no text holds by chance.

They are sent through the same columns, finders and transformation as an export. A value that comes out shows a path by
which a patient's would: a column classified wrongly, a form the finders miss. Drawn afresh for every export.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from audit.deid.identifiers import IdentifierType
from audit.domain.codes import CodeSystem
from audit.domain.encounter import Case, ClaimType, CodeLine, Document, Encounter, Patient, Setting
from audit.domain.finding import Finding
from audit.domain.rule import Category, Direction, Owner, Verdict
from audit.domain.summary import AuditedCase

COUNT = 3
_ALWAYS = ("given_name", "family_name", "street", "phone", "email", "mrn", "ssn", "health_plan_id", "account_number")
_NEVER_LIMITED = ("city", "zip", "birth_date")
_NOTE = """Patient: {family_name}, {given_name}
MRN: {mrn}   SSN: {ssn}
{given_name} {family_name} of {street}, {city}, OH {zip} was born on {birth_date} and seen by Dr. {author}.
Call {phone} or write to {email}. Plan {health_plan_id}, account {account_number}. {upper} AND {lower} agree.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One made-up case and the values of it, by field, that may not come out."""

    audited: AuditedCase
    values: dict[str, str]

    def met_in(self, text: str, *, limited: bool) -> list[str]:
        """Return the fields whose value stands in ``text`` in any case."""
        low = text.lower()
        excused = _NEVER_LIMITED if limited else ()
        return [name for name, value in self.values.items() if name not in excused and value.lower() in low]


def draw_canaries() -> tuple[Canary, ...]:
    """Return fresh canaries."""
    return tuple(_canary() for _ in range(COUNT))


def canary_types(fields: Sequence[str]) -> dict[str, IdentifierType]:
    """Return the type of each field of a canary that was met, for the error and the report."""
    kinds = {"birth_date": IdentifierType.DATE, "phone": IdentifierType.PHONE, "email": IdentifierType.EMAIL}
    kinds |= {"mrn": IdentifierType.MRN, "ssn": IdentifierType.SSN, "zip": IdentifierType.ZIP}
    kinds |= dict.fromkeys(("street", "city"), IdentifierType.LOCATION)
    kinds |= {"health_plan_id": IdentifierType.HEALTH_PLAN, "account_number": IdentifierType.ACCOUNT}
    kinds |= dict.fromkeys(("given_name", "family_name", "author"), IdentifierType.NAME)
    return {name: kinds.get(name, IdentifierType.OTHER_ID) for name in fields}


def _values() -> dict[str, str]:
    makers: dict[str, Callable[[], str]] = {
        **dict.fromkeys(("given_name", "family_name", "author", "city"), _word),
        **dict.fromkeys(("patient_id", "encounter_id", "claim_id", "document_id", "provider_id", "coder_id"), _id),
        **dict.fromkeys(("mrn", "account_number"), lambda: _digits(9)),
        "street": lambda: f"{_digits(4)} {_word()} Street",
        "zip": lambda: f"43{_digits(3)}",
        "phone": lambda: f"614-{_digits(3)}-{_digits(4)}",
        "email": lambda: f"{_word().lower()}@{_word().lower()}.example",
        "ssn": lambda: f"9{_digits(2)}-{_digits(2)}-{_digits(4)}",
        "health_plan_id": lambda: f"HP{_digits(8)}",
        "birth_date": lambda: date(1941 + secrets.randbelow(60), 1 + secrets.randbelow(12), 13).isoformat(),
    }
    return {name: make() for name, make in makers.items()}


def _canary() -> Canary:
    values = _values()
    family = values["family_name"]
    note = _NOTE.format(**values, upper=family.upper(), lower=family.lower())
    plain: dict[str, Any] = {name: values[name] for name in (*_ALWAYS, "city", "zip")}
    patient = Patient(
        patient_id=values["patient_id"],
        birth_date=date.fromisoformat(values["birth_date"]),
        sex="F",
        state="OH",
        **plain,
    )
    case = Case(
        encounter=_encounter(values), lines=(_line(values),), documents=(_document(values, note),), patient=patient
    )
    return Canary(
        audited=AuditedCase(case=case, readings=(), findings=(_finding(values),), determinations=None), values=values
    )


def _encounter(values: dict[str, str]) -> Encounter:
    return Encounter(
        encounter_id=values["encounter_id"],
        patient_id=values["patient_id"],
        service_from=date(2026, 5, 6),
        setting=Setting.PROFESSIONAL,
        claim_type=ClaimType.PROFESSIONAL,
        claim_id=values["claim_id"],
        provider_id=values["provider_id"],
        coder_id=values["coder_id"],
    )


def _line(values: dict[str, str]) -> CodeLine:
    return CodeLine(
        encounter_id=values["encounter_id"],
        line=1,
        system=CodeSystem.ICD10CM,
        code="E11.9",
        claim_id=values["claim_id"],
        rendering_provider_id=values["provider_id"],
    )


def _document(values: dict[str, str], note: str) -> Document:
    return Document(
        encounter_id=values["encounter_id"],
        document_id=values["document_id"],
        kind="progress_note",
        text=note,
        author=values["author"],
        signed_at=datetime(2026, 5, 6, 9, 30, tzinfo=UTC),
        source_path=f"/charts/{values['family_name']}.txt",
    )


def _finding(values: dict[str, str]) -> Finding:
    return Finding(
        encounter_id=values["encounter_id"],
        line=1,
        code="E11.9",
        rule="canary",
        verdict=Verdict.REVIEW,
        category=Category.UNSUPPORTED,
        direction=Direction.OVER,
        owner=Owner.CODER,
        message=f"the note of {values['given_name']} {values['family_name']} is by Dr. {values['author']}",
        citation="",
        spans=(),
    )


def _word() -> str:
    """Return a capitalised word of ten random letters that is pronounceable enough to pass for a name."""
    return "".join(secrets.choice(kind) for kind in ("bdgklmnprstvz", "aeiou") * 5).capitalize()


def _digits(count: int) -> str:
    return "".join(secrets.choice("123456789") for _ in range(count))


def _id() -> str:
    return "".join(secrets.choice(string.ascii_uppercase) for _ in range(3)) + _digits(7)
