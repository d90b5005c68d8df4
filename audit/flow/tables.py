"""Import an official table: read whole or refused whole, kept as Parquet in the workspace, one entry in the trail."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from audit.codesets.icd10cm import KIND as ICD10CM
from audit.codesets.imports import READERS, dates_in_name, usual_end
from audit.codesets.kinds import KINDS
from audit.codesets.official import Row, WrongFileError
from audit.codesets.parquet import write_table
from audit.domain.membership import MemberRole
from audit.domain.ports import Database
from audit.engine.duck import open_database
from audit.errors import UnreadableFileError, UsageError
from audit.flow.ledger import Act, Ledger, open_ledger
from audit.flow.reference import (
    EDITION_FILE,
    EditionFacts,
    content_digest,
    find_reference,
    imported_facts,
    tables_folder,
    write_facts,
    write_icd10cm,
)
from audit.flow.workspace import Unlocked, Workspace

TABULAR = "icd10cm-tabular"
IMPORTABLE = (TABULAR, *READERS)
"""Every kind that ``tables import`` takes."""


class UnknownTableKindError(UsageError):
    """No table is of that kind."""


class NoDatesError(UsageError):
    """Neither the user nor the file name says from when the table is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableListing:
    """One edition at hand as ``tables list`` prints it."""

    kind: str
    edition: str
    valid_from: date
    valid_to: date
    rows: int
    sha256: str


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
    begins, ends = _interval(kind, files, first, last)
    stored = ICD10CM if kind == TABULAR else kind
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        folder = tables_folder(workspace.root) / stored
        folder.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".importing-", dir=folder))
        try:
            rows = _compile(temporary, files) if kind == TABULAR else _read(kind, temporary, files)
            facts = EditionFacts(
                kind=stored,
                edition=", ".join(file.name for file in files),
                valid_from=begins,
                valid_to=ends,
                sha256=_digest(files),
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
                rows=_count(database, next(iter(edition.files.values()))),
                sha256=edition.digest,
            )
            for edition in reference.editions
        ]


def _interval(kind: str, files: Sequence[Path], first: date | None, last: date | None) -> tuple[date, date]:
    begins = first or next((found for file in files if (found := dates_in_name(file.name))), None)
    if begins is None:
        raise NoDatesError(f"{files[0].name}: the name does not say from when it is in force", hint="add --from DATE")
    ends = last or usual_end(kind, begins)
    if ends < begins:
        raise NoDatesError(f"{files[0].name}: the table would end before it begins", hint="check --from and --to")
    return begins, ends


def _read(kind: str, folder: Path, files: Sequence[Path]) -> int:
    ((name, columns),) = KINDS[kind].items()
    with open_database([folder]) as database:
        return write_table(database, folder / f"{name}.parquet", columns, _rows(kind, files))


def _rows(kind: str, files: Iterable[Path]) -> Iterator[Row]:
    for file in files:
        empty = True
        for row in READERS[kind](file):
            empty = False
            yield row
        if empty:
            raise WrongFileError(file, None, "holds no row")


def _compile(folder: Path, files: Sequence[Path]) -> int:
    if len(files) != 1:
        raise UnknownTableKindError(f"{TABULAR} is one file", hint="give the tabular XML alone")
    write_icd10cm(folder, _bytes(files[0]), files[0].name)
    with open_database([folder]) as database:
        return _count(database, folder / f"{ICD10CM}.parquet")


def _count(database: Database, parquet: Path) -> int:
    ((rows,),) = database.rows("SELECT count(*) FROM read_parquet(?)", [str(parquet)])
    return int(rows)


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


def _digest(files: Iterable[Path]) -> str:
    """Return the SHA-256 of the file, or of the SHA-256s of its parts in the order given."""
    digests = [hashlib.sha256(_bytes(file)).digest() for file in files]
    return digests[0].hex() if len(digests) == 1 else hashlib.sha256(b"".join(digests)).hexdigest()


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UnreadableFileError.at(file, error) from None
