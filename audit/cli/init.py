"""``chartassay init``: make a workspace."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options, tell
from audit.cli.enter import asker, new_passphrase
from audit.errors import UsageError


class RecoveryUnsaidError(UsageError):
    """Without a terminal the recovery identity would be lost, or end in a log."""


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--store", help="URL of the store; default: an SQLite file in the workspace.")
@click.option("--name", help="Your name as a member; default: your login name.")
@click.option("--recovery", type=click.Path(path_type=Path), help="Write the recovery identity to this file.")
@click.option("--no-recovery", is_flag=True, help="Make no recovery identity.")
@session_options
def init(
    directory: Path, *, store: str | None, name: str | None, recovery: Path | None, no_recovery: bool, session: Session
) -> None:
    """Make a workspace, its database and its first officer."""
    from audit.flow.founding import found_workspace, new_officer, old_officer

    _check_recovery(recovery, no_recovery=no_recovery)
    if session.identity is not None and session.identity.exists():
        officer = old_officer(session.identity, session.passphrase_file, ask=asker())
    else:
        officer = new_officer(new_passphrase(session), session.identity)
    made = found_workspace(
        directory, officer, name or getpass.getuser(), store_url=store, recovery=recovery or not no_recovery
    )
    if made.recovery:
        tell(session, "the recovery identity, shown this once; keep it in a safe:")
        click.echo(made.recovery, err=True)
    workspace = made.workspace
    result = {
        "workspace": str(workspace.root),
        "trail_id": workspace.trail_id,
        "identity": str(made.identity.resolve()),
    }
    emit(session, result, [f"{key:10} {value}" for key, value in result.items()])


def _check_recovery(recovery: Path | None, *, no_recovery: bool) -> None:
    if recovery is not None and no_recovery:
        raise UsageError("--recovery and --no-recovery exclude each other")
    if recovery is None and not no_recovery and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RecoveryUnsaidError(
            "nobody would see the recovery identity", hint="give --recovery FILE or --no-recovery"
        )
