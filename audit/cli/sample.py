"""``chartassay sample``: draw, and prove a draw."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter


@click.group()
def sample() -> None:
    """Draw a sample, or prove one."""


@sample.command()
@click.argument("plan", type=click.Path(path_type=Path))
@session_options
def draw(session: Session, plan: Path) -> None:
    """Draw the sample of a plan: seed to the trail first, then the frame, then the units."""
    from audit.flow.sample import draw_plan

    drawn = draw_plan(plan, *enter(session), today=datetime.now(UTC).date())
    lines = [f"{unit.stratum}\t{unit.unit}\t{unit.key}\t{unit.inclusion:.6f}" for unit in drawn.draw.units]
    emit(session, list(drawn.draw.units), lines)


@sample.command()
@click.argument("plan", type=click.Path(path_type=Path))
@session_options
def verify(session: Session, plan: Path) -> None:
    """Derive the draw again from the tables and the trail's seed, and compare."""
    from audit.flow.sample import verify_plan

    proof = verify_plan(plan, *enter(session), today=datetime.now(UTC).date())
    emit(session, proof, f"the draw of trail entry {proof['entry']} follows from its frame and seed")
