"""ICD-10-CM from the official tabular XML: compiled once, loaded fast, always asked with a date.

The compiled edition is a folder of Parquet tables and one JSON file for readers of notes:

- ``icd10cm``: every category, subcategory and code, 7th characters expanded; ``billable`` is valid for submission.
  A code padded with X whose 7th character is missing (T68.XXX) is there too, as what it is: not billable.
- ``icd10cm_ancestor``: each of them with itself and everything above it, block and chapter included.
- ``icd10cm_excludes1``, ``icd10cm_code_first``: where a note stands (``owner``) and what it names (``other``), nodes.
  Notes are inherited, so a rule joins both sides through ``icd10cm_ancestor``. ``closed`` code-first notes name every
  partner by code and none as "if applicable".
- ``icd10cm_manifestation``: codes that are never first: their own or an ancestor's title says *in diseases classified
  elsewhere* or *due to underlying condition*, and a code-first note stands at or above them (OCG I.A.13).
- ``icd10cm_note``: what was understood of each note; what could not be parsed is counted, never guessed.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from audit.codesets.parquet import Columns, write_table
from audit.codesets.references import Understood, read_reference
from audit.codesets.tabular import Level, Node, NoteKind, Tabular, cut_short
from audit.domain.classification import Classification, CodeEntry
from audit.domain.codes import category_of
from audit.domain.ports import Database

KIND = "icd10cm"
CLASSIFICATION = "classification.json"

TABLES: dict[str, Columns] = {
    "icd10cm": {
        "code": "VARCHAR",
        "description": "VARCHAR",
        "parent": "VARCHAR",
        "category": "VARCHAR",
        "billable": "BOOLEAN",
    },
    "icd10cm_ancestor": {"code": "VARCHAR", "ancestor": "VARCHAR"},
    "icd10cm_excludes1": {"owner": "VARCHAR", "other": "VARCHAR", "note": "VARCHAR"},
    "icd10cm_code_first": {"owner": "VARCHAR", "other": "VARCHAR", "closed": "BOOLEAN"},
    "icd10cm_manifestation": {"code": "VARCHAR"},
    "icd10cm_note": {"kind": "VARCHAR", "owner": "VARCHAR", "note": "VARCHAR", "understood": "VARCHAR"},
}

_MANIFESTATION = re.compile(
    r"\b(?:in|due to)\b.*\bclassified elsewhere\b|\bdue to underlying condition\b", re.IGNORECASE
)
_AGENT = "as the cause of diseases classified elsewhere"
_OPEN = re.compile(r"if applicable|if known|if present|such as|any associated|:$", re.IGNORECASE)

Row = tuple[object, ...]


def write_edition(database: Database, folder: Path, tabular: Tabular) -> None:
    """Write every table of one edition into ``folder``, which ``database`` may read and write."""
    rows: dict[str, Iterable[Row]] = {
        "icd10cm": _codes(tabular),
        "icd10cm_ancestor": _ancestors(tabular),
        "icd10cm_excludes1": _excludes1(tabular),
        "icd10cm_code_first": _code_first(tabular),
        "icd10cm_manifestation": _manifestations(tabular),
        "icd10cm_note": _notes(tabular),
    }
    for name, columns in TABLES.items():
        write_table(database, folder / f"{name}.parquet", columns, rows[name])
    entries = [_entry(node, tabular) for node in tabular.nodes if node.level is Level.CODE]
    text = json.dumps(entries, ensure_ascii=False, separators=(",", ":"))
    (folder / CLASSIFICATION).write_text(text, encoding="utf-8")


def load_classification(
    folder: Path, *, edition: str, digest: str, in_force_from: date, in_force_to: date
) -> Classification:
    """Load the entries of a compiled edition; codes with a 7th character are not among them."""
    with _collector_at_rest():
        entries = tuple(
            CodeEntry(
                code=code,
                description=description,
                parent=parent,
                billable=billable,
                inclusion_terms=tuple(terms),
                includes=tuple(includes),
            )
            for code, description, parent, billable, terms, includes in json.loads(
                (folder / CLASSIFICATION).read_bytes()
            )
        )
    return Classification(
        edition=edition, digest=digest, in_force_from=in_force_from, in_force_to=in_force_to, entries=entries
    )


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking 47,000 new entries again and again: it doubled the time of loading."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _entry(node: Node, tabular: Tabular) -> Row:
    billable = node.leaf and not tabular.seventh_of(node.name)
    parent = _code_parent(node, tabular)
    return (node.name, node.description, parent, billable, node.inclusion_terms, node.includes)


def _code_parent(node: Node, tabular: Tabular) -> str | None:
    parent = tabular.by_name[node.parent] if node.parent else None
    return parent.name if parent and parent.level is Level.CODE else None


def _submittable(tabular: Tabular) -> Iterator[tuple[Node, str, str]]:
    """Yield (leaf, code, description) for every code valid for submission."""
    for node in tabular.nodes:
        if node.leaf:
            for code, description in tabular.expand(node):
                yield node, code, description


def _needing_seventh(tabular: Tabular) -> Iterator[Node]:
    return (node for node in tabular.nodes if node.leaf and tabular.seventh_of(node.name))


def _codes(tabular: Tabular) -> Iterator[Row]:
    submittable = {code for _, code, _ in _submittable(tabular)}
    for node in tabular.nodes:
        if node.level is Level.CODE:
            parent = _code_parent(node, tabular)
            yield node.name, node.description, parent, category_of(node.name), node.name in submittable
    for node in _needing_seventh(tabular):
        yield from ((code, node.description, node.name, category_of(code), False) for code in cut_short(node.name))
    for node, code, description in _submittable(tabular):
        if code != node.name:
            yield code, description, node.name, category_of(code), True


def _ancestors(tabular: Tabular) -> Iterator[Row]:
    for node in tabular.nodes:
        if node.level is Level.CODE:
            yield from ((node.name, ancestor.name) for ancestor in tabular.ancestors(node.name))
    extended = [(node, code) for node, code, _ in _submittable(tabular) if code != node.name]
    padded = [(node, code) for node in _needing_seventh(tabular) for code in cut_short(node.name)]
    for node, code in extended:
        yield from ((code, shorter) for shorter in cut_short(node.name))
    for node, code in [*extended, *padded]:
        yield code, code
        yield from ((code, ancestor.name) for ancestor in tabular.ancestors(node.name))


def _excludes1(tabular: Tabular) -> Iterator[Row]:
    for node in tabular.nodes:
        for note in node.notes.get(NoteKind.EXCLUDES1, ()):
            yield from ((node.name, other, note) for other in read_reference(note, tabular).nodes)


def _code_first(tabular: Tabular) -> Iterator[Row]:
    for node in tabular.nodes:
        notes = node.notes.get(NoteKind.CODE_FIRST, ())
        references = [read_reference(note, tabular) for note in notes]
        named = all(reference.understood is Understood.CODES for reference in references)
        closed = named and not any(_OPEN.search(note) for note in notes)
        for other in dict.fromkeys(other for reference in references for other in reference.nodes):
            yield node.name, other, closed


def _manifestations(tabular: Tabular) -> Iterator[Row]:
    for node, code, _ in _submittable(tabular):
        ancestors = list(tabular.ancestors(node.name))
        titled = any(_is_manifestation(a.description) for a in ancestors if a.level is Level.CODE)
        if titled and any(NoteKind.CODE_FIRST in a.notes for a in ancestors):
            yield (code,)


def _is_manifestation(title: str) -> bool:
    return bool(_MANIFESTATION.search(title)) and _AGENT not in title.lower()


def _notes(tabular: Tabular) -> Iterator[Row]:
    for node in tabular.nodes:
        for kind, notes in node.notes.items():
            for note in notes:
                yield kind.value, node.name, note, read_reference(note, tabular).understood.value
