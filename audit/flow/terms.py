"""The term table of the chart reader: compiled once from the classification and the lexicon, kept by their digests."""

from __future__ import annotations

import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from audit import __version__
from audit.chart.lexicon import Lexicon, parse_lexicon
from audit.chart.terms import TermTable, compile_terms, load_terms
from audit.domain.canonical import canonical_bytes, sha256_hex
from audit.domain.classification import Classification
from audit.flow.reference import AlphabeticIndex
from audit.packs.data_root import data_root


def load_lexicon() -> Lexicon:
    """Return the lexicon that ships with the program."""
    return parse_lexicon(dict(_texts(data_root("policies").joinpath("lexicon"), "")))


def load_term_table(classification: Classification, cache_dir: Path, index: AlphabeticIndex | None = None) -> TermTable:
    """Return the term table of ``classification`` with the bundled lexicon, compiling it where the cache lacks it.

    With ``index`` the names of the Alphabetic Index are terms too.

    The file in ``cache_dir`` is named by the digests of its sources and of the program version, written whole or not
    at all, and rebuilt where it cannot be read.
    """
    lexicon = load_lexicon()
    indexed = index.digest if index else ""
    key = sha256_hex(
        canonical_bytes([classification.digest, lexicon.digest, indexed, __version__, _compiler_digest()])
    )[:32]
    path = cache_dir / f"terms-{key}.bin"
    try:
        return load_terms(path.read_bytes())
    except (OSError, ValueError, KeyError, zlib.error, json.JSONDecodeError):
        table = compile_terms(classification, lexicon, index.rows() if index else (), indexed)
        _keep(path, table.dump())
        return table


def _compiler_digest() -> str:
    import audit.chart

    room = Path(audit.chart.__file__).parent
    return sha256_hex(
        b"".join((room / name).read_bytes() for name in ("compile.py", "describe.py", "index_keys.py", "words.py"))
    )


def _texts(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _texts(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".txt"):
            yield f"{prefix}{entry.name}", entry.read_text(encoding="utf-8")


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
