"""Words of SQL that every edit is made of. Parameters of a rule reach SQL as literals through this module alone.

A pure room composes whole statements and has no place-holders to bind; the values come from rule pages only, never from
a patient or a plan, and a literal is escaped or refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from audit.domain.rule import Rule

_KIND = re.compile(r"[a-z][a-z0-9-]*")

NOTHING_SUGGESTED = "CAST([] AS VARCHAR[])"
DIAGNOSIS = "l.system = 'ICD10CM' AND l.role <> 'admitting'"
SERVICE = "l.system IN ('CPT', 'HCPCS')"


@dataclass(frozen=True, slots=True, kw_only=True)
class EditQuery:
    """What an edit asks of the canonical tables and the code-set tables.

    ``finds`` selects (encounter_id VARCHAR, line INTEGER or NULL, code VARCHAR, suggested VARCHAR[], detail VARCHAR);
    ``not_assessed`` selects (reason VARCHAR, count BIGINT), none where the count would be 0. ``needs`` are the kinds of
    code-set tables without which neither can be asked. ``shared`` names tables that ``finds`` reads, with the query
    that makes each; a name stands for one query, so that rules that name it alike are served by one table.
    """

    finds: str
    not_assessed: str | None = None
    needs: tuple[str, ...] = ()
    shared: Mapping[str, str] = field(default_factory=dict)


def text(value: str) -> str:
    """Return ``value`` as a SQL literal. Raises ValueError for a character that no rule page needs."""
    if not value.isprintable():
        raise ValueError("a rule parameter holds a control character")
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Return values as a list literal, to be used with ``IN`` or ``list_has_any``."""
    return "[" + ", ".join(text(value) for value in values) + "]"


def number(value: Decimal | int) -> str:
    """Return a number as a SQL literal."""
    return format(Decimal(value), "f")


def day(value: date) -> str:
    """Return a date as a SQL literal."""
    return f"DATE '{value.isoformat()}'"


def scope(rule: Rule) -> str:
    """Return the condition on line ``l`` that every finding meets: sampled, and served while the rule is in force."""
    return f"l.sampled AND {in_force(rule)}"


def in_force(rule: Rule) -> str:
    """Return the condition on line ``l`` that it was served while the rule is in force."""
    return f"l.service_day BETWEEN {day(rule.in_force_from)} AND {day(rule.in_force_to or date.max)}"


def covers(column: str, codes: Sequence[str]) -> str:
    """Return the condition that the code in ``column`` is one of ``codes``: itself, below it, or in a range."""
    return "(" + " OR ".join(_covers(column, item) for item in codes) + ")"


def _covers(column: str, item: str) -> str:
    first, dash, last = item.partition("-")
    if not dash:
        return f"starts_with({column}, {text(item)})"
    return f"({column}[1:{len(first)}] >= {text(first)} AND {column}[1:{len(last)}] <= {text(last)})"


def table(kind: str) -> str:
    """Return the table name of a kind of code set. Raises ValueError for what cannot be one."""
    if not _KIND.fullmatch(kind):
        raise ValueError("a rule names a table by letters, digits and hyphens")
    return kind.replace("-", "_")


def edition_of(kind: str, line: str = "l") -> str:
    """Return the join of a line with the edition of ``kind`` that is in force on its day, as ``ed``."""
    return f"JOIN {table(kind)}_editions ed ON {line}.service_day BETWEEN ed.valid_from AND ed.valid_to"


def outside_editions(kind: str, rule: Rule, relevant: str) -> str:
    """Return the query that counts lines which would be checked if an edition of ``kind`` covered their day."""
    reason = f"no edition of {kind} at hand is in force on the date of service"
    covering = f"{table(kind)}_editions ed WHERE l.service_day BETWEEN ed.valid_from AND ed.valid_to"
    outside = f"NOT EXISTS (SELECT 1 FROM {covering})"
    return counted(reason, f"{scope(rule)} AND {relevant} AND {outside}")


def counted(reason: str, condition: str) -> str:
    """Return the query that gives ``reason`` with the number of lines ``l`` that meet ``condition``, if any."""
    return f"SELECT {text(reason)} AS reason, count(*) AS count FROM lines l WHERE {condition} HAVING count(*) > 0"


def together(*queries: str) -> str:
    """Return the rows of all queries."""
    return " UNION ALL ".join(queries)
