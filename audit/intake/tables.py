"""From raw text to typed canonical tables, and the view ``lines`` that every edit reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from audit.domain.ports import Database, FileDatabase
from audit.intake.columns import (
    CODES,
    DOCUMENTS,
    ENCOUNTERS,
    PATIENTS,
    REQUIRED_TABLES,
    Column,
    Holds,
    Table,
    quoted_name,
)
from audit.intake.files import load_rows

_INSTITUTIONAL_STAY = "claim_type = 'institutional' AND setting IN ('inpatient', 'skilled_nursing')"
_SQL_TYPES = {
    Holds.DATE: "DATE",
    Holds.MOMENT: "TIMESTAMP",
    Holds.WHOLE: "INTEGER",
    Holds.NUMBER: "DECIMAL(18,3)",
    Holds.MONEY: "DECIMAL(18,2)",
}


def type_tables(database: Database, *, mapped: Sequence[str] = ()) -> None:
    """Make ``encounters``, ``codes``, ``documents`` and ``patients`` from the raw tables; these are free of defects.

    Encounters named in ``defects`` (a quarantine) and everything of theirs stay out. ``mapped``: further columns of
    ``patients``.
    """
    _make(database, ENCOUNTERS, _encounter_expressions())
    _make(database, CODES, {"code": _normalised_code()})
    _make(database, DOCUMENTS, {})
    columns = ", ".join([*(_typed(column, {}) for column in PATIENTS.columns), *(quoted_name(name) for name in mapped)])
    database.execute(
        f"CREATE TABLE patients AS SELECT {columns} FROM raw_patients"
        " WHERE patient_id IN (SELECT patient_id FROM encounters) ORDER BY _row"
    )


def sample_lines(database: Database, encounter_ids: Iterable[str]) -> None:
    """Make ``sampled`` and ``lines``: every line of the patients of these encounters, with ``sampled`` true on theirs.

    The lines of the same patient's other encounters are there because PTP and unit edits compare across claims.
    """
    database.execute("CREATE TABLE sampled (encounter_id VARCHAR PRIMARY KEY)")
    database.execute("INSERT INTO sampled SELECT unnest(?)", [list(encounter_ids)])
    database.execute(f"CREATE TABLE lines AS {_LINES} ORDER BY e.place, c.line")


def every_line(database: Database) -> None:
    """Make ``sampled`` and ``lines`` of all encounters, in no order: what a screen of the population looks at."""
    database.execute("CREATE TABLE sampled AS SELECT encounter_id FROM encounters")
    database.execute(f"CREATE TABLE lines AS {_LINES}")


def view_tables(database: Database) -> None:
    """Make encounters, codes and patients as ``type_tables`` does, but as views: in no order, and nothing copied."""
    _make(database, ENCOUNTERS, _encounter_expressions(), "VIEW", "")
    _make(database, CODES, {"code": _normalised_code()}, "VIEW", "")
    columns = ", ".join(_typed(column, {}) for column in PATIENTS.columns)
    database.execute(f"CREATE VIEW patients AS SELECT {columns} FROM raw_patients")


def load_values(
    database: FileDatabase, rows: Mapping[str, Sequence[Mapping[str, str]]], *, sampled: Iterable[str] | None = None
) -> None:
    """Load tables given as rows of text (table name → rows), typed, every encounter sampled unless told otherwise."""
    for table in REQUIRED_TABLES:
        load_rows(database, table, rows.get(table.name, ()))
    database.execute("CREATE TABLE defects (encounter_id VARCHAR)")
    type_tables(database)
    given = [row["encounter_id"] for row in rows["encounters"]]
    sample_lines(database, given if sampled is None else sampled)


def _make(
    database: Database,
    table: Table,
    expressions: Mapping[str, str],
    relation: str = "TABLE",
    order: str = " ORDER BY _row",
) -> None:
    columns = ", ".join(_typed(column, expressions) for column in table.columns)
    kept = "encounter_id NOT IN (SELECT encounter_id FROM defects WHERE encounter_id IS NOT NULL)"
    if table is not ENCOUNTERS:
        kept = "encounter_id IN (SELECT encounter_id FROM encounters)"
    database.execute(f"CREATE {relation} {table.name} AS SELECT {columns} FROM raw_{table.name} WHERE {kept}{order}")


def _typed(column: Column, expressions: Mapping[str, str]) -> str:
    name = f'"{column.name}"'
    if column.name in expressions:
        return f"{expressions[column.name]} AS {name}"
    if column.holds in _SQL_TYPES:
        return f"CAST({name} AS {_SQL_TYPES[column.holds]}) AS {name}"
    if column.holds is Holds.MODIFIERS:
        listed = f"list_transform(string_split(upper({name}), ';'), lambda m: trim(m))"
        return f"coalesce(list_filter({listed}, lambda m: m <> ''), CAST([] AS VARCHAR[])) AS {name}"
    if column.holds is Holds.POINTERS:
        return f"coalesce(CAST(string_split({name}, ';') AS INTEGER[]), CAST([] AS INTEGER[])) AS {name}"
    return f"{name} AS {name}" if column.required or column.name == "text" else f"coalesce({name}, '') AS {name}"


def _encounter_expressions() -> dict[str, str]:
    by_setting = "CASE WHEN setting = 'professional' THEN 'professional' ELSE 'institutional' END"
    return {
        "claim_type": f"coalesce(claim_type, {by_setting})",
        "coder_id": "coalesce(coder_id, 'unassigned')",
    }


def _normalised_code() -> str:
    """The SQL twin of ``audit.domain.codes.normalise_code``; a test holds the two against each other."""
    bare = "replace(upper(code), ' ', '')"
    undotted = f"replace({bare}, '.', '')"
    dotted = f"CASE WHEN length({undotted}) > 3 THEN {undotted}[1:3] || '.' || {undotted}[4:] ELSE {undotted} END"
    return f"CASE WHEN system = 'ICD10CM' THEN {dotted} ELSE {bare} END"


_LINES = f"""
WITH chosen AS (
    SELECT e.*, s.encounter_id IS NOT NULL AS sampled,
        row_number() OVER () AS place
    FROM encounters e LEFT JOIN sampled s USING (encounter_id)
    WHERE e.patient_id IN (SELECT patient_id FROM encounters JOIN sampled USING (encounter_id))
), diagnoses AS (
    SELECT encounter_id, line,
        role = 'principal' AS principal,
        bool_or(role = 'principal') OVER (PARTITION BY encounter_id) AS has_principal,
        row_number() OVER (PARTITION BY encounter_id ORDER BY sequence NULLS LAST, line) AS place
    FROM codes WHERE system = 'ICD10CM' AND role <> 'admitting'
)
SELECT c.encounter_id, c.line, c.system, c.code, c.sequence, c.role, c.poa, c.modifiers,
    coalesce(c.units, 1) AS units, c.dx_pointers,
    CASE WHEN c.system IN ('ICD10CM', 'ICD10PCS') AND {_INSTITUTIONAL_STAY}
        THEN coalesce(e.service_to, e.service_from)
        ELSE coalesce(c.service_date, e.service_from) END AS service_day,
    coalesce(nullif(c.claim_id, ''), e.claim_id) AS claim_id,
    coalesce(nullif(c.rendering_provider_id, ''), e.provider_id) AS rendering_provider_id,
    coalesce(nullif(c.place_of_service, ''), e.place_of_service) AS place_of_service,
    c.revenue_code, c.charge, c.allowed, c.paid,
    e.patient_id, e.setting, e.claim_type, e.bill_type, e.payer_type, e.provider_id, e.provider_specialty, e.coder_id,
    e.service_from, coalesce(e.service_to, e.service_from) AS service_to, e.discharge_disposition, e.drg,
    p.birth_date, p.sex, CAST(date_sub('year', p.birth_date, e.service_from) AS INTEGER) AS age_years,
    coalesce(CASE WHEN d.has_principal THEN d.principal ELSE d.place = 1 END, false) AS first_listed,
    e.sampled
FROM codes c JOIN chosen e USING (encounter_id) LEFT JOIN patients p USING (patient_id)
LEFT JOIN diagnoses d ON d.encounter_id = c.encounter_id AND d.line = c.line
"""
