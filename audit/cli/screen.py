"""``chartassay screen``: every edit over the whole population."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.cli.common import Session, emit, session_options, tell
from audit.cli.enter import enter
from audit.cli.run import shown_progress

if TYPE_CHECKING:
    from audit.flow.screen import ScreenResult


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write unit ids and rule ids as Parquet (PHI); a screen that was stopped goes on there.",
)
@click.option("--memory", default="3GB", metavar="SIZE", show_default=True, help="The most memory to take.")
@session_options
def screen(session: Session, plan: Path, out: Path | None, memory: str) -> None:
    """Run every edit over all encounters of a plan's tables, without drawing."""
    from audit.flow.screen import screen as screen_population

    workspace, unlocked = enter(session)
    today = datetime.now(UTC).date()
    with shown_progress(session) as progress:
        result = screen_population(plan, workspace, unlocked, today=today, out=out, memory=memory, progress=progress)
    emit(session, result, _human(result))
    if out:
        tell(session, f"{out} holds PHI: ids of encounters")


def _human(result: ScreenResult) -> list[str]:
    counts = f"{result.encounters} encounters, {result.lines} code lines, {result.excluded} excluded"
    return [
        f"{counts}; {result.parts} parts, {result.seconds:.1f} s",
        *(f"{rule}\t{count}" for rule, count in result.findings.items()),
        *(f"not assessed\t{n.rule}\t{n.count}\t{n.reason}" for n in result.not_assessed),
    ]
