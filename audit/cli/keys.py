"""``chartassay keys``: who can open what was sealed earlier."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter


@click.group()
def keys() -> None:
    """Hand on the keys of what was sealed earlier."""


@keys.command("rotate")
@click.argument("name")
@click.option("--public", required=True, type=click.Path(path_type=Path), help="The .pub file of the new identity.")
@session_options
def rotate(name: str, *, public: Path, session: Session) -> None:
    """Put a new identity in a member's place, with the keys the old one held; an officer's act."""
    from audit.flow.membership import rotate_keys

    result = rotate_keys(*enter(session), name, public)
    emit(session, result, f"{name} has a new identity from entry {result['entry']} on, with {result['granted']} keys")


@keys.command("recover")
@click.argument("name")
@click.option("--recovery", required=True, type=click.Path(path_type=Path), help="The recovery identity's file.")
@click.option("--public", required=True, type=click.Path(path_type=Path), help="The .pub file of the new officer.")
@session_options
def recover(name: str, *, recovery: Path, public: Path, session: Session) -> None:
    """Make a new officer with the recovery identity, where no other is left; trail verify shows it."""
    from audit.flow.membership import recover as recover_officer
    from audit.flow.workspace import find_workspace

    result = recover_officer(find_workspace(session.workspace), recovery, name, public)
    emit(session, result, f"{name} is officer and holds {result['granted']} keys; acknowledge it: keys acknowledge")


@keys.command("acknowledge")
@session_options
def acknowledge(*, session: Session) -> None:
    """Say that you have seen the use of the recovery identity; an officer's act."""
    from audit.flow.membership import acknowledge_recovery

    result = acknowledge_recovery(*enter(session))
    emit(session, result, f"{len(result['seen'])} uses of the recovery identity acknowledged")


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
