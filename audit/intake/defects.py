"""Every defect of the canonical tables, found by SQL: file, row, field and what is wrong, never the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from audit.domain.ports import Database
from audit.errors import InputError
from audit.intake.columns import CODES, DOCUMENTS, ENCOUNTERS, PATIENTS, Column, Holds, Table

SHOWN = 20
_EARLIEST = date(1890, 1, 1)
_TEXT_DATE = r"\d{4}-\d{2}-\d{2}( 00:00:00)?"


class DefectiveTablesError(InputError):
    """Rows of the tables cannot be used; the first defects and their total are in the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One defect; ``row`` counts the header as row 1."""

    table: str
    row: int
    field: str
    problem: str

    def __str__(self) -> str:
        """Return the one line a person reads."""
        return f"{self.table}, row {self.row}, {self.field}: {self.problem}"


def find_defects(database: Database, tables: Sequence[Table], today: date) -> None:
    """Fill the table ``defects`` (table_name, row, field, problem, encounter_id) from the ``raw_`` tables."""
    database.execute(
        "CREATE TABLE defects (table_name VARCHAR, row BIGINT, field VARCHAR, problem VARCHAR, encounter_id VARCHAR)"
    )
    for table in tables:
        for column in table.columns:
            _check_column(database, table, column, today)
        _check_key(database, table)
    _check_links(database)
    _insert(database, ENCOUNTERS, "service_to", "is before service_from", _before("service_to", "service_from"))


def refuse(database: Database, files: dict[str, str]) -> None:
    """Raise DefectiveTablesError if there is any defect. ``files`` maps table names to the file names to print."""
    (total,) = database.rows("SELECT count(*) FROM defects")[0]
    if not total:
        return
    first = database.rows(
        f"SELECT table_name, row, field, problem FROM defects ORDER BY table_name, row, field, problem LIMIT {SHOWN}"
    )
    lines = [str(Defect(table=files.get(t, t), row=r, field=f, problem=p)) for t, r, f, p in first]
    more = f" (the first {SHOWN} of {total} defects)" if total > SHOWN else ""
    raise DefectiveTablesError(
        "; ".join(lines) + more,
        hint="mend the rows, or exclude such encounters with quarantine = true under [population]",
    )


def _check_column(database: Database, table: Table, column: Column, today: date) -> None:
    name = f'"{column.name}"'
    if column.required:
        _insert(database, table, column.name, "is empty", f"{name} IS NULL")
    if column.values:
        allowed = ", ".join(f"'{value}'" for value in column.values)
        _insert(database, table, column.name, f"is none of {', '.join(column.values)}", f"{name} NOT IN ({allowed})")
    for problem, condition in _type_checks(column, today):
        _insert(database, table, column.name, problem, condition)


def _type_checks(column: Column, today: date) -> list[tuple[str, str]]:  # noqa: PLR0911 - a table of kinds
    name, latest = f'"{column.name}"', today + timedelta(days=1)
    if column.holds is Holds.DATE:
        value = f"TRY_CAST({name} AS DATE)"
        malformed = f"{name} IS NOT NULL AND (NOT regexp_full_match({name}, '{_TEXT_DATE}') OR {value} IS NULL)"
        return [("is not a date (YYYY-MM-DD)", malformed), *_range_checks(value, latest)]
    if column.holds is Holds.MOMENT:
        value = f"TRY_CAST({name} AS TIMESTAMP)"
        malformed = f"{name} IS NOT NULL AND {value} IS NULL"
        return [("is not a date and time (ISO 8601)", malformed), *_range_checks(value, latest)]
    if column.holds is Holds.WHOLE:
        problem = "is not a whole number from 1 up"
        whole = f"regexp_full_match({name}, '\\d+(\\.0*)?') AND coalesce(TRY_CAST({name} AS INTEGER), 0) >= 1"
        return [(problem, f"{name} IS NOT NULL AND NOT ({whole})")]
    if column.holds is Holds.NUMBER:
        return [("is not a number", _not(name, "DECIMAL(18,3)")), ("is negative", f"TRY_CAST({name} AS DOUBLE) < 0")]
    if column.holds is Holds.MONEY:
        amount = f"regexp_full_match({name}, '-?\\d{{1,16}}(\\.\\d{{0,2}}0*)?')"
        return [("is not an amount of money (12.34)", f"{name} IS NOT NULL AND NOT {amount}")]
    if column.holds is Holds.MODIFIERS:
        return [("is not a list of modifiers (25;59)", f"regexp_matches({name}, '[^A-Za-z0-9; ]')")]
    if column.holds is Holds.POINTERS:
        return [("is not a list of diagnosis lines (1;2)", f"NOT regexp_full_match({name}, '\\d+(;\\d+)*')")]
    return []


def _not(name: str, kind: str) -> str:
    return f"{name} IS NOT NULL AND TRY_CAST({name} AS {kind}) IS NULL"


def _range_checks(value: str, latest: date) -> list[tuple[str, str]]:
    return [
        ("is in the future", f"CAST({value} AS DATE) > DATE '{latest}'"),
        (f"is before {_EARLIEST.year}", f"CAST({value} AS DATE) < DATE '{_EARLIEST}'"),
    ]


def _before(later: str, earlier: str) -> str:
    return f'TRY_CAST("{later}" AS DATE) < TRY_CAST("{earlier}" AS DATE)'


def _check_key(database: Database, table: Table) -> None:
    whole = {column.name for column in table.columns if column.holds is Holds.WHOLE}
    key = ", ".join(_plain_whole(name) if name in whole else f'"{name}"' for name in table.key)
    filled = " AND ".join(f'"{name}" IS NOT NULL' for name in table.key)
    repeated = f"({key}) IN (SELECT {key} FROM raw_{table.name} WHERE {filled} GROUP BY {key} HAVING count(*) > 1)"
    _insert(database, table, table.key[-1], "stands twice", repeated)


def _plain_whole(name: str) -> str:
    """Write 1, 01 and 1.0 alike."""
    return f"ltrim(regexp_replace(\"{name}\", '\\.0*$', ''), '0')"


def _check_links(database: Database) -> None:
    known = "NOT IN (SELECT encounter_id FROM raw_encounters WHERE encounter_id IS NOT NULL)"
    for table in (CODES, DOCUMENTS):
        _insert(database, table, "encounter_id", "names no encounter of the table", f"encounter_id {known}")
    patients = "patient_id NOT IN (SELECT patient_id FROM raw_patients WHERE patient_id IS NOT NULL)"
    _insert(database, ENCOUNTERS, "patient_id", "names no patient of the table", patients)


def _insert(database: Database, table: Table, field: str, problem: str, condition: str) -> None:
    """Record the rows of ``table`` that meet ``condition``, each with the encounters that fall with it."""
    rows = f"(SELECT * FROM raw_{table.name} WHERE {condition}) t"
    encounter = "t.encounter_id" if "encounter_id" in table.names else "NULL"
    if table is PATIENTS:
        rows, encounter = f"{rows} LEFT JOIN raw_encounters e USING (patient_id)", "e.encounter_id"
    database.execute(
        f"INSERT INTO defects SELECT '{table.name}', t._row, '{field}', '{problem}', {encounter} FROM {rows}"
    )
