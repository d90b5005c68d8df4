"""Reference tables: the ICD-10-CM that ships, what the user has imported, and which edition is in force when.

A compiled ICD-10-CM is kept in the user's cache (``CHARTASSAY_CACHE`` overrides the place); imported tables lie in the
workspace as Parquet with a small ``edition.json`` beside them. The next edition of a kind closes the one before it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import platformdirs

from audit.codesets.artefact import compiled_folder, compiler_digest
from audit.codesets.bundled import CarriedEdition, carried_edition
from audit.codesets.icd10cm import KIND as ICD10CM
from audit.codesets.icd10cm import load_classification, write_edition
from audit.codesets.imports import INDEX
from audit.codesets.index import LEVELS
from audit.codesets.kinds import KINDS, add_edition, create_tables
from audit.codesets.tabular import parse_tabular
from audit.domain.canonical import canonical_bytes, from_json
from audit.domain.classification import Classification
from audit.domain.ports import Database
from audit.domain.summary import SourceUsed
from audit.engine.duck import open_database
from audit.errors import InputError

EDITION_FILE = "edition.json"


class NoClassificationError(InputError):
    """Neither a shipped nor an imported ICD-10-CM is at hand."""


class CacheNotWritableError(InputError):
    """The folder for what is compiled once cannot be written."""


class DamagedTableError(InputError):
    """An imported table is not what was imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFacts:
    """What ``edition.json`` says: ``sha256`` of the file that was read, ``content`` of the Parquet files made of it."""

    kind: str
    edition: str
    valid_from: date
    valid_to: date
    sha256: str
    content: str
    rows: int
    number: int
    """Counts the imports of the kind from 1: of two editions that begin on one day the later import is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition at hand, in force from ``valid_from`` to ``valid_to``; ``folder`` holds a Parquet file per table."""

    kind: str
    edition: str
    valid_from: date
    valid_to: date
    digest: str
    folder: Path

    @property
    def files(self) -> Mapping[str, Path]:
        """The Parquet file of each table."""
        return {name: self.folder / f"{name}.parquet" for name in KINDS[self.kind]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Every edition at hand, by kind and date; no two of a kind are in force on one day."""

    editions: tuple[Edition, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files a database must be allowed to read before ``load``."""
        return tuple(file for edition in self.editions for file in edition.files.values())

    @property
    def used(self) -> tuple[SourceUsed, ...]:
        """What the audit id and the reports say of the tables."""
        return tuple(
            SourceUsed(
                kind=edition.kind,
                name=edition.kind,
                edition=f"{edition.edition}, in force {edition.valid_from} to {edition.valid_to}",
                digest=edition.digest,
            )
            for edition in self.editions
        )

    def load(self, database: Database) -> frozenset[str]:
        """Make the tables of every kind at hand in ``database`` and return the kinds."""
        kinds = frozenset(edition.kind for edition in self.editions)
        for kind in sorted(kinds):
            create_tables(database, kind)
        for edition in self.editions:
            relations = {name: f"read_parquet({_literal(file)})" for name, file in edition.files.items()}
            add_edition(database, edition.kind, relations, edition.valid_from, edition.valid_to)
        return kinds

    def classification(self) -> Classification:
        """Return the latest ICD-10-CM at hand, for reading notes. Raises NoClassificationError."""
        found = [edition for edition in self.editions if edition.kind == ICD10CM]
        if not found:
            raise NoClassificationError(
                "no icd-10-cm is at hand", hint="chartassay tables import icd10cm-tabular FILE --from DATE --to DATE"
            )
        latest = found[-1]
        return load_classification(
            latest.folder,
            edition=latest.edition,
            digest=latest.digest,
            in_force_from=latest.valid_from,
            in_force_to=latest.valid_to,
        )

    def index(self) -> AlphabeticIndex | None:
        """Return the latest Alphabetic Index that was imported, or None: an older year's names are still names."""
        found = [edition for edition in self.editions if edition.kind == INDEX]
        return AlphabeticIndex(found[-1].digest, next(iter(found[-1].files.values()))) if found else None


@dataclass(frozen=True, slots=True)
class AlphabeticIndex:
    """The index that notes are read with: its digest, and the Parquet file that holds its rows."""

    digest: str
    file: Path

    def rows(self) -> list[tuple[tuple[str, ...], str]]:
        """Return the headings and the code of each row."""
        with open_database([self.file]) as database:
            found = database.rows("SELECT path, code FROM read_parquet(?)", [str(self.file)])
        return [(tuple(path.split(LEVELS)), code) for path, code in found]


def find_reference(tables: Path | None, brought: Sequence[Edition] = ()) -> Reference:
    """Return every edition at hand: the one that ships, those imported into the folder ``tables``, those ``brought``.

    Compiles the shipped ICD-10-CM on first use. Raises DamagedTableError.
    """
    shipped = _shipped()
    found = [*([shipped] if shipped else []), *(_imported(tables) if tables and tables.is_dir() else []), *brought]
    return Reference(editions=_closed(found))


def cache_folder() -> Path:
    """Return the folder for what can be compiled again: ``CHARTASSAY_CACHE``, else the user's cache folder."""
    named = os.environ.get("CHARTASSAY_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("chartassay"))


def tables_folder(workspace: Path) -> Path:
    """Return the folder of imported tables of a workspace."""
    return workspace / "tables"


def content_digest(folder: Path, kind: str) -> str:
    """Return the SHA-256 (hex) over the Parquet files of an edition, in the order of its tables."""
    digest = hashlib.sha256()
    for name in KINDS[kind]:
        digest.update((folder / f"{name}.parquet").read_bytes())
    return digest.hexdigest()


def write_icd10cm(folder: Path, data: bytes, shown: str) -> None:
    """Compile a tabular XML into ``folder``. Raises NotTabularError."""
    tabular = parse_tabular(data, shown)
    with open_database([folder]) as database:
        write_edition(database, folder, tabular)


def _shipped() -> Edition | None:
    carried = carried_edition()
    if carried is None:
        return None
    known, data = carried
    folder = cached(
        ICD10CM,
        [known.sha256, compiler_digest()],
        lambda temporary: write_icd10cm(temporary, data, "the icd-10-cm that ships"),
    )
    return _edition(known, folder)


def cached(kind: str, key: Iterable[str], write: Callable[[Path], object]) -> Path:
    """Return the cached folder of ``key``, written by ``write`` if it is not there. Raises CacheNotWritableError."""
    root = cache_folder() / kind
    try:
        return compiled_folder(root, key, write)
    except OSError as error:
        raise CacheNotWritableError(
            f"{root}: {(error.strerror or 'cannot be written').lower()}",
            hint="tables are compiled there once; name another folder in CHARTASSAY_CACHE",
        ) from None


def _edition(known: CarriedEdition, folder: Path) -> Edition:
    return Edition(
        kind=ICD10CM,
        edition=known.edition,
        valid_from=known.valid_from,
        valid_to=known.valid_to,
        digest=known.sha256,
        folder=folder,
    )


def _imported(tables: Path) -> Iterable[Edition]:
    for facts, file in imported_facts(tables):
        if content_digest(file.parent, facts.kind) != facts.content:
            raise DamagedTableError(
                f"table {facts.kind} from {facts.valid_from} is not what was imported", hint="import it again"
            )
        yield Edition(
            kind=facts.kind,
            edition=facts.edition,
            valid_from=facts.valid_from,
            valid_to=facts.valid_to,
            digest=facts.sha256,
            folder=file.parent,
        )


def imported_facts(tables: Path) -> list[tuple[EditionFacts, Path]]:
    """Return what was imported into the folder ``tables``, in order of import, each with its ``edition.json``."""
    found = [(read_facts(file), file) for file in tables.glob(f"*/*/{EDITION_FILE}")]
    return sorted(found, key=lambda item: (item[0].kind, item[0].number))


def read_facts(file: Path) -> EditionFacts:
    """Return what an ``edition.json`` says. Raises DamagedTableError."""
    try:
        return from_json(EditionFacts, json.loads(file.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedTableError(f"{file}: cannot be read", hint="import the table again") from error


def write_facts(folder: Path, facts: EditionFacts) -> None:
    """Write ``edition.json`` beside the Parquet files of an edition."""
    (folder / EDITION_FILE).write_bytes(canonical_bytes(facts))


def _closed(editions: Iterable[Edition]) -> tuple[Edition, ...]:
    """Order the editions and end each the day before the next of its kind begins; of two with one date the last stays.

    The shipped edition comes first in ``editions`` and a plan's own last, so that an import of the same date takes the
    place of the one that ships, and the plan's the place of both.
    """
    by_date = {(edition.kind, edition.valid_from): edition for edition in editions}
    ordered = [by_date[key] for key in sorted(by_date)]
    followers = [*ordered[1:], None]
    return tuple(_ended(edition, follower) for edition, follower in zip(ordered, followers, strict=True))


def _ended(edition: Edition, follower: Edition | None) -> Edition:
    if follower is None or follower.kind != edition.kind or follower.valid_from > edition.valid_to:
        return edition
    return replace(edition, valid_to=follower.valid_from - timedelta(days=1))


def _literal(path: Path) -> str:
    return "'" + str(path.resolve()).replace("'", "''") + "'"
