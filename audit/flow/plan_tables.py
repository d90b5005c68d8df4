"""Reference tables that a plan brings itself: read whole into the cache, in force for this run alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from audit.codesets.artefact import readers_digest
from audit.codesets.imports import IMPORTABLE
from audit.errors import InputError
from audit.flow.reference import Edition, cached
from audit.flow.table_files import NoDatesError, digest_of, interval, stored_kind, write_tables

SECTION = "tables"
MEANING = (
    f'a table of a kind, for this run: "path" or {{file = "path", from = DATE, to = DATE}}: {", ".join(IMPORTABLE)}'
)
_KEYS = {"file", "from", "to"}


class PlanTableError(InputError):
    """The plan's section of tables names no kind there is, or says it in another form, or without a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTable:
    """One table of the plan, with the file and the dates it is in force."""

    kind: str
    file: Path
    valid_from: date
    valid_to: date


def read_plan_tables(plan: str, folder: Path, section: Mapping[str, Any]) -> tuple[PlanTable, ...]:
    """Check the plan's ``[tables]``; paths are relative to ``folder``. Raises PlanTableError."""
    return tuple(_table(f"{plan}, [{SECTION}] {kind}", folder, kind, said) for kind, said in section.items())


def brought_edition(table: PlanTable) -> Edition:
    """Return the edition that the plan's table makes, compiled into the cache unless it is there.

    Raises the InputErrors of the readers, which refuse a file whole, UnreadableFileError and CacheNotWritableError.
    """
    kind, digest = stored_kind(table.kind), digest_of([table.file])
    folder = cached(
        kind,
        [table.kind, digest, str(table.valid_from), str(table.valid_to), readers_digest()],
        lambda temporary: write_tables(table.kind, temporary, [table.file]),
    )
    return Edition(
        kind=kind,
        edition=table.file.name,
        valid_from=table.valid_from,
        valid_to=table.valid_to,
        digest=digest,
        folder=folder,
    )


def _table(shown: str, folder: Path, kind: str, said: Any) -> PlanTable:
    if kind not in IMPORTABLE:
        raise PlanTableError(f"{shown}: no table is of this kind", hint=f"kinds: {', '.join(IMPORTABLE)}")
    given = said if isinstance(said, Mapping) else {"file": said}
    name, first, last = given.get("file"), given.get("from"), given.get("to")
    dated = all(day is None or type(day) is date for day in (first, last))
    if not isinstance(name, str) or not name or not dated or set(given) - _KEYS:
        raise PlanTableError(f'{shown}: must be "path" or {{file = "path", from = 2026-04-01, to = 2026-06-30}}')
    try:
        begins, ends = interval(kind, [folder / name], first, last)
    except NoDatesError as error:
        raise PlanTableError(f"{shown}: {error.message}", hint="write from = DATE, and to = DATE") from None
    return PlanTable(kind=kind, file=folder / name, valid_from=begins, valid_to=ends)
