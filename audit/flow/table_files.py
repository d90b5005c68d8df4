"""Official files of a kind of table → its Parquet tables in a folder: read whole or refused whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from audit.codesets.icd10cm import KIND as ICD10CM
from audit.codesets.imports import READERS, TABULAR, dates_in_name, usual_end
from audit.codesets.kinds import KINDS
from audit.codesets.official import Row, WrongFileError
from audit.codesets.parquet import write_table
from audit.codesets.sources import Source, sources_of
from audit.domain.ports import Database
from audit.engine.duck import open_database
from audit.errors import UnreadableFileError, UsageError
from audit.flow.reference import write_icd10cm


class OneFileError(UsageError):
    """The kind of table is one file, and several were given."""


class NoDatesError(UsageError):
    """Neither the user nor the file name says from when the table is in force."""


def stored_kind(kind: str) -> str:
    """Return the kind of table that files of the importable ``kind`` make."""
    return ICD10CM if kind == TABULAR else kind


def interval(kind: str, files: Sequence[Path], first: date | None, last: date | None) -> tuple[date, date]:
    """Return the first and last day in force: as given, else by file name and usual end. Raises NoDatesError."""
    begins = first or next((found for file in files if (found := dates_in_name(file.name))), None)
    if begins is None:
        raise NoDatesError(f"{files[0].name}: the name does not say from when it is in force", hint="add --from DATE")
    ends = last or usual_end(kind, begins)
    if ends < begins:
        raise NoDatesError(f"{files[0].name}: the table would end before it begins", hint="check both dates")
    return begins, ends


def write_tables(kind: str, folder: Path, files: Sequence[Path]) -> int:
    """Write the Parquet files of ``kind`` into ``folder`` and return the rows of the first.

    Raises WrongFileError, NotTabularError, OneFileError, UnreadableFileError.
    """
    return _compile(folder, files) if kind == TABULAR else _read(kind, folder, files)


def count_rows(database: Database, parquet: Path) -> int:
    """Return the number of rows of a Parquet file."""
    ((rows,),) = database.rows("SELECT count(*) FROM read_parquet(?)", [str(parquet)])
    return int(rows)


def digest_of(files: Iterable[Path]) -> str:
    """Return the SHA-256 of the file, or of those of its parts in the order given. Raises UnreadableFileError."""
    digests = [_digest(file) for file in files]
    return digests[0].hex() if len(digests) == 1 else hashlib.sha256(b"".join(digests)).hexdigest()


def _read(kind: str, folder: Path, files: Sequence[Path]) -> int:
    ((name, columns),) = KINDS[kind].items()
    with open_database([folder]) as database:
        return write_table(database, folder / f"{name}.parquet", columns, _rows(kind, _sources(kind, files)))


def _sources(kind: str, files: Iterable[Path]) -> list[Source]:
    return [source for file in files for source in sources_of(kind, file)]


def _rows(kind: str, files: Iterable[Source]) -> Iterator[Row]:
    for file in files:
        empty = True
        for row in READERS[kind](file):
            empty = False
            yield row
        if empty:
            raise WrongFileError(file, None, "holds no row")


def _compile(folder: Path, files: Sequence[Path]) -> int:
    sources = _sources(TABULAR, files)
    if len(sources) != 1:
        raise OneFileError(f"{TABULAR} is one file", hint="give the tabular XML alone")
    try:
        data = sources[0].read_bytes()
    except OSError as error:
        raise UnreadableFileError.at(str(sources[0]), error) from None
    write_icd10cm(folder, data, sources[0].name)
    with open_database([folder]) as database:
        return count_rows(database, folder / f"{ICD10CM}.parquet")


def _digest(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError as error:
        raise UnreadableFileError.at(file, error) from None
