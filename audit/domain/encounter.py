"""What was coded: the encounter, its code lines, its documents, its patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from audit.domain.codes import CodeSystem

UNASSIGNED = "unassigned"
"""The coder of an encounter whose table names none: counted, never judged."""


class Setting(StrEnum):
    """Where the encounter took place."""

    PROFESSIONAL = "professional"
    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"
    EMERGENCY = "emergency"
    SKILLED_NURSING = "skilled_nursing"
    HOME_HEALTH = "home_health"
    OTHER = "other"


class ClaimType(StrEnum):
    """Which claim form billed the encounter."""

    PROFESSIONAL = "professional"
    INSTITUTIONAL = "institutional"
    DME = "dme"


class CodeRole(StrEnum):
    """The part a code plays on its encounter."""

    PRINCIPAL = "principal"
    SECONDARY = "secondary"
    ADMITTING = "admitting"
    PROCEDURE = "procedure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounter:
    """One coded encounter; empty strings and None stand for what the table does not say."""

    encounter_id: str
    patient_id: str
    service_from: date
    setting: Setting
    claim_type: ClaimType
    service_to: date | None = None
    place_of_service: str = ""
    claim_id: str = ""
    bill_type: str = ""
    payer: str = ""
    payer_type: str = ""
    provider_id: str = ""
    provider_specialty: str = ""
    coder_id: str = UNASSIGNED
    coded_on: date | None = None
    billed_on: date | None = None
    discharge_disposition: str = ""
    drg: str = ""
    paid_amount: Decimal | None = None
    restricted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """One code on one encounter: ``code`` normalised (``normalise_code``), ``line`` unique in the encounter."""

    encounter_id: str
    line: int
    system: CodeSystem
    code: str
    sequence: int | None = None
    role: CodeRole | None = None
    poa: str = ""
    modifiers: tuple[str, ...] = ()
    units: Decimal | None = None
    dx_pointers: tuple[int, ...] = ()
    service_date: date | None = None
    claim_id: str = ""
    rendering_provider_id: str = ""
    place_of_service: str = ""
    revenue_code: str = ""
    charge: Decimal | None = None
    allowed: Decimal | None = None
    paid: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of an encounter; ``text`` is the whole stored text, to which every span's offsets refer."""

    encounter_id: str
    document_id: str
    kind: str
    text: str
    author: str = ""
    author_credential: str = ""
    authored_at: datetime | None = None
    signed_at: datetime | None = None
    source_path: str = ""
    media_type: str = ""
    pages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The structured record of one patient; ``other`` holds columns that the plan maps to an identifier type."""

    patient_id: str
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    email: str = ""
    mrn: str = ""
    ssn: str = ""
    health_plan_id: str = ""
    account_number: str = ""
    other: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything the audit knows of one sampled encounter. Lines are in line order, documents in id order."""

    encounter: Encounter
    lines: tuple[CodeLine, ...]
    documents: tuple[Document, ...]
    patient: Patient | None = None

    @property
    def missing_record(self) -> bool:
        """Whether no document with any text belongs to the encounter."""
        return not any(document.text.strip() for document in self.documents)
