"""Table files as bytes: encoding, quoting and header, checked before anything reads them as a table."""

from __future__ import annotations

import codecs
import contextlib
import csv
import difflib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audit.domain.ports import FileDatabase
from audit.errors import InputError, UnreadableFileError
from audit.intake.columns import Column, Holds, Table, quoted_name

_CHUNK = 1 << 20
_TYPO = 0.85
_HEADER_HINT = "the first row must hold the column names"


class WrongEncodingError(InputError):
    """A table file is not UTF-8."""


class OpenQuoteError(InputError):
    """A quote is never closed: the file was cut off, and its last rows would be lost in silence."""


class HeaderError(InputError):
    """The header lacks a required column, repeats one, or misspells one."""


class UnknownTableFormatError(InputError):
    """The file's ending is neither .csv nor .parquet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """A table file that was read through once. ``unused`` are columns of the header that no canonical column takes."""

    table: Table
    path: Path
    sha256: str
    header: tuple[str, ...]
    unused: tuple[str, ...]


def inspect(database: FileDatabase, table: Table, path: Path, *, mapped: Sequence[str] = ()) -> TableFile:
    """Read ``path`` once for its digest, encoding and header. ``mapped``: columns the plan gives an identifier type.

    Raises UnreadableFileError, UnknownTableFormatError, WrongEncodingError, OpenQuoteError, HeaderError.
    """
    parquet = path.suffix.lower() == ".parquet"
    if not parquet and path.suffix.lower() != ".csv":
        raise UnknownTableFormatError(f"{path.name}: neither .csv nor .parquet", hint="name the file by its format")
    try:
        digest = _digest(path) if parquet else _digest_of_text(path)
        header = database.parquet_columns(path) if parquet else _csv_header(path)
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
    unused = _check_header(table, path, header, mapped)
    return TableFile(table=table, path=path, sha256=digest, header=tuple(header), unused=unused)


def load(database: FileDatabase, file: TableFile, *, mapped: Sequence[str] = (), where: str = "true") -> None:
    """Load the file as ``raw_<table>``: every canonical column as text, empty where the file has none, and ``_row``.

    ``where`` is a condition on the file's columns, for loading a part of it.
    """
    kept = [name for name in (*file.table.names, *mapped) if name in file.header]
    columns = ", ".join(
        _raw_column(column, present=column.name in kept)
        for column in (*file.table.columns, *(Column(name) for name in mapped))
    )
    raw, chosen = f"raw_{file.table.name}", f"{columns}, _row"
    if file.path.suffix.lower() == ".parquet":
        database.load_parquet(raw, file.path, kept, chosen=chosen, where=where)
    else:
        database.load_csv(raw, file.path, file.header, long_text=file.table.long_text, chosen=chosen, where=where)


def load_rows(database: FileDatabase, table: Table, rows: Sequence[Mapping[str, str]]) -> None:
    """Load rows given as values in place of a file, as the examples of rules do."""
    columns = ", ".join(f'"{name}" VARCHAR' for name in table.names)
    database.execute(f"CREATE TABLE raw_{table.name} ({columns}, _row BIGINT)")
    marks = ", ".join("?" for _ in range(len(table.names) + 1))
    for number, row in enumerate(rows, start=2):
        values = [row.get(name) or None for name in table.names]
        database.execute(f"INSERT INTO raw_{table.name} VALUES ({marks})", [*values, number])


def _raw_column(column: Column, *, present: bool) -> str:
    name = quoted_name(column.name)
    if not present:
        return f"CAST(NULL AS VARCHAR) AS {name}"
    if column.name == "text":
        return name  # offsets refer to the stored text, so nothing is trimmed from it
    trimmed = f"nullif(trim({name}), '')"
    return f"{_without_offset(trimmed) if column.holds is Holds.MOMENT else trimmed} AS {name}"


def _without_offset(moment: str) -> str:
    """Keep what the clock on the wall said: with its offset applied, an evening's note would move to the next day."""
    return f"regexp_replace({moment}, '(:[0-9.]+) ?(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$', '\\1')"


def _check_header(table: Table, path: Path, header: Sequence[str], mapped: Sequence[str]) -> tuple[str, ...]:
    folded = [name.casefold() for name in header]
    repeated = sorted({name for name in header if folded.count(name.casefold()) > 1})
    if repeated:
        raise HeaderError(
            f"{path.name}, row 1: column {repeated[0]} stands twice",
            hint="keep one; upper and lower case are not told apart",
        )
    absent = [name for name in (*table.required, *mapped) if name not in header]
    unknown = tuple(name for name in header if name not in table.names and name not in mapped)
    if absent:
        raise HeaderError(f"{path.name}, row 1: column {absent[0]} is missing", hint=_header_hint(absent[0], unknown))
    if table.either and not any(name in header for name in table.either):
        raise HeaderError(f"{path.name}, row 1: neither column {' nor '.join(table.either)} is there")
    _refuse_misspelt(table, path, header, unknown)
    return unknown


def _refuse_misspelt(table: Table, path: Path, header: Sequence[str], unknown: Sequence[str]) -> None:
    free = [name for name in table.names if name not in header]
    for name in unknown:
        close = difflib.get_close_matches(name.lower(), free, n=1, cutoff=_TYPO)
        if close:
            raise HeaderError(
                f"{path.name}, row 1: column {name} is not known", hint=f"did you mean {close[0]}? names are exact"
            )


def _header_hint(absent: str, unknown: Sequence[str]) -> str:
    close = difflib.get_close_matches(absent, unknown, n=1, cutoff=0.6)
    return f"the file has {close[0]}; names are exact" if close else _HEADER_HINT


def _csv_header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = next(csv.reader(stream), [])
    except csv.Error:
        raise HeaderError(f"{path.name}, row 1: not a header", hint=_HEADER_HINT) from None
    if not header:
        raise HeaderError(f"{path.name}: the file is empty", hint=_HEADER_HINT)
    return header


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest_of_text(path: Path) -> str:
    """Hash the file and, in the same pass, prove that it is UTF-8 and that its quotes close."""
    digest, decoder, quotes, line = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 0, 1
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                place = line + chunk[: max(error.start, 0)].count(b"\n")
                raise _wrong_encoding(path, place) from None
            quotes += chunk.count(b'"')
            line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _wrong_encoding(path, line) from None
    if quotes % 2:
        raise OpenQuoteError(f"{path.name}{_open_quote(path)}: a quote is never closed", hint="was the file cut off?")
    return digest.hexdigest()


def _open_quote(path: Path) -> str:
    """Say in which row the quotes go wrong, where a slow second reading shows it."""
    number = 0
    with path.open(encoding="utf-8-sig", newline="") as stream, contextlib.suppress(csv.Error):
        for _ in csv.reader(stream, strict=True):
            number += 1
        return ""
    return f", row {number + 1}"


def _wrong_encoding(path: Path, line: int) -> WrongEncodingError:
    return WrongEncodingError(f"{path.name}, line {line}: not UTF-8", hint="save the table as UTF-8 and run again")
