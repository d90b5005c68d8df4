"""``chartassay run``: the main job."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter
from audit.cli.results import score_lines

if TYPE_CHECKING:
    from audit.flow.run import Progress, RunResult


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--revise", is_flag=True, help="Other content under the same name: keep seed, draw and determinations.")
@click.option("--fail-below", is_flag=True, help="Exit 1 if a person's determinations show a coder below the target.")
@session_options
def run(session: Session, plan: Path, *, revise: bool, fail_below: bool) -> None:
    """Audit a quarter: read the tables, draw, check every code, score, report."""
    from audit.flow.run import refuse_below
    from audit.flow.run import run as run_audit

    workspace, unlocked = enter(session)
    with shown_progress(session) as progress:
        result = run_audit(plan, workspace, unlocked, today=datetime.now(UTC).date(), revise=revise, progress=progress)
    emit(session, result, _human(result))
    if fail_below:
        refuse_below(result)


@contextmanager
def shown_progress(session: Session) -> Iterator[Progress]:
    """Show a bar on a terminal, and nothing in a pipe."""
    if session.quiet or not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(length=1, file=sys.stderr, label="chartassay", show_eta=False) as bar:

        def show(what: str, done: int, total: int) -> None:
            bar.label, bar.length = what, total
            bar.update(done - bar.pos)

        yield show


def _human(result: RunResult) -> list[str]:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in result.findings.items())
    again = " (the stored result: nothing was done again)" if result.again else ""
    sample = f"sample {result.encounters} encounters, {result.codes} code lines"
    return [
        f"audit {result.audit}{again}",
        f"population {result.population} encounters, {result.excluded} excluded; {sample}",
        f"tool-proposed findings: {counts}",
        *score_lines(result.scores, result.verdict_on),
        *(f"written: {path}" for path in result.outputs),
    ]
