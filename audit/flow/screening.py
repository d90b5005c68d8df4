"""Edits over one part of a population: findings to Parquet, counts per rule; and how many parts a memory allows."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.domain.finding import NotAssessed
from audit.domain.ports import Database
from audit.domain.rule import Rule
from audit.edits import VOCABULARY as EDIT_KINDS
from audit.edits import compose, shared_tables
from audit.errors import UsageError
from audit.flow.checking import absent_table, unapplied

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(MB|GB)", re.IGNORECASE)
_UNITS = {"MB": 10**6, "GB": 10**9}
LEAST_MEMORY = 500 * 10**6
_PROGRAM = 250 * 10**6
"""What the program itself takes beside the database."""
_LINE = 1200
"""Bytes that a code line takes at the height of a part: as text, typed, joined, and paired with its like."""
_TABLES = 0.25
"""The share of the database's memory that reference tables may take; measured with 2.5 million PTP pairs."""


class MemorySizeError(UsageError):
    """The memory is not a size, or too little to work in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFound:
    """What came of one part. ``row_sum`` adds the row numbers of its code lines, so that no line is lost unseen."""

    encounters: int
    lines: int
    row_sum: int
    defective: int
    findings: Mapping[str, int]
    not_assessed: tuple[NotAssessed, ...]


def memory_of(text: str) -> int:
    """Return the bytes of a size such as ``3GB`` or ``800MB``. Raises MemorySizeError."""
    found = _SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * _UNITS[found[2].upper()]) if found else 0
    if size < LEAST_MEMORY:
        raise MemorySizeError("--memory: must be a size of 500MB or more, such as 3GB")
    return size


def database_share(memory: int) -> int:
    """Return the bytes of ``memory`` that the database may take."""
    return memory - _PROGRAM


def parts_of(lines: int, memory: int) -> int:
    """Return into how many parts a population of ``lines`` code lines is read."""
    room = database_share(memory) * (1 - _TABLES)
    return max(1, -(-lines * _LINE // int(room)))


def screen_part(
    database: Database, rules: Sequence[Rule], loaded: Collection[str]
) -> tuple[dict[str, int], list[NotAssessed]]:
    """Run every edit among ``rules`` over ``lines``; findings go to the table ``found`` (unit, rule, findings).

    ``findings`` counts the lines of the unit that the rule found. Returns the counts per rule, and what a rule could
    not be applied to.
    """
    database.execute("CREATE OR REPLACE TABLE found (unit VARCHAR, rule VARCHAR, findings INTEGER)")
    not_assessed: list[NotAssessed] = []
    with shared_tables(database) as make:
        for rule in rules:
            if rule.check not in EDIT_KINDS:
                continue
            query = compose(rule)
            missing = absent_table(database, rule, query, loaded)
            if missing:
                not_assessed.append(missing)
                continue
            make(query)
            database.execute(
                f"INSERT INTO found SELECT encounter_id, '{rule.id}', count(*) FROM ({query.finds})"
                " GROUP BY encounter_id"
            )
            not_assessed += unapplied(database, rule, query)
    counts = database.rows("SELECT rule, sum(findings)::BIGINT FROM found GROUP BY rule ORDER BY rule")
    return dict(counts), not_assessed


def write_found(database: Database, path: Path) -> None:
    """Write the table ``found`` as Parquet to ``path``, in unit, rule order."""
    quoted = "'" + str(path).replace("'", "''") + "'"
    database.execute(f"COPY (SELECT * FROM found ORDER BY unit, rule) TO {quoted} (FORMAT parquet, COMPRESSION zstd)")
