"""Examples of a rule: a made-up encounter in canonical columns and what the rule must find in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TypeVar

from audit.domain.encounter import CodeLine, Document, Encounter, Patient
from audit.domain.rule import Example, ExpectedFind, Verdict
from audit.packs.page import Page, PageError, UnknownKeyError, WrongTypeError

FEWEST, MOST = 2, 4

_ENCOUNTER = frozenset(f.name for f in fields(Encounter))
_PATIENT = frozenset(f.name for f in fields(Patient)) - {"other"}
_CODES = frozenset(f.name for f in fields(CodeLine))
_DOCUMENTS = frozenset(f.name for f in fields(Document))
_OPTIONAL = ("encounter", "patient", "codes", "documents", "tables")

Row = Mapping[str, str]
_T = TypeVar("_T")


class ExamplesError(PageError):
    """A rule without two to four examples of which one passes and one fails, or one that contradicts its rule."""


def read_examples(page: Page, verdict: Verdict) -> tuple[Example, ...]:
    """Read the ``examples`` of a rule whose findings have ``verdict``. Raises PageError at the line."""
    items = page.items()
    if not FEWEST <= len(items) <= MOST:
        raise ExamplesError(page.where, f"{len(items)} examples; a rule has {FEWEST} to {MOST}")
    examples = tuple(_example(item, verdict) for item in items)
    if all(example.finds for example in examples):
        raise ExamplesError(page.where, "no example passes (finds: [])")
    if not any(example.finds for example in examples):
        raise ExamplesError(page.where, "no example fails (finds: [{line, verdict}])")
    return examples


def _example(page: Page, verdict: Verdict) -> Example:
    found = page.fields(("title", "finds"), _OPTIONAL)
    return Example(
        title=found["title"].text(),
        encounter=_optional(found.get("encounter"), lambda p: _row(p, _ENCOUNTER), {}),
        patient=_optional(found.get("patient"), lambda p: _row(p, _PATIENT), {}),
        codes=_optional(found.get("codes"), lambda p: _rows(p, _CODES), ()),
        documents=_optional(found.get("documents"), lambda p: _rows(p, _DOCUMENTS), ()),
        tables=_optional(found.get("tables"), _tables, {}),
        finds=tuple(_find(item, verdict) for item in found["finds"].items()),
    )


def _optional(page: Page | None, read: Callable[[Page], _T], absent: _T) -> _T:
    return absent if page is None else read(page)


def _find(page: Page, verdict: Verdict) -> ExpectedFind:
    found = page.fields(("line", "verdict"))
    stated = found["verdict"].choice(Verdict)
    if stated is not verdict:
        raise ExamplesError(found["verdict"].where, f"expects {stated}, but the rule's verdict is {verdict}")
    line = found["line"]
    if line.is_null():
        return ExpectedFind(line=None, verdict=stated)
    number = line.number()
    if not isinstance(number, int):
        raise WrongTypeError(line.where, "expected a line number or null")
    return ExpectedFind(line=number, verdict=stated)


def _tables(page: Page) -> Mapping[str, tuple[Row, ...]]:
    return {kind: _rows(rows, None) for kind, rows in page.mapping().items()}


def _rows(page: Page, columns: frozenset[str] | None) -> tuple[Row, ...]:
    """Read rows written as a list of mappings, or as a text table with ``|`` between cells and names on top."""
    if page.is_text():
        return _text_table(page, columns)
    return tuple(_row(item, columns) for item in page.items())


def _row(page: Page, columns: frozenset[str] | None) -> Row:
    found = page.mapping()
    for name, value in found.items():
        _known(name, columns, value.where)
    return {name: value.raw() for name, value in found.items()}


def _known(name: str, columns: frozenset[str] | None, where: str) -> None:
    if columns is not None and name not in columns:
        raise UnknownKeyError(where, f"unknown column {name}", hint=f"columns here: {', '.join(sorted(columns))}")


def _text_table(page: Page, columns: frozenset[str] | None) -> tuple[Row, ...]:
    lines = [line for line in page.raw().splitlines() if line.strip()]
    names, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    for name in names:
        _known(name, columns, page.where)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise WrongTypeError(page.where, f"row {number} of the table has {len(row)} cells for {len(names)} columns")
    return tuple(dict(zip(names, row, strict=True)) for row in rows)
