"""``chartassay keys``: who can open what was sealed earlier."""

from __future__ import annotations

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter


@click.group()
def keys() -> None:
    """Hand on the keys of what was sealed earlier."""


@keys.command("shred")
@click.argument("cases", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why they are shredded.")
@session_options
def shred(cases: tuple[str, ...], *, reason: str, session: Session) -> None:
    """Make sealed cases unreadable for ever, once they need not be kept any more; an officer's act."""
    from datetime import UTC, datetime

    from audit.flow.shredding import shred_cases

    result = shred_cases(*enter(session), cases, reason=reason, today=datetime.now(UTC).date())
    emit(session, result, f"{result['shredded']} cases shredded; backups made before still hold their keys")


@keys.command("grant")
@click.argument("name")
@session_options
def grant(name: str, *, session: Session) -> None:
    """Let a member open what was sealed before he joined, as far as his role may; an officer's act."""
    from audit.flow.membership import grant_keys

    result = grant_keys(*enter(session), name)
    emit(session, result, f"{result['granted']} keys handed to {name}")
