"""What becomes of every column of an export, as ``policies/deid/columns.txt`` classifies it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources.abc import Traversable

from audit.domain.encounter import CodeLine, Document, Encounter, Patient
from audit.domain.finding import Finding
from audit.errors import InputError


class Treatment(StrEnum):
    """What becomes of the values of one column."""

    KEEP = "keep"
    DROP = "drop"
    ID = "id"
    YEAR = "year"
    ZIP3 = "zip3"
    TEXT = "text"
    SPANS = "spans"


class UnclassifiedColumnError(InputError):
    """A column of an exported table has no treatment; nothing is exported until it has."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its treatment, and for random ids the kind of thing they name."""

    name: str
    treatment: Treatment
    kind: str = ""


Columns = Mapping[str, tuple[Column, ...]]
"""Table → its columns in the order they are written."""

EXPORTED: Mapping[str, type] = {
    "encounters": Encounter,
    "codes": CodeLine,
    "documents": Document,
    "patients": Patient,
    "findings": Finding,
}


def load_columns(root: Traversable, *, limited: bool = False) -> Columns:
    """Read the classification under ``root`` and hold it against the tables. Raises UnclassifiedColumnError.

    ``limited``: take the treatment of a limited data set where a line names one.
    """
    tables: dict[str, list[Column]] = {}
    for line in root.joinpath("columns.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            table, name, *treatments = line.split("\t")
            kind, _, detail = treatments[-1 if limited else 0].partition(":")
            tables.setdefault(table, []).append(Column(name, Treatment(kind), detail))
    columns = {table: tuple(found) for table, found in tables.items()}
    for table, record in EXPORTED.items():
        check_classified(columns, table, (field.name for field in dataclasses.fields(record)))
    return columns


WORKFORCE = frozenset({"provider_id", "rendering_provider_id", "coder_id", "author"})
"""Columns that name who treated or coded: dropped or coded unless an officer says otherwise."""


def keeping_workforce(columns: Columns) -> Columns:
    """Return the classification with the columns of providers and coders kept as they are."""
    return {
        table: tuple(Column(c.name, Treatment.KEEP) if c.name in WORKFORCE else c for c in found)
        for table, found in columns.items()
    }


def check_classified(columns: Columns, table: str, names: Iterable[str]) -> None:
    """Stop at the first column of ``table`` that has no treatment. Raises UnclassifiedColumnError."""
    known = {column.name for column in columns.get(table, ())}
    for name in names:
        if name not in known:
            raise UnclassifiedColumnError(
                f"{table}: column {name} is not classified for export",
                hint="give it a treatment in policies/deid/columns.txt",
            )
