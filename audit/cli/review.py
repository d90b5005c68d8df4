"""``chartassay review``: determinations in and out."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter


@click.group()
def review() -> None:
    """Exchange determinations: what persons decided of each line."""


@review.command("export")
@click.argument("audit")
@click.argument("file", type=click.Path(path_type=Path))
@session_options
def export_form(session: Session, audit: str, file: Path) -> None:
    """Write the form a reviewer fills (.jsonl); it holds PHI."""
    from audit.flow.review import export_form as write_form

    path = write_form(audit, file, *enter(session))
    emit(session, {"path": str(path)}, f"written: {path} (holds PHI)")


@review.command("import")
@click.argument("audit")
@click.argument("file", type=click.Path(path_type=Path))
@session_options
def import_form(session: Session, audit: str, file: Path) -> None:
    """Take determinations (.jsonl) into the audit, all or none, and score it again."""
    from audit.flow.review import import_determinations

    result = import_determinations(audit, file, *enter(session))
    emit(
        session,
        {"imported": result.imported, "changed": result.changed, "undetermined": result.undetermined},
        f"imported {result.imported}, changed {result.changed}; {result.undetermined} code lines are undetermined",
    )
