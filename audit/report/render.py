"""From a view model to the bytes of a report; the same view gives the same bytes on any machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources.abc import Traversable
from typing import Any

from audit.errors import UsageError
from audit.report.page import page
from audit.report.tables import auditor_table, manager_table, officer_table

SCHEMA_VERSION = 1

_TABLES: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    "manager": manager_table,
    "auditor": auditor_table,
    "officer": officer_table,
}

KINDS = tuple(_TABLES)
FORMATS = ("html", "json", "csv")


class UnknownReportError(UsageError):
    """There is no report of that kind or format."""

    @classmethod
    def of(cls, what: str, name: str, known: tuple[str, ...]) -> UnknownReportError:
        """Build the error for ``name``, which is none of the ``known``."""
        return cls(f"no report {what} {name}", hint=f"the {what}s are {', '.join(known)}")


def render(view: Mapping[str, Any], *, kind: str, format: str, templates: Traversable) -> bytes:  # noqa: A002 - the word the command line uses
    """Return the report of ``kind`` in ``format`` (``KINDS``, ``FORMATS``), from the view of the same kind.

    ``templates`` is the root of ``reports/``. Raises UnknownReportError and MissingTemplateError.
    """
    if kind not in KINDS:
        raise UnknownReportError.of("kind", kind, KINDS)
    if format not in FORMATS:
        raise UnknownReportError.of("format", format, FORMATS)
    if format == "json":
        return _json(view)
    return _TABLES[kind](view) if format == "csv" else page(view, kind, templates)


def _json(view: Mapping[str, Any]) -> bytes:
    text = json.dumps({"schema_version": SCHEMA_VERSION, **view}, ensure_ascii=False, indent=1, allow_nan=False)
    # half a surrogate pair in a note has no UTF-8; its escape is the JSON spelling of the same code point
    return (text + "\n").encode("utf-8", "backslashreplace")
