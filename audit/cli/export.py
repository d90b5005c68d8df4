"""``export``: an audit, de-identified, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter

_PURPOSE = "de-identified export"


@click.command()
@click.argument("audit")
@click.option("--method", type=click.Choice(["safe-harbor", "limited"]), required=True, help="By which rule.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to make.")
@click.option("--purpose", help="Why it leaves; stands in the manifest and the trail.")
@click.option("--agreement", default="", help="The data use agreement of a limited data set.")
@click.option("--recipient", default="", help="Who receives it.")
@click.option("--part2", default="", metavar="CONSENT", help="The consent or order under which Part 2 records leave.")
@click.option("--name-workforce", is_flag=True, help="Leave the names and ids of providers and coders as they are.")
@session_options
def export(
    session: Session,
    *,
    audit: str,
    method: str,
    out: Path,
    purpose: str | None,
    agreement: str,
    recipient: str,
    part2: str,
    name_workforce: bool,
) -> None:
    """Export an audit de-identified: tables, documents, manifest, leak report."""
    from audit.flow import export as flow

    terms = flow.Terms(
        method=method,
        purpose=(_PURPOSE if method == "safe-harbor" else "") if purpose is None else purpose,
        agreement=agreement,
        recipient=recipient,
        part2=part2,
        name_workforce=name_workforce,
    )
    flow.refuse_without_agreement(terms)
    try:
        done = flow.export(audit, *enter(session), out=out, terms=terms)
    except flow.LeakError as error:
        if session.as_json:
            emit(session, {"leaks": error.leaks, "counts": flow.leak_counts(error.leaks)}, "")
        raise
    counts = ", ".join(f"{count} {table}" for table, count in done.rows.items())
    left = sum(count for found in done.residuals.values() for count in found.values())
    emit(
        session,
        flow.printed(done),
        [
            f"exported: {done.path}",
            f"  {counts}; {sum(done.withheld.values())} encounters withheld; 0 leaks",
            f"  the second detector asks about {left} words; human_review.csv lists {done.human_sample} notes to read",
        ],
    )
