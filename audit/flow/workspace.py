"""Where a workspace is, what it says of itself, and how its user's identity is unlocked."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from audit.errors import InputError, NotPermittedError, UnreadableFileError, UsageError
from audit.vault.identity import Identity, unlock_identity

CONFIG_FILE = "chartassay.toml"
PASSPHRASE_VARIABLE = "CHARTASSAY_PASSPHRASE"  # noqa: S105 - the name of a variable, not a passphrase
RETENTION = 10
LEAST_RETENTION = 6
"""Years; 45 CFR 164.316(b)(2)(i)."""
_TRAIL_ID_LENGTH = 64
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class NoWorkspaceError(UsageError):
    """There is no workspace where the command was given."""


class WorkspaceConfigError(InputError):
    """The workspace's own file does not say what it must."""


class NoIdentityError(NotPermittedError):
    """The identity file is absent or not readable."""


class ExposedIdentityError(NotPermittedError):
    """Others on this machine may read the identity file."""


class NoPassphraseError(NotPermittedError):
    """No passphrase was given and nobody can be asked."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace: its folder, the id of its trail (64 hex digits) and the URL of its store."""

    root: Path
    trail_id: str
    store_url: str
    retention_years: int = RETENTION
    """How long a case is kept before its key may be shredded."""


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An identity with its private keys, for the length of one command."""

    identity: Identity


def find_workspace(given: Path | None) -> Workspace:
    """Return the workspace in ``given``, else in the nearest folder upward. Raises NoWorkspaceError."""
    folders = [given] if given is not None else [Path.cwd(), *Path.cwd().parents]
    for folder in folders:
        if (folder / CONFIG_FILE).is_file():
            return read_workspace(folder)
    raise NoWorkspaceError(
        f"{given or Path.cwd()}: no workspace here", hint="make one with chartassay init, or give --workspace"
    )


def read_workspace(folder: Path) -> Workspace:
    """Read ``chartassay.toml`` in ``folder``. Raises WorkspaceConfigError."""
    path = folder / CONFIG_FILE
    try:
        config = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WorkspaceConfigError(f"{path}: not a TOML file") from error
    trail_id, store = config.get("trail_id"), config.get("store")
    if not isinstance(store, str) or not isinstance(trail_id, str) or not _is_trail_id(trail_id):
        raise WorkspaceConfigError(f"{path}: trail_id or store is missing", hint="restore the file from a backup")
    years = config.get("retention_years", RETENTION)
    if type(years) is not int or years < LEAST_RETENTION:
        raise WorkspaceConfigError(
            f"{path}: retention_years is below {LEAST_RETENTION}", hint="45 CFR 164.316(b)(2)(i) asks for six years"
        )
    return Workspace(root=folder.resolve(), trail_id=trail_id, store_url=store, retention_years=years)


def write_workspace(workspace: Workspace) -> None:
    """Write ``chartassay.toml``."""
    store = json.dumps(workspace.store_url, ensure_ascii=False)  # a JSON string is a TOML basic string
    text = f'trail_id = "{workspace.trail_id}"\nstore = {store}\nretention_years = {workspace.retention_years}\n'
    (workspace.root / CONFIG_FILE).write_text(text, encoding="utf-8")


def _is_trail_id(text: str) -> bool:
    return len(text) == _TRAIL_ID_LENGTH and all(character in "0123456789abcdef" for character in text)


def identity_path(trail_id: str, given: Path | None = None) -> Path:
    """Return the identity file to use: ``given``, else the default of this trail."""
    import platformdirs

    return given or Path(platformdirs.user_config_dir("chartassay")) / f"{trail_id}.key"


def unlock(
    workspace: Workspace,
    identity: Path | None,
    passphrase_file: Path | None,
    *,
    ask: Callable[[str], str] | None,
) -> Unlocked:
    """Open the user's identity file. ``ask`` prompts on a terminal; None where there is none.

    Raises NoIdentityError, ExposedIdentityError, NoPassphraseError, WrongPassphraseError (all exit 4).
    """
    return unlock_file(identity_path(workspace.trail_id, identity), passphrase_file, ask=ask)


def unlock_file(path: Path, passphrase_file: Path | None, *, ask: Callable[[str], str] | None) -> Unlocked:
    """Open the identity file at ``path``; errors as ``unlock``."""
    data = _read_private(path)
    return Unlocked(unlock_identity(data, passphrase(passphrase_file, ask=ask)))


def passphrase(passphrase_file: Path | None, *, ask: Callable[[str], str] | None) -> str:
    """Return the passphrase: the first line of the file, else the environment's, else what the user types."""
    if passphrase_file is not None:
        try:
            lines = passphrase_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise NoPassphraseError(f"{passphrase_file}: the passphrase file cannot be read") from error
        return lines[0] if lines else ""
    given = os.environ.get(PASSPHRASE_VARIABLE)
    if given is not None:
        return given
    if ask is None:
        raise NoPassphraseError("no passphrase was given", hint=f"set {PASSPHRASE_VARIABLE} or give --passphrase-file")
    return ask("passphrase")


def _read_private(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except OSError as error:
        raise NoIdentityError(
            f"{path}: no identity file can be read there", hint="give --identity, or make one: chartassay identity new"
        ) from error
    if os.name == "posix" and mode & _OTHERS:
        raise ExposedIdentityError(f"{path}: other users may read this identity", hint=f"chmod 600 {path}")
    return data


def write_private(path: Path, data: bytes) -> None:
    """Write a new file only its owner may read, in a folder likewise. Raises UnreadableFileError when it exists."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        raise UnreadableFileError.at(path, error) from error
