"""``chartassay tables``: dated reference tables, imported from the official files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def tables() -> None:
    """Import and list dated reference tables."""


@tables.command("import")
@click.argument("kind")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--from", "first", type=_DAY, metavar="DATE", help="First day in force, unless the file name says it.")
@click.option(
    "--to", "last", type=_DAY, metavar="DATE", help="Last day in force, unless quarter or fiscal year end it."
)
@session_options
def import_table(
    session: Session, kind: str, files: tuple[Path, ...], first: datetime | None, last: datetime | None
) -> None:
    """Read an official table of KIND; several FILEs are the parts of one edition."""
    from audit.flow.tables import import_table as read_table

    facts = read_table(
        kind,
        files,
        *enter(session),
        first=first.date() if first else None,
        last=last.date() if last else None,
    )
    emit(
        session,
        {
            "kind": facts.kind,
            "rows": facts.rows,
            "from": facts.valid_from,
            "to": facts.valid_to,
            "sha256": facts.sha256,
        },
        f"imported {facts.rows} rows of {facts.kind}, in force {facts.valid_from} to {facts.valid_to}",
    )


@tables.command("list")
@click.option("--unparsed", is_flag=True, help="Instead: notes that name codes in words the program cannot read.")
@session_options
def list_tables(session: Session, *, unparsed: bool) -> None:
    """List the tables at hand with their dates."""
    from audit.flow.tables import list_tables as find_tables
    from audit.flow.tables import unparsed_notes
    from audit.flow.workspace import NoWorkspaceError, find_workspace

    try:
        root = find_workspace(session.workspace).root
    except NoWorkspaceError:
        if session.workspace is not None:
            raise
        root = None  # outside a workspace only what ships is at hand
    if unparsed:
        notes = unparsed_notes(root)
        emit(session, notes, [f"{n.edition}\t{n.kind}\t{n.owner}\t{n.note}" for n in notes])
        return
    found = find_tables(root)
    records = [
        {
            "kind": table.kind,
            "edition": table.edition,
            "from": table.valid_from,
            "to": table.valid_to,
            "rows": table.rows,
            "sha256": table.sha256,
        }
        for table in found
    ]
    human = [f"{t.kind}\t{t.valid_from} to {t.valid_to}\t{t.rows} rows\t{t.sha256[:12]}\t{t.edition}" for t in found]
    emit(session, records, human)
