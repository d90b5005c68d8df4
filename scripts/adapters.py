"""Real corpora as canonical tables: coded notes (JSONL) and CMS claims (RIF). For measurement only."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

Rows = list[dict[str, str]]
Tables = dict[str, Rows]
SERVICE_DAY = "2026-05-04"
"""A day inside the bundled ICD-10-CM edition: the notes carry no date of their own."""

_SYSTEMS = {"ICD-10-CM": "ICD10CM", "ICD-10-PCS": "ICD10PCS"}
_RIF = {
    "carrier.csv": ("professional", "professional", "LINE_NUM"),
    "hha.csv": ("home_health", "institutional", "CLM_LINE_NUM"),
    "snf.csv": ("skilled_nursing", "institutional", "CLM_LINE_NUM"),
}


def coded_notes(path: Path, setting: str) -> Tables:
    """Return the notes of one JSONL file, each an encounter with its gold codes, signed on the day of service."""
    tables: Tables = {"encounters": [], "codes": [], "documents": [], "patients": []}
    for line in path.read_text(encoding="utf-8").splitlines():
        note = json.loads(line)
        if not note["codes"]:
            continue
        key = f"{path.stem}-{note['id']}"
        tables["patients"].append({"patient_id": key, **_person(note)})
        tables["encounters"].append(
            {
                "encounter_id": key,
                "patient_id": key,
                "service_from": SERVICE_DAY,
                "setting": setting,
                "coder_id": "gold",
            }
        )
        tables["documents"].append(_document(key, note["text"]))
        tables["codes"].extend(
            {"encounter_id": key, "line": str(n), "system": _SYSTEMS[c["system"]], "code": c["code"]}
            for n, c in enumerate(note["codes"], start=1)
        )
    return tables


def _person(note: Mapping[str, str]) -> dict[str, str]:
    age = note.get("age", "")
    born = f"{int(SERVICE_DAY[:4]) - int(age)}-01-01" if age.isdigit() else ""
    return {"sex": note.get("sex", ""), "birth_date": born}


def _document(key: str, text: str) -> dict[str, str]:
    day = f"{SERVICE_DAY}T12:00:00"
    return {
        "encounter_id": key, "document_id": f"{key}-note", "kind": "progress_note", "author": "A. Author",
        "author_credential": "MD", "authored_at": day, "signed_at": day, "text": text,
    }  # fmt: skip


def rif_claims(folder: Path) -> Tables:
    """Return the claims of the RIF files: one encounter per claim, without documents."""
    tables: Tables = {"encounters": [], "codes": [], "documents": [], "patients": _beneficiaries(folder)}
    for name, (setting, claim_type, line_column) in _RIF.items():
        for rows in _claims(folder / name):
            first = rows[0]
            key = f"{name.removesuffix('.csv')}{first['CLM_ID']}"
            tables["encounters"].append(_encounter(key, first, setting, claim_type))
            lines = [*_diagnoses(first), *_services(rows, line_column)]
            tables["codes"].extend({"encounter_id": key, "line": str(n), **c} for n, c in enumerate(lines, start=1))
    return tables


def _claims(path: Path) -> Iterator[Rows]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        claims: dict[str, Rows] = {}
        for row in csv.DictReader(stream, delimiter="|"):
            claims.setdefault(row["CLM_ID"], []).append({k: v.strip() for k, v in row.items() if v})
    yield from claims.values()


def _encounter(key: str, row: Mapping[str, str], setting: str, claim_type: str) -> dict[str, str]:
    return {
        "encounter_id": key, "patient_id": row["BENE_ID"], "setting": setting, "claim_type": claim_type,
        "service_from": _day(row["CLM_FROM_DT"]), "service_to": _day(row["CLM_THRU_DT"]), "payer_type": "medicare",
        "provider_id": row.get("AT_PHYSN_NPI") or row.get("PRF_PHYSN_NPI", ""), "coder_id": "claims",
    }  # fmt: skip


def _diagnoses(row: Mapping[str, str]) -> Iterator[dict[str, str]]:
    columns = [f"ICD_DGNS_CD{n}" for n in range(1, 26)] + [f"ICD_DGNS_E_CD{n}" for n in range(1, 13)]
    for sequence, column in enumerate((c for c in columns if row.get(c)), start=1):
        yield {"system": "ICD10CM", "code": row[column], "sequence": str(sequence)}


def _services(rows: Sequence[Mapping[str, str]], line_column: str) -> Iterator[dict[str, str]]:
    for row in sorted(rows, key=lambda r: int(r[line_column])):
        if row.get("HCPCS_CD"):
            day = row.get("LINE_1ST_EXPNS_DT") or row.get("REV_CNTR_DT") or row["CLM_FROM_DT"]
            yield {"system": "HCPCS", "code": row["HCPCS_CD"], "service_date": _day(day), "role": "procedure"}


def _beneficiaries(folder: Path) -> Rows:
    people: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("beneficiary_2*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="|"):
                people[row["BENE_ID"]] = {
                    "patient_id": row["BENE_ID"], "family_name": row["BENE_SRNM_NAME"].strip(),
                    "given_name": row["BENE_GVN_NAME"].strip(), "birth_date": _day(row["BENE_BIRTH_DT"]),
                    "sex": row["BENE_SEX_IDENT_CD"],
                }  # fmt: skip
    return list(people.values())


def _day(text: str) -> str:
    return datetime.strptime(text, "%d-%b-%Y").replace(tzinfo=UTC).date().isoformat()


def write_tables(tables: Tables, folder: Path, name: str) -> Path:
    """Write the tables and a plan that audits all of them; returns the plan's path."""
    folder.mkdir(parents=True)
    _complete(tables)
    for table, rows in tables.items():
        header = list(dict.fromkeys(key for row in rows for key in row))
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header)
            writer.writeheader()
            writer.writerows(rows)
    paths = "\n".join(f'{table} = "{table}.csv"' for table in tables)
    plan = folder / "plan.toml"
    plan.write_text(
        f'[audit]\nname = "{name}"\n[population]\n{paths}\n[sample]\nmethod = "all"\nseed = "real"\n'
        '[outputs]\nreports = ["auditor"]\n',
        encoding="utf-8",
    )
    return plan


def _complete(tables: Tables) -> None:
    """Give every table its required columns, and every patient that a claim names a row."""
    known = {row["patient_id"] for row in tables["patients"]}
    missing = {row["patient_id"] for row in tables["encounters"]} - known
    tables["patients"].extend({"patient_id": patient} for patient in sorted(missing))
    if not tables["documents"]:
        first = tables["encounters"][0]["encounter_id"]
        tables["documents"].append({"encounter_id": first, "document_id": "none", "kind": "none", "text": ""})
