"""A stratified draw from a frame file of any length, in one pass and little memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

from audit.domain.sample import Draw
from audit.engine.duck import open_database
from audit.errors import UnreadableFileError
from audit.sampling.columnar import draw_of, draw_sql, parameters
from audit.sampling.frame import NotAFrameError

MEMORY = "300MB"


def draw_from_parquet(path: Path, seed: str, size: int) -> Draw:
    """Draw ``size`` units per stratum from a Parquet file with the columns ``unit`` and ``stratum``.

    The frame digest is that of the file. Raises the InputErrors of ``draw_of``, NotAFrameError, and
    MalformedTableError.
    """
    digest = _digest(path)
    with open_database([path], memory=MEMORY) as database:
        if not {"unit", "stratum"} <= set(database.parquet_columns(path)):
            raise NotAFrameError(f"{path.name}: no column unit, or none stratum", hint="name the columns so")
        groups = database.rows(draw_sql(_source(path)), parameters(seed, size))
    return draw_of(groups, seed, size, digest)


def _source(path: Path) -> str:
    quoted = str(path).replace("'", "''")
    return f"(SELECT CAST(unit AS VARCHAR) AS unit, CAST(stratum AS VARCHAR) AS stratum FROM read_parquet('{quoted}'))"


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
