"""The canonical tables column by column: what each is called, what it holds, what may stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from audit.domain.codes import CodeSystem
from audit.domain.encounter import ClaimType, CodeRole, Setting


class Holds(StrEnum):
    """What a column holds, and with it how its text is checked and typed."""

    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    MODIFIERS = "modifiers"
    POINTERS = "pointers"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``values`` lists what may stand in it; empty means anything of its kind."""

    name: str
    holds: Holds = Holds.TEXT
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One canonical table. ``key`` names a row once; of ``either`` at least one must be in the header."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    either: tuple[str, ...] = ()
    long_text: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in canonical order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that must be in the header and filled in every row."""
        return tuple(column.name for column in self.columns if column.required)


def quoted_name(name: str) -> str:
    """Return a column's name as SQL writes it, whatever characters a user's header has."""
    return '"' + name.replace('"', '""') + '"'


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


ENCOUNTERS = Table(
    name="encounters",
    key=("encounter_id",),
    columns=(
        Column("encounter_id", required=True),
        Column("patient_id", required=True),
        Column("service_from", Holds.DATE, required=True),
        Column("service_to", Holds.DATE),
        Column("setting", required=True, values=tuple(Setting)),
        Column("place_of_service"),
        Column("claim_id"),
        Column("claim_type", values=tuple(ClaimType)),
        Column("bill_type"),
        Column("payer"),
        Column("payer_type", values=("medicare", "medicaid", "medicare_advantage", "commercial", "other")),
        *_texts("provider_id", "provider_specialty", "coder_id"),
        Column("coded_on", Holds.DATE),
        Column("billed_on", Holds.DATE),
        *_texts("discharge_disposition", "drg"),
        Column("paid_amount", Holds.MONEY),
        Column("restricted", values=("part2", "psychotherapy", "other")),
    ),
)
CODES = Table(
    name="codes",
    key=("encounter_id", "line"),
    columns=(
        Column("encounter_id", required=True),
        Column("line", Holds.WHOLE, required=True),
        Column("system", required=True, values=tuple(CodeSystem)),
        Column("code", required=True),
        Column("sequence", Holds.WHOLE),
        Column("role", values=tuple(CodeRole)),
        Column("poa"),
        Column("modifiers", Holds.MODIFIERS),
        Column("units", Holds.NUMBER),
        Column("dx_pointers", Holds.POINTERS),
        Column("service_date", Holds.DATE),
        *_texts("claim_id", "rendering_provider_id", "place_of_service", "revenue_code"),
        Column("charge", Holds.MONEY),
        Column("allowed", Holds.MONEY),
        Column("paid", Holds.MONEY),
    ),
)
DOCUMENTS = Table(
    name="documents",
    key=("encounter_id", "document_id"),
    either=("text", "path"),
    long_text=True,
    columns=(
        Column("encounter_id", required=True),
        Column("document_id", required=True),
        Column("kind", required=True),
        *_texts("author", "author_credential"),
        Column("authored_at", Holds.MOMENT),
        Column("signed_at", Holds.MOMENT),
        *_texts("text", "path", "source_path", "media_type"),
        Column("pages", Holds.WHOLE),
    ),
)
PATIENTS = Table(
    name="patients",
    key=("patient_id",),
    columns=(
        Column("patient_id", required=True),
        *_texts("given_name", "family_name"),
        Column("birth_date", Holds.DATE),
        *_texts("sex", "street", "city", "state", "zip", "phone", "email", "mrn", "ssn", "health_plan_id"),
        Column("account_number"),
    ),
)
CODERS = Table(
    name="coders",
    key=("coder_id",),
    columns=(Column("coder_id", required=True), *_texts("name", "team", "user")),
)
PROVIDERS = Table(
    name="providers",
    key=("provider_id",),
    columns=(Column("provider_id", required=True), *_texts("npi", "name", "specialty", "group_id")),
)

REQUIRED_TABLES = (ENCOUNTERS, CODES, DOCUMENTS, PATIENTS)
TABLES: dict[str, Table] = {t.name: t for t in (*REQUIRED_TABLES, CODERS, PROVIDERS)}
