"""The trap that killed a process at 20 GB: lines joined with a skewed edit table before they are paired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from audit.codesets.kinds import add_edition, create_tables
from audit.edits import compose, shared_tables
from audit.engine.duck import DuckDatabase, open_database
from audit.flow.rules import find_rule
from audit.intake.columns import REQUIRED_TABLES
from audit.intake.tables import load_values

LINES, EDITS = 20_000, 20_000


@pytest.fixture
def skewed() -> Iterator[DuckDatabase]:
    """One code is the first of every edit and stands on every day; each day has one other line. 300 MB at most."""
    with open_database(memory="300MB") as database:
        load_values(database, {table.name: () for table in REQUIRED_TABLES} | {"encounters": ()})
        made = (
            "SELECT 'E' || (i // 2) AS encounter_id, CAST(i % 2 + 1 AS INTEGER) AS line, 'HCPCS' AS system,"
            " CASE WHEN i % 2 = 0 THEN 'X0000' ELSE 'X' || lpad(CAST(i % 9999 AS VARCHAR), 4, '0') END AS code,"
            " CAST([] AS VARCHAR[]) AS modifiers, DATE '2026-05-04' AS service_day, 'P' || (i // 2) AS patient_id,"
            " 'professional' AS claim_type, 'medicare' AS payer_type, 'D1' AS rendering_provider_id, true AS sampled"
        )
        database.execute(f"INSERT INTO lines BY NAME {made} FROM range({LINES}) r(i)")
        kind = "ncci-ptp-practitioner"
        create_tables(database, kind)
        edits = (
            "SELECT 'X0000' AS column1, 'Y' || lpad(CAST(i AS VARCHAR), 4, '0') AS column2,"
            f" DATE '2020-01-01' AS effective, NULL AS deletion, '0' AS indicator FROM range({EDITS}) r(i)"
        )
        add_edition(database, kind, {"ncci_ptp_practitioner": f"({edits})"}, date(2026, 1, 1), date(2026, 12, 31))
        yield database


def test_a_skewed_edit_table_does_not_exhaust_the_memory(skewed: DuckDatabase) -> None:
    (rule,) = find_rule("NCCI001")
    query = compose(rule)
    with shared_tables(skewed) as make:
        make(query)
        assert skewed.rows(query.finds) == []
