"""How a command gets into a workspace: find it, ask for the passphrase where there is a terminal, unlock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from audit.cli.common import Session

if TYPE_CHECKING:
    from audit.flow.workspace import Unlocked, Workspace


def enter(session: Session) -> tuple[Workspace, Unlocked]:
    """Return the workspace and the user's unlocked identity, as the common options and the environment say."""
    from audit.flow.workspace import find_workspace, unlock

    workspace = find_workspace(session.workspace)
    return workspace, unlock(workspace, session.identity, session.passphrase_file, ask=asker())


def asker() -> Callable[[str], str] | None:
    """Return the prompt for a secret, or None where nobody could answer."""
    return _ask if sys.stdin.isatty() else None


def new_passphrase(session: Session) -> str:
    """Return the passphrase for a new identity; typed ones are asked for twice."""
    from audit.flow.workspace import passphrase

    return passphrase(session.passphrase_file, ask=_ask_twice if sys.stdin.isatty() else None)


def _ask(what: str) -> str:
    return str(click.prompt(what, hide_input=True, err=True))


def _ask_twice(what: str) -> str:
    """Ask until one passphrase is typed the same way twice."""
    while True:
        first = _ask(f"new {what}")
        if _ask(f"{what} again") == first:
            return first
        click.echo("chartassay: the two differ; once more", err=True)
