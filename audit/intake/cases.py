"""Sampled encounters as values, read from the typed tables; only what was drawn ever leaves the population."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from audit.domain.codes import CodeSystem
from audit.domain.encounter import Case, ClaimType, CodeLine, CodeRole, Document, Encounter, Patient, Setting
from audit.domain.ports import Database
from audit.errors import InputError
from audit.intake.columns import CODES, DOCUMENTS, ENCOUNTERS, PATIENTS, Table, quoted_name

_SAMPLED = "SELECT encounter_id FROM sampled"


class DocumentChangedError(InputError):
    """A document named by path was readable text when the tables were checked, and is not any more."""


def read_cases(database: Database, folder: Path, *, mapped: Sequence[str] = ()) -> tuple[Case, ...]:
    """Return the sampled encounters in id order. ``folder``: the one document paths are relative to.

    Raises DocumentChangedError for a document file.
    """
    encounters = _records(database, ENCOUNTERS, f"encounter_id IN ({_SAMPLED}) ORDER BY encounter_id")
    codes = _grouped(_records(database, CODES, f"encounter_id IN ({_SAMPLED}) ORDER BY encounter_id, line"))
    documents = _grouped(
        _records(database, DOCUMENTS, f"encounter_id IN ({_SAMPLED}) ORDER BY encounter_id, document_id")
    )
    patients = {p.patient_id: p for p in _patients(database, mapped)}
    return tuple(
        Case(
            encounter=_encounter(record),
            lines=tuple(_line(c) for c in codes[record["encounter_id"]]),
            documents=tuple(_document(d, folder) for d in documents[record["encounter_id"]]),
            patient=patients.get(record["patient_id"]),
        )
        for record in encounters
    )


def _records(database: Database, table: Table, condition: str, extra: Sequence[str] = ()) -> list[dict[str, Any]]:
    names = (*table.names, *extra)
    columns = ", ".join(quoted_name(name) for name in names)
    rows = database.rows(f"SELECT {columns} FROM {table.name} WHERE {condition}")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _grouped(records: Sequence[dict[str, Any]]) -> Mapping[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        groups[record["encounter_id"]].append(record)
    return groups


def _patients(database: Database, mapped: Sequence[str]) -> list[Patient]:
    chosen = f"patient_id IN (SELECT patient_id FROM encounters WHERE encounter_id IN ({_SAMPLED}))"
    records = _records(database, PATIENTS, chosen, mapped)
    others = [{name: record.pop(name) or "" for name in mapped} for record in records]
    return [Patient(**record, other=other) for record, other in zip(records, others, strict=True)]


def _encounter(record: dict[str, Any]) -> Encounter:
    fields = {**record, "setting": Setting(record["setting"]), "claim_type": ClaimType(record["claim_type"])}
    return Encounter(**fields)


def _line(record: dict[str, Any]) -> CodeLine:
    fields = {
        **record,
        "system": CodeSystem(record["system"]),
        "role": CodeRole(record["role"]) if record["role"] else None,
        "modifiers": tuple(record["modifiers"]),
        "dx_pointers": tuple(record["dx_pointers"]),
    }
    return CodeLine(**fields)


def _document(record: dict[str, Any], folder: Path) -> Document:
    path = record.pop("path")
    text = record.pop("text") or ""
    if path and not text:
        text = _text_of(folder, path)
    return Document(**record, text=text)


def _text_of(folder: Path, path: str) -> str:
    """Read a document that ``check_document_files`` has found readable; its name may be a patient's and is not said."""
    try:
        return (folder / path).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentChangedError(
            "documents, path: a named file changed while the audit ran", hint="run it again"
        ) from error
