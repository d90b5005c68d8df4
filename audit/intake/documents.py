"""Documents that the table names by path: below the table's folder, readable, UTF-8; read once for all of that."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePath

from audit.domain.ports import Database
from audit.intake.columns import DOCUMENTS

_NAMED = "path IS NOT NULL AND coalesce(\"text\", '') = ''"
"""A text in the table goes before a path."""


def check_document_files(database: Database, folder: Path) -> dict[str, str]:
    """Add to ``defects`` every row of ``raw_documents`` whose file cannot be used.

    Paths are relative to ``folder`` and stay below it, so that a table from elsewhere cannot have files of this
    computer read and quoted. Returns the digests (hex) of the usable files by path.
    """
    digests: dict[str, str] = {}
    rows = database.rows(f"SELECT _row, encounter_id, path FROM raw_documents WHERE {_NAMED} ORDER BY _row")
    for row, encounter_id, path in rows:
        problem, digest = _read(folder, path)
        if problem:
            values = [DOCUMENTS.name, row, "path", problem, encounter_id]
            database.execute("INSERT INTO defects VALUES (?, ?, ?, ?, ?)", values)
        else:
            digests[path] = digest
    return digests


def _read(folder: Path, path: str) -> tuple[str, str]:
    """Return what is wrong with a file, or its digest."""
    parts = PurePath(path)
    if parts.is_absolute() or ".." in parts.parts:
        return "leads out of the folder of the table", ""
    try:
        data = (folder / path).read_bytes()
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "names a file that is not UTF-8 text", ""
    except (OSError, ValueError):
        return "names a file that cannot be read", ""
    return "", hashlib.sha256(data).hexdigest()
