"""Import an official table: read whole or refused whole, kept as Parquet in the workspace, one entry in the trail."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from audit.codesets.icd10cm import KIND as ICD10CM
from audit.codesets.imports import IMPORTABLE
from audit.domain.membership import MemberRole
from audit.engine.duck import open_database
from audit.errors import UsageError
from audit.flow.ledger import Act, Ledger, open_ledger
from audit.flow.reference import (
    EDITION_FILE,
    EditionFacts,
    content_digest,
    find_reference,
    imported_facts,
    tables_folder,
    write_facts,
)
from audit.flow.table_files import count_rows, digest_of, interval, stored_kind, write_tables
from audit.flow.workspace import Unlocked, Workspace


class UnknownTableKindError(UsageError):
    """No table is of that kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableListing:
    """One edition at hand as ``tables list`` prints it."""

    kind: str
    edition: str
    valid_from: date
    valid_to: date
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnparsedNote:
    """A note that names codes and is no part of any check, because its words do not follow the grammar of ranges."""

    edition: str
    kind: str
    owner: str
    note: str


def import_table(
    kind: str,
    files: Sequence[Path],
    workspace: Workspace,
    unlocked: Unlocked,
    *,
    first: date | None = None,
    last: date | None = None,
) -> EditionFacts:
    """Read ``files`` (the parts of one edition) as ``kind``, in force from ``first`` to ``last``.

    Without ``first`` the file name must state it; ``last`` is the end of that quarter or fiscal year unless given.
    Raises UnknownTableKindError, NoDatesError, WrongFileError, NotTabularError, UnreadableFileError; then nothing was
    imported.
    """
    if kind not in IMPORTABLE:
        raise UnknownTableKindError(f"no table is of kind {kind}", hint=f"kinds: {', '.join(IMPORTABLE)}")
    begins, ends = interval(kind, files, first, last)
    stored = stored_kind(kind)
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        folder = tables_folder(workspace.root) / stored
        folder.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".importing-", dir=folder))
        try:
            rows = write_tables(kind, temporary, files)
            facts = EditionFacts(
                kind=stored,
                edition=", ".join(file.name for file in files),
                valid_from=begins,
                valid_to=ends,
                sha256=digest_of(files),
                content=content_digest(temporary, stored),
                rows=rows,
                number=1 + sum(known.kind == stored for known, _ in imported_facts(folder.parent)),
            )
            write_facts(temporary, facts)
            _commit(ledger, facts, temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return facts


def list_tables(workspace: Path | None) -> list[TableListing]:
    """Return every edition at hand, the shipped one included, by kind and date."""
    reference = find_reference(tables_folder(workspace) if workspace else None)
    with open_database(reference.files) as database:
        return [
            TableListing(
                kind=edition.kind,
                edition=edition.edition,
                valid_from=edition.valid_from,
                valid_to=edition.valid_to,
                rows=count_rows(database, next(iter(edition.files.values()))),
                sha256=edition.digest,
            )
            for edition in reference.editions
        ]


def unparsed_notes(workspace: Path | None) -> list[UnparsedNote]:
    """Return the notes of every ICD-10-CM at hand that could not be parsed, for a person to read."""
    reference = find_reference(tables_folder(workspace) if workspace else None)
    notes: list[UnparsedNote] = []
    with open_database(reference.files) as database:
        for edition in reference.editions:
            if edition.kind == ICD10CM:
                rows = database.rows(
                    "SELECT kind, owner, note FROM read_parquet(?) WHERE understood = 'not_parsed'",
                    [str(edition.files["icd10cm_note"])],
                )
                notes += [UnparsedNote(edition=edition.edition, kind=k, owner=o, note=n) for k, o, n in rows]
    return notes


def _commit(ledger: Ledger, facts: EditionFacts, temporary: Path, folder: Path) -> None:
    """Write the entry, then give every file its name; ``edition.json`` comes last and makes the edition visible."""
    final = folder / f"{facts.valid_from}-{secrets.token_hex(4)}"
    final.mkdir()
    act = Act("tables.import", {"table": facts})
    names = sorted((file.name for file in temporary.iterdir()), key=lambda name: name == EDITION_FILE)
    for name in names:
        act.file(temporary / name, final / name, purpose="reference table", phi=False)
    try:
        ledger.write(act)
    finally:
        with suppress(OSError):  # nothing was renamed into it, because the entry was not committed
            final.rmdir()
