"""The population where it lies: tables read once, checked, typed in memory, and gone when the block ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from audit.domain.canonical import canonical_bytes, sha256_hex
from audit.domain.summary import Count
from audit.engine.duck import DuckDatabase, open_database
from audit.errors import InputError
from audit.flow.plan import Plan
from audit.intake.columns import TABLES
from audit.intake.defects import find_defects, refuse
from audit.intake.documents import check_document_files
from audit.intake.files import TableFile, inspect, load
from audit.intake.tables import type_tables

QUARANTINE_SHOWN_ABOVE = 0.01
"""A quarantine of more than this share of the encounters is printed on every report (INTERFACE)."""


class EmptyPopulationError(InputError):
    """Nothing is left to audit; an empty audit must not pass for a clean one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """An open population. ``encounters`` counts those that can be audited, ``excluded`` the others by reason."""

    database: DuckDatabase
    digests: Mapping[str, str]
    encounters: int
    excluded: tuple[Count, ...]
    notices: tuple[str, ...]

    def per_coder(self) -> dict[str, int]:
        """Return how many auditable encounters each coder has in the period."""
        rows = self.database.rows("SELECT coder_id, count(*) FROM auditable GROUP BY 1 ORDER BY 1")
        return dict(rows)

    def days(self) -> tuple[date, date]:
        """Return the first and the last day of service."""
        first, last = self.database.rows(
            "SELECT min(service_from), max(coalesce(service_to, service_from)) FROM auditable"
        )[0]
        return first, last

    def period(self) -> str:
        """Return the calendar quarters of service, such as ``2026 Q2`` or ``2026 Q1 to 2026 Q3``: nothing finer."""
        quarters = "year(service_from) || ' Q' || quarter(service_from)"
        first, last = self.database.rows(f"SELECT min({quarters}), max({quarters}) FROM auditable")[0]
        return str(first) if first == last else f"{first} to {last}"


@contextmanager
def open_population(plan: Plan, today: date, *, readable: Sequence[Path]) -> Iterator[Population]:
    """Read and check the plan's tables. ``readable``: further files and folders the block may read.

    Raises the InputErrors of ``audit.intake``; with ``quarantine`` defective encounters are excluded instead.
    """
    with open_database([*plan.tables.values(), *readable]) as database:
        files = {name: _inspect(database, plan, name) for name in plan.tables}
        mapped = {"patients": tuple(plan.identifiers)}
        for file in files.values():
            load(database, file, mapped=mapped.get(file.table.name, ()))
        _refuse_empty(database, files["encounters"])
        find_defects(database, [TABLES[name] for name in files], today)
        texts = check_document_files(database, plan.tables["documents"].parent)
        if not plan.quarantine:
            refuse(database, {name: file.path.name for name, file in files.items()})
        type_tables(database, mapped=tuple(plan.identifiers))
        database.execute(
            "CREATE TABLE auditable AS SELECT * FROM encounters"
            " WHERE encounter_id IN (SELECT encounter_id FROM codes) ORDER BY encounter_id"
        )
        population = _population(database, files, texts)
        if not population.encounters:
            raise EmptyPopulationError("no encounter of the tables can be audited", hint=_why(population.excluded))
        yield population


def _why(excluded: tuple[Count, ...]) -> str:
    return (
        "; ".join(f"{count.count} excluded: {count.name}" for count in excluded) or "the table of encounters is empty"
    )


def _refuse_empty(database: DuckDatabase, file: TableFile) -> None:
    if not database.rows("SELECT 1 FROM raw_encounters LIMIT 1"):
        raise EmptyPopulationError(f"{file.path.name}: has no row below its header", hint="export the table again")


def _inspect(database: DuckDatabase, plan: Plan, name: str) -> TableFile:
    mapped = tuple(plan.identifiers) if name == "patients" else ()
    return inspect(database, TABLES[name], plan.tables[name], mapped=mapped)


def _population(database: DuckDatabase, files: Mapping[str, TableFile], texts: Mapping[str, str]) -> Population:
    excluded = _excluded(database)
    (encounters,) = database.rows("SELECT count(*) FROM auditable")[0]
    digests = {name: file.sha256 for name, file in files.items()}
    if texts:  # documents named by path are not in any table's digest, so that one over all of them stands beside
        digests["document_files"] = sha256_hex(canonical_bytes(texts))
    return Population(
        database=database,
        digests=digests,
        encounters=encounters,
        excluded=excluded,
        notices=(*_unused(files), *_quarantine_notice(excluded, encounters)),
    )


def _excluded(database: DuckDatabase) -> tuple[Count, ...]:
    """Count the encounters of the table that are not in the frame, each under its first reason."""
    rows = database.rows(
        "SELECT coalesce(d.reason, 'no code line'), count(*) FROM raw_encounters r"
        " LEFT JOIN (SELECT encounter_id, 'defect: ' || min(table_name || '.' || field || ' ' || problem) AS reason"
        "   FROM defects WHERE encounter_id IS NOT NULL GROUP BY 1) d USING (encounter_id)"
        " WHERE coalesce(r.encounter_id, '') NOT IN (SELECT encounter_id FROM auditable) GROUP BY 1 ORDER BY 1"
    )
    return tuple(Count(name=reason, count=count) for reason, count in rows)


def _unused(files: Mapping[str, TableFile]) -> list[str]:
    return [
        f"columns of {name} that no check reads: {', '.join(file.unused)}"
        for name, file in files.items()
        if file.unused
    ]


def _quarantine_notice(excluded: tuple[Count, ...], encounters: int) -> list[str]:
    defective = sum(count.count for count in excluded if count.name.startswith("defect: "))
    if defective <= QUARANTINE_SHOWN_ABOVE * (defective + encounters):
        return []
    return [f"{defective} of {defective + encounters} encounters are in quarantine for defects of the tables"]
