"""The high-water mark: the newest checkpoint this user has verified or written, kept outside the database."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from audit.errors import CheckFailedError, InputError
from audit.trail.note import Checkpoint, MalformedNoteError, parse_checkpoint

STATE_VARIABLE = "CHARTASSAY_STATE"


class UnreadableMarkError(CheckFailedError):
    """The mark exists and is no checkpoint."""


class UnwritableMarkError(InputError):
    """The mark cannot be kept."""


def mark_path(trail_id: str) -> Path:
    """Return the file of the mark of one trail."""
    import platformdirs

    folder = os.environ.get(STATE_VARIABLE) or platformdirs.user_state_dir("chartassay")
    return Path(folder) / trail_id


def read_mark(trail_id: str) -> Checkpoint | None:
    """Return the mark, or None where this user has none yet. Raises UnreadableMarkError."""
    path = mark_path(trail_id)
    try:
        return parse_checkpoint(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, MalformedNoteError) as error:
        raise UnreadableMarkError(
            f"{path}: the high-water mark cannot be read",
            hint="find out who changed it; without it a rollback of the database would stay unseen",
        ) from error


def raise_mark(trail_id: str, note: str) -> None:
    """Keep ``note`` as the mark unless a newer one is kept already. Raises UnwritableMarkError, UnreadableMarkError."""
    path = mark_path(trail_id)
    try:
        _raise_mark(path, trail_id, note)
    except OSError as error:
        raise UnwritableMarkError(
            f"{path}: the high-water mark cannot be written", hint=f"{STATE_VARIABLE} names another folder for it"
        ) from error


def replace_mark(trail_id: str, note: str) -> None:
    """Make ``note`` the mark although a newer or another one is kept; that one is kept beside it, by its size."""
    path, lost = mark_path(trail_id), read_mark(trail_id)
    try:
        with _locked(path.with_name(f"{path.name}.lock")):
            if lost is not None:
                path.replace(path.with_name(f"{path.name}.lost-{lost.size}"))
            path.write_text(note, encoding="utf-8")
    except OSError as error:
        raise UnwritableMarkError(
            f"{path}: the high-water mark cannot be written", hint=f"{STATE_VARIABLE} names another folder for it"
        ) from error


def _raise_mark(path: Path, trail_id: str, note: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(path.with_name(f"{path.name}.lock")):
        kept = read_mark(trail_id)
        if kept is not None and kept.size >= parse_checkpoint(note).size:
            return
        temporary = path.with_name(f"{path.name}.new")
        temporary.write_text(note, encoding="utf-8")
        temporary.replace(path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as handle:
        try:
            import fcntl
        except ImportError:  # no POSIX locks on this system: the mark may then lag behind, which is never wrong
            yield
            return
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
