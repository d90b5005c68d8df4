"""``export``: an audit, de-identified, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter


@click.command()
@click.argument("audit")
@click.option("--method", type=click.Choice(["safe-harbor", "limited"]), required=True, help="By which rule.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to make.")
@click.option(
    "--purpose", default="de-identified export", show_default=True, help="Why it leaves; stands in the trail."
)
@click.option("--agreement", help="The data use agreement of a limited data set.")
@click.option("--recipient", help="Who receives a limited data set.")
@session_options
def export(
    session: Session, audit: str, *, method: str, out: Path, purpose: str, agreement: str | None, recipient: str | None
) -> None:
    """Export an audit de-identified: tables, documents, manifest, leak report."""
    from audit.flow import export as flow

    flow.refuse_limited(method, agreement=agreement, recipient=recipient)
    try:
        done = flow.export(audit, *enter(session), method=method, out=out, purpose=purpose)
    except flow.LeakError as error:
        if session.as_json:
            emit(session, {"leaks": error.leaks, "counts": flow.leak_counts(error.leaks)}, "")
        raise
    counts = ", ".join(f"{count} {table}" for table, count in done.rows.items())
    withheld = sum(done.withheld.values())
    emit(
        session, flow.printed(done), [f"exported: {done.path}", f"  {counts}; {withheld} encounters withheld; 0 leaks"]
    )
