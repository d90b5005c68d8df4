"""A compiled folder that appears whole or not at all, also when several processes compile it at once."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from importlib.resources import files
from pathlib import Path

_SOURCES = ("tabular.py", "references.py", "icd10cm.py", "parquet.py", "artefact.py")


def compiler_digest() -> str:
    """Return the SHA-256 over the sources that decide what a compiled edition holds."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update(files("audit.codesets").joinpath(name).read_bytes())
    return digest.hexdigest()


def readers_digest() -> str:
    """Return the SHA-256 over every module of this room, which all decide what a table read row by row holds."""
    digest = hashlib.sha256()
    sources = (source for source in files("audit.codesets").iterdir() if source.name.endswith(".py"))
    for source in sorted(sources, key=lambda source: source.name):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def compiled_folder(root: Path, key: Iterable[str], write: Callable[[Path], object]) -> Path:
    """Return ``root/<digest of key>``, written by ``write`` into a temporary folder first if it is not there yet."""
    root.mkdir(parents=True, exist_ok=True)
    target = root / hashlib.sha256("\n".join(key).encode()).hexdigest()[:32]
    if target.is_dir():
        return target
    temporary = Path(tempfile.mkdtemp(prefix=".compiling-", dir=root))
    try:
        write(temporary)
        _put(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _put(temporary: Path, target: Path) -> None:
    try:
        temporary.rename(target)
    except OSError:
        if not target.is_dir():
            raise
