"""A population read part by part: all of a patient's encounters and lines lie in one part, so that edits see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from audit.domain.ports import Database, FileDatabase
from audit.intake.columns import CODES, DOCUMENTS, ENCOUNTERS, PATIENTS
from audit.intake.defects import find_defects
from audit.intake.files import TableFile, load, load_rows
from audit.intake.tables import every_line, view_tables

SCREENED = (ENCOUNTERS, CODES, PATIENTS)
"""The tables that edits read; documents are not among them."""
_MADE = ("lines", "sampled", "defects", *(f"raw_{table.name}" for table in (*SCREENED, DOCUMENTS)))


def load_part(database: FileDatabase, files: Mapping[str, TableFile], part: int, parts: int, today: date) -> None:
    """Load one of ``parts`` parts as ``raw_`` tables and find its ``defects``; ``files`` by the names of SCREENED.

    A row belongs to the part that the hash of its patient says; a code line to that of its encounter. Lines that name
    no encounter at all are in no part: ``count_strays`` finds them.
    """
    of_part = f"hash(trim(patient_id)) % {parts} = {part}"
    load(database, files["encounters"], where=of_part)
    load(database, files["patients"], where=of_part)
    owned = "trim(encounter_id) IN (SELECT encounter_id FROM raw_encounters)"
    load(database, files["codes"], where=owned if parts > 1 else "true")
    load_rows(database, DOCUMENTS, ())
    find_defects(database, SCREENED, today)


def type_part(database: Database) -> None:
    """Make ``lines`` of the part that is loaded; the raw tables make room for the edits."""
    view_tables(database)
    every_line(database)
    for table in SCREENED:
        database.execute(f"DROP VIEW {table.name}")
        database.execute(f"DROP TABLE raw_{table.name}")


def drop_part(database: Database) -> None:
    """Remove every table of the part."""
    for table in SCREENED:
        database.execute(f"DROP VIEW IF EXISTS {table.name}")
    for name in _MADE:
        database.execute(f"DROP TABLE IF EXISTS {name}")
