"""Files that an act leaves: complete under a temporary name before the commit, renamed after it. FORMAT.md §6."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = "unfinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingFile:
    """One file between its entry and its name. ``sha256`` is of its content, in hex."""

    file_id: str
    temporary: str
    final: str
    sha256: str

    def is_done(self) -> bool:
        """Whether the final name holds the content."""
        return _digest(Path(self.final)) == self.sha256


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex, after its content has reached the disk."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
        return hashlib.file_digest(handle, "sha256").hexdigest()


def note_pending(root: Path, pending: PendingFile) -> None:
    """Write the journal of one file, before the commit."""
    folder = root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / f"{pending.file_id}.json").open("w", encoding="utf-8") as handle:
        json.dump(asdict(pending), handle)
        handle.flush()
        os.fsync(handle.fileno())


def finish(root: Path, pending: PendingFile) -> bool:
    """Rename the file if that is still to be done, and drop its journal. Returns False when its content is gone."""
    temporary = Path(pending.temporary)
    if _digest(temporary) == pending.sha256:
        with contextlib.suppress(OSError):  # another command may have just finished it; else it stays unfinished
            temporary.replace(pending.final)
    if not pending.is_done():
        return False
    (root / FOLDER / f"{pending.file_id}.json").unlink(missing_ok=True)
    return True


def drop(root: Path, pending: PendingFile) -> None:
    """Drop the journal of a file whose entry was not committed."""
    (root / FOLDER / f"{pending.file_id}.json").unlink(missing_ok=True)


def pending_files(root: Path) -> Iterator[PendingFile]:
    """Yield every journal in the workspace; a torn one is of an act that was never committed and is passed over."""
    for path in sorted((root / FOLDER).glob("*.json")):
        with contextlib.suppress(ValueError, TypeError, OSError):
            yield PendingFile(**json.loads(path.read_text(encoding="utf-8")))


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return None
