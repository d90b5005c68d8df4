"""Backups, and what must be said after one was restored: a rollback stays visible until an officer accepts it."""

from __future__ import annotations

import base64
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from audit.domain.membership import MemberRole
from audit.errors import InputError, UnreadableFileError, UsageError
from audit.flow.ledger import Act, RoleError, open_ledger
from audit.flow.trail_view import verify_workspace
from audit.flow.workspace import CONFIG_FILE, Unlocked, Workspace, read_workspace, write_workspace
from audit.store.database import SQLITE_FILE, default_url, open_store, store_path
from audit.trail.damage import Damage, DamagedTrailError
from audit.trail.mark import read_mark, replace_mark

CHECKPOINT_FILE = "checkpoint.txt"
ACCEPTED = "restore.accepted"
_LOST = (Damage.ROLLED_BACK.value, Damage.FORKED.value)


class NothingToAcceptError(InputError):
    """The trail agrees with what this user has seen."""


class NoReasonError(UsageError):
    """A restore is accepted without saying why."""


class BackupTargetError(InputError):
    """There is something where the backup or the restored workspace is to lie."""


class ServerBackupError(InputError):
    """The store is a server, which has its own way to be backed up."""


def accept_restore(workspace: Workspace, unlocked: Unlocked, reason: str) -> dict[str, Any]:
    """Write down why the trail is older than what this user has seen, and begin from it again.

    An officer's act; a member whose mark lies on the lost end may follow once an officer has accepted. The mark that
    was lost is kept beside the new one. Raises NothingToAcceptError, NoReasonError, RoleError, DamagedTrailError for
    any other damage.
    """
    if not reason.strip():
        raise NoReasonError("say why the restore is lawful", hint="--reason TEXT")
    mark = read_mark(workspace.trail_id)
    found = verify_workspace(workspace, None)
    if mark is None or found["damage"] is None:
        raise NothingToAcceptError("the trail agrees with what you have seen", hint="there is nothing to accept")
    if found["damage"] not in _LOST:
        raise DamagedTrailError(Damage(found["damage"]), found["first_bad"])
    with open_ledger(workspace, unlocked, need=MemberRole.MANAGER, anchored=False) as ledger:
        kept = ledger.walk.size
        accepted = [entry for entry in ledger.entries(ACCEPTED) if int(entry.ops["kept"]) < mark.size]
        if ledger.role is not MemberRole.OFFICER and not accepted:
            raise RoleError("an officer accepts a restore first", hint="ask an officer of this workspace")
        lost = {"size": mark.size, "root": base64.b64encode(mark.root).decode()}
        seq = ledger.write(Act(ACCEPTED, {"reason": reason, "lost": lost, "kept": kept}))
        replace_mark(workspace.trail_id, ledger.checkpoint())
    return {"entry": seq, "lost": mark.size, "kept": kept}


def back_up(workspace: Workspace, unlocked: Unlocked, target: Path) -> dict[str, Any]:
    """Copy the workspace to a new folder: database, its own file, and the checkpoint it ends with. An officer's act.

    What is copied is as sealed as the original. Raises BackupTargetError, ServerBackupError, UnreadableFileError.
    """
    if store_path(workspace.store_url, workspace.root) is None:
        raise ServerBackupError("the store is a PostgreSQL server", hint="use its own pg_dump or pg_basebackup")
    if target.exists():
        raise BackupTargetError(f"{target}: exists already", hint="name a new folder")
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        seq = ledger.write(Act("backup.made", {}))
        note = ledger.checkpoint()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
            whole = Path(name) / "whole"
            whole.mkdir(mode=0o700)
            with open_store(workspace.store_url, workspace.root) as store:
                store.copy_to(whole / SQLITE_FILE)
            write_workspace(replace(workspace, root=whole, store_url=default_url()))
            (whole / CHECKPOINT_FILE).write_text(note, encoding="utf-8")
            whole.rename(target)
    except OSError as error:
        raise UnreadableFileError.at(target, error) from error
    return {"backup": str(target), "entry": seq, "entries": seq + 1}


def restore(backup: Path, target: Path) -> dict[str, Any]:
    """Make a workspace in a new folder from a backup, once its trail is verified against its own checkpoint.

    ``older``: this user has seen a longer trail, so that every command will stop until the restore is accepted. Raises
    BackupTargetError, UnreadableFileError, DamagedTrailError for a damaged backup; then nothing is left behind.
    """
    if target.exists():
        raise BackupTargetError(f"{target}: exists already", hint="name a new folder")
    saved = read_workspace(backup)
    found = verify_workspace(saved, backup / CHECKPOINT_FILE)
    if found["damage"] not in (None, *_LOST):
        raise DamagedTrailError(Damage(found["damage"]), found["first_bad"])
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".restore-") as name:
            whole = Path(name) / "whole"
            whole.mkdir(mode=0o700)
            for file in (SQLITE_FILE, CONFIG_FILE):
                shutil.copyfile(backup / file, whole / file)
            whole.rename(target)
    except OSError as error:
        raise UnreadableFileError.at(target, error) from error
    return {"workspace": str(target), "entries": found["entries"], "older": found["damage"] is not None}
