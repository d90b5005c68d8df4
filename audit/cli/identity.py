"""``chartassay identity``: a person's own keys."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import new_passphrase


@click.group()
def identity() -> None:
    """Make identities."""


@identity.command("new")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The new identity file.")
@session_options
def new(out: Path, *, session: Session) -> None:
    """Make an identity, and beside it the public half that an officer needs."""
    from audit.flow.membership import make_identity

    made = make_identity(out, new_passphrase(session))
    result = {"identity": str(made.identity), "public": str(made.public)}
    emit(session, result, [f"identity {made.identity}", f"public   {made.public} (give this to an officer)"])
