"""The kinds of dated reference tables and what each holds once it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from audit.codesets.icd10cm import TABLES as ICD10CM_TABLES
from audit.codesets.parquet import Columns
from audit.domain.ports import Database

_PTP: Columns = {
    "column1": "VARCHAR",
    "column2": "VARCHAR",
    "effective": "DATE",
    "deletion": "DATE",
    "indicator": "VARCHAR",
}
_MUE: Columns = {"code": "VARCHAR", "value": "INTEGER", "adjudication": "VARCHAR"}
_HCPCS: Columns = {
    "code": "VARCHAR",
    "modifier": "BOOLEAN",
    "description": "VARCHAR",
    "coverage": "VARCHAR",
    "added": "DATE",
    "effective": "DATE",
    "terminated": "DATE",
}
_ORDER: Columns = {"code": "VARCHAR", "billable": "BOOLEAN", "short": "VARCHAR", "description": "VARCHAR"}
_DATES: Columns = {"system": "VARCHAR", "code": "VARCHAR", "begins": "DATE", "ends": "DATE", "attributes": "VARCHAR"}
_PCS: Columns = {
    "prefix": "VARCHAR",
    "row_of_table": "INTEGER",
    "position": "INTEGER",
    "character": "VARCHAR",
    "title": "VARCHAR",
}
_ADD_ON: Columns = {
    "code": "VARCHAR",
    "primary_code": "VARCHAR",
    "type": "VARCHAR",
    "effective": "DATE",
    "deletion": "DATE",
}
_PFS = (
    "code",
    "modifier",
    "status",
    "pctc",
    "global_days",
    "multiple",
    "bilateral",
    "assistant",
    "co_surgeons",
    "team",
)
_ARTICLES: Columns = {
    "article": "VARCHAR",
    "version": "VARCHAR",
    "role": "VARCHAR",
    "covered": "BOOLEAN",
    "code_group": "VARCHAR",
    "code": "VARCHAR",
}

KINDS: Mapping[str, Mapping[str, Columns]] = {
    "icd10cm": ICD10CM_TABLES,
    "ncci-ptp-practitioner": {"ncci_ptp_practitioner": _PTP},
    "ncci-ptp-hospital": {"ncci_ptp_hospital": _PTP},
    "mue-practitioner": {"mue_practitioner": _MUE},
    "mue-hospital": {"mue_hospital": _MUE},
    "mue-dme": {"mue_dme": _MUE},
    "poa-exempt": {"poa_exempt": {"code": "VARCHAR"}},
    "hcpcs": {"hcpcs": _HCPCS},
    "icd10cm-order": {"icd10cm_order": _ORDER},
    "icd10-dates": {"icd10_dates": _DATES},
    "icd10pcs-order": {"icd10pcs_order": _ORDER},
    "icd10pcs-tables": {"icd10pcs_tables": _PCS},
    "ncci-aoc": {"ncci_aoc": _ADD_ON},
    "pfs-rvu": {"pfs_rvu": dict.fromkeys(_PFS, "VARCHAR")},
    "mcd": {"mcd": _ARTICLES},
    "code-list": {"code_list": {"code": "VARCHAR"}},
    "pos": {"pos": {"code": "VARCHAR"}},
    "modifiers": {"modifiers": {"code": "VARCHAR"}},
    "icd10cm-index": {"icd10cm_index": {"path": "VARCHAR", "code": "VARCHAR"}},
}
"""Kind → its tables → their columns. Loaded, every table also has the dates of its edition, valid_from and valid_to."""


def create_tables(database: Database, kind: str) -> None:
    """Make the empty tables of ``kind`` and ``<kind>_editions``."""
    for name, columns in KINDS[kind].items():
        typed = ", ".join(f"{column} {form}" for column, form in columns.items())
        database.execute(f"CREATE TABLE {name} ({typed}, valid_from DATE, valid_to DATE)")
    database.execute(f"CREATE TABLE {_editions(kind)} (valid_from DATE, valid_to DATE)")


def add_edition(database: Database, kind: str, tables: Mapping[str, str], valid_from: date, valid_to: date) -> None:
    """Load one edition; ``tables`` gives for each table of ``kind`` the relation (after FROM) that holds its rows."""
    for name, columns in KINDS[kind].items():
        chosen = ", ".join(columns)
        database.execute(f"INSERT INTO {name} SELECT {chosen}, ?, ? FROM {tables[name]}", [valid_from, valid_to])
    database.execute(f"INSERT INTO {_editions(kind)} VALUES (?, ?)", [valid_from, valid_to])


def _editions(kind: str) -> str:
    return f"{kind.replace('-', '_')}_editions"
