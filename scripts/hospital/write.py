"""The files of the hospital: canonical tables, plan, key, truth of the coders, and made-up edit tables."""

from __future__ import annotations

import csv
import dataclasses
import random
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from hospital.clinic import FIRST_DAY, LAST_DAY
from hospital.encounter import DIAGNOSIS, INPATIENT_PROCEDURE, Encounter, Line
from hospital.library import Library
from hospital.note import Written
from hospital.people import SPECIALTIES, Person, Provider
from hospital.plant import CoderTruth

_NOTICE = "Made-up edits on made-up codes for testing; not the CMS file and without any CPT content"
_PTP_HEADER = (
    "Column 1",
    "Column 2",
    "* = in existence prior to 1996",
    "Effective Date",
    "Deletion Date *=no data",
    "Modifier 0=not allowed 1=allowed 9=not applicable",
    "PTP Edit Rationale",
)


_EDIT_FILES = {
    "ncci-ptp-practitioner": "txt",
    "ncci-ptp-hospital": "txt",
    "mue-practitioner": "csv",
    "mue-hospital": "csv",
}


def write_table(path: Path, header: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one CSV file; columns a row lacks stay empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_encounters(folder: Path, encounters: list[Encounter], rng: random.Random) -> None:
    """Write ``encounters.csv`` and ``codes.csv``; what a line was paid adds up to what the encounter was paid."""
    heads, lines = [], []
    for encounter in encounters:
        own = [_code_row(encounter, line, rng) for line in sorted(encounter.lines, key=lambda line: line.line)]
        lines += own
        heads.append(_encounter_row(encounter, sum(float(row.get("paid") or 0) for row in own), rng))
    write_table(folder / "encounters.csv", tuple(heads[0]), heads)
    write_table(folder / "codes.csv", tuple(lines[0]), lines)


def _encounter_row(encounter: Encounter, paid: float, rng: random.Random) -> dict[str, Any]:
    professional = encounter.setting == "professional"
    inpatient = encounter.setting == "inpatient"
    coded = encounter.service_to + timedelta(days=rng.randint(1, 6))
    return {
        "encounter_id": encounter.encounter_id,
        "patient_id": encounter.patient.patient_id,
        "service_from": encounter.service_from.isoformat(),
        "service_to": encounter.service_to.isoformat(),
        "setting": encounter.setting,
        "place_of_service": "11" if professional else "",
        "claim_id": f"C{encounter.encounter_id[1:]}",
        "claim_type": "professional" if professional else "institutional",
        "bill_type": "" if professional else ("111" if inpatient else "131"),
        "payer": encounter.payer[0],
        "payer_type": encounter.payer[1],
        "provider_id": encounter.provider.provider_id,
        "provider_specialty": SPECIALTIES[encounter.specialty],
        "coder_id": encounter.coder_id,
        "coded_on": coded.isoformat(),
        "billed_on": (coded + timedelta(days=rng.randint(1, 4))).isoformat(),
        "discharge_disposition": "01" if inpatient else "",
        "drg": encounter.drg,
        "paid_amount": f"{paid or rng.uniform(3000, 19000) if inpatient else paid:.2f}",
        "restricted": "",
    }


def _code_row(encounter: Encounter, line: Line, rng: random.Random) -> dict[str, Any]:
    diagnosis, inpatient = line.system == DIAGNOSIS, line.system == INPATIENT_PROCEDURE
    role = "procedure"
    if diagnosis:
        role = "principal" if line.sequence == 1 else "secondary"
    service = not diagnosis and not inpatient
    charge = (line.units or 1) * rng.randint(40, 260) if service else 0
    return {
        "encounter_id": encounter.encounter_id,
        "line": line.line,
        "system": line.system,
        "code": line.code,
        "sequence": line.sequence,
        "role": role,
        "poa": line.poa,
        "modifiers": ";".join(line.modifiers),
        "units": line.units or "",
        "dx_pointers": "1" if service else "",
        "service_date": "" if diagnosis else encounter.service_from.isoformat(),
        "claim_id": f"C{encounter.encounter_id[1:]}",
        "rendering_provider_id": encounter.provider.provider_id if service else "",
        "place_of_service": "11" if service and encounter.setting == "professional" else "",
        "revenue_code": "0510" if service and encounter.setting == "outpatient" else "",
        "charge": f"{charge:.2f}" if service else "",
        "allowed": f"{charge * 0.6:.2f}" if service else "",
        "paid": f"{charge * 0.48:.2f}" if service else "",
    }


def write_documents(folder: Path, written: list[tuple[Encounter, list[Written]]]) -> None:
    """Write ``documents.csv`` with the text of every document."""
    rows = [
        {
            "encounter_id": encounter.encounter_id,
            "document_id": document.document_id,
            "kind": document.kind,
            "author": document.author,
            "author_credential": document.credential,
            "authored_at": document.authored_at.isoformat(),
            "signed_at": document.signed_at.isoformat() if document.signed_at else "",
            "text": document.text,
        }
        for encounter, documents in written
        for document in documents
    ]
    write_table(folder / "documents.csv", tuple(rows[0]), rows)


def write_people(folder: Path, patients: list[Person], providers: list[Provider], coders: list[str]) -> None:
    """Write ``patients.csv``, ``providers.csv`` and ``coders.csv``."""
    rows = [{**dataclasses.asdict(person), "birth_date": person.birth_date.isoformat()} for person in patients]
    write_table(folder / "patients.csv", tuple(rows[0]), rows)
    write_table(
        folder / "providers.csv",
        ("provider_id", "npi", "name", "specialty", "group_id"),
        [
            {
                "provider_id": p.provider_id,
                "npi": p.npi,
                "name": p.name,
                "specialty": SPECIALTIES[p.specialty],
                "group_id": p.group_id,
            }
            for p in providers
        ],
    )
    write_table(
        folder / "coders.csv",
        ("coder_id", "name", "team", "user"),
        [
            {"coder_id": coder, "name": f"Coder {index + 1}", "team": ("north", "south")[index % 2]}
            for index, coder in enumerate(coders)
        ],
    )


def write_truth(folder: Path, encounters: list[Encounter], truths: list[CoderTruth]) -> None:
    """Write ``key.csv`` (what was planted) and ``coders_truth.csv`` (the accuracy that came out)."""
    header = ("encounter_id", "line", "category", "decidable_by", "submitted", "correct")
    plants = [
        {name: "" if getattr(plant, name) is None else getattr(plant, name) for name in header}
        for encounter in encounters
        for plant in encounter.plants
    ]
    write_table(folder / "key.csv", header, plants)
    write_table(
        folder / "coders_truth.csv",
        ("coder_id", "code_accuracy", "encounter_accuracy"),
        [
            {
                "coder_id": truth.coder_id,
                "code_accuracy": f"{truth.code_accuracy:.4f}",
                "encounter_accuracy": f"{truth.encounter_accuracy:.4f}",
            }
            for truth in truths
        ],
    )


def write_plan(folder: Path, method: str, seed: int) -> None:
    """Write ``plan.toml``: 60 encounters of every coder, or all; it brings the made-up edit tables itself."""
    size = "size = 60\n" if method == "per_coder" else ""
    text = f"""[audit]
name = "2026-Q2-hospital"
target = 0.95

[population]
encounters = "encounters.csv"
codes = "codes.csv"
documents = "documents.csv"
patients = "patients.csv"
coders = "coders.csv"
providers = "providers.csv"

[sample]
method = "{method}"
{size}seed = "hospital-{seed}"

[tables]
{_tables()}
[outputs]
directory = "out"
reports = ["manager", "auditor"]
"""
    (folder / "plan.toml").write_text(text, encoding="utf-8")


def _tables() -> str:
    dates = f"from = {FIRST_DAY}, to = {LAST_DAY}"
    return "".join(f'{kind} = {{file = "tables/{kind}.{ending}", {dates}}}\n' for kind, ending in _EDIT_FILES.items())


def write_edits(folder: Path, library: Library) -> None:
    """Write made-up PTP and MUE files in the official layouts; each file is named by the kind it is imported as."""
    folder.mkdir(exist_ok=True)
    pairs = [
        (p["column_1"], p["column_2"], "", "20240101", p.get("deleted", "*"), p["indicator"], "Made-up edit")
        for p in library.visits["ptp"]
    ]
    text = "\n".join("\t".join(row) for row in [(_NOTICE,), _PTP_HEADER, *pairs]) + "\n"
    for setting in ("practitioner", "hospital"):
        (folder / f"ncci-ptp-{setting}.txt").write_text(text, encoding="utf-8")
    for setting, title in (("practitioner", "Practitioner Services"), ("hospital", "Outpatient Hospital Services")):
        with (folder / f"mue-{setting}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([_NOTICE])
            writer.writerow(["HCPCS/\nCPT Code", f"{title} MUE Values", "MUE Adjudication Indicator", "MUE Rationale"])
            writer.writerows(
                [edit["code"], edit["value"], edit["adjudication"], "Made-up edit"] for edit in library.visits["mue"]
            )
