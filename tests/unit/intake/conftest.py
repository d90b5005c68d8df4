"""A small sound population on disk, which each test then spoils in one place."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from audit.engine.duck import DuckDatabase, open_database
from audit.intake.columns import TABLES
from audit.intake.defects import find_defects, refuse
from audit.intake.files import inspect, load

Tables = dict[str, list[dict[str, str]]]


@pytest.fixture
def sound() -> Tables:
    return {
        "encounters": [
            {"encounter_id": "E1", "patient_id": "P1", "service_from": "2026-05-04", "setting": "professional"},
            {"encounter_id": "E2", "patient_id": "P1", "service_from": "2026-05-05", "setting": "inpatient"},
        ],
        "codes": [
            {"encounter_id": "E1", "line": "1", "system": "ICD10CM", "code": "e1122"},
            {"encounter_id": "E2", "line": "1", "system": "HCPCS", "code": "G0463"},
        ],
        "documents": [
            {"encounter_id": "E1", "document_id": "D1", "kind": "progress_note", "text": "Line one.\nLine two."},
        ],
        "patients": [{"patient_id": "P1", "birth_date": "1960-05-05", "zip": "02139"}],
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, Sequence[Mapping[str, str]]]], dict[str, Path]]:
    def write_tables(tables: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, Path]:
        paths = {}
        for name, rows in tables.items():
            paths[name] = tmp_path / f"{name}.csv"
            header = list(dict.fromkeys(key for row in rows for key in row))
            with paths[name].open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, header)
                writer.writeheader()
                writer.writerows(rows)
        return paths

    return write_tables


@pytest.fixture
def defects_of(write: Callable[..., dict[str, Path]]) -> Callable[[Tables], None]:
    """Return a function that reads tables and raises what a run would raise."""

    def read(tables: Tables) -> None:
        paths = write(tables)
        with open_database(paths.values()) as database:
            _load(database, paths)
            find_defects(database, [TABLES[name] for name in paths], date(2026, 11, 21))
            refuse(database, {name: path.name for name, path in paths.items()})

    return read


def _load(database: DuckDatabase, paths: Mapping[str, Path]) -> None:
    for name, path in paths.items():
        load(database, inspect(database, TABLES[name], path))
