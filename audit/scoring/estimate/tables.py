"""Reading the columns of a sample's table, as the caller read it from a CSV file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit.scoring.estimate.inputs import BadInputError, Inputs, MissingInputError

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """One sample, a row a unit; columns are read by name and errors name row and column, never the value."""

    rows: Rows

    @classmethod
    def of(cls, inputs: Inputs) -> Table:
        """Take the table beside the inputs. Raises MissingInputError with fewer than 2 rows."""
        if len(inputs.table) < 2:  # noqa: PLR2004 - a variance needs two
            raise MissingInputError("estimate: inputs.csv: missing, or fewer than 2 rows", hint="name a CSV file")
        return cls(inputs.table)

    def numbers(self, column: str) -> list[float]:
        """Return a column as finite numbers."""
        return [_number(self._cell(row, column, n), column, n) for n, row in enumerate(self.rows, start=1)]

    def texts(self, column: str) -> list[str]:
        """Return a column as text."""
        return [self._cell(row, column, n) for n, row in enumerate(self.rows, start=1)]

    def _cell(self, row: Mapping[str, str], column: str, number: int) -> str:
        value = row.get(column)
        if value is None or not value.strip():
            raise BadInputError(f"estimate: csv row {number}: column {column}: missing", hint="fill the column")
        return value


def _number(text: str, column: str, row: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInputError(f"estimate: csv row {row}: column {column}: not a number", hint="write digits and a point")
    return value
