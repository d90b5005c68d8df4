"""``chartassay sample``: draw, and prove a draw."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options
from audit.cli.enter import enter


def _ranges(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> list[tuple[int, int]]:
    """Read LOW:HIGH, both included, of every value."""
    ranges = []
    for value in values:
        low, colon, high = value.partition(":")
        if not (colon and low.isascii() and low.isdigit() and high.isascii() and high.isdigit()):
            raise click.BadParameter("not LOW:HIGH, such as 1:1000", ctx=ctx, param=param)
        ranges.append((int(low), int(high)))
    return ranges


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
    lines = [f"{unit.stratum}\t{unit.unit}\t{unit.key}\t{unit.inclusion:.6f}" for unit in drawn.units]
    emit(session, list(drawn.units), lines)


@sample.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--ratstats", is_flag=True, help="PLAN is a list of selected numbers, one item a line, to be replayed.")
@click.option("--seed", type=float, help="With --ratstats: the seed as the report prints it.")
@click.option(
    "--range",
    "ranges",
    multiple=True,
    callback=_ranges,
    metavar="LOW:HIGH",
    help="With --ratstats: as in sample ratstats.",
)
@click.option(
    "--spares", type=click.IntRange(min=0), default=0, help="With --ratstats: how many of the last are spares."
)
@session_options
def verify(
    session: Session, plan: Path, *, ratstats: bool, seed: float | None, ranges: list[tuple[int, int]], spares: int
) -> None:
    """Derive the draw again from the tables and the trail's seed, and compare.

    With --ratstats: replay somebody else's RAT-STATS selection from its printed seed; no workspace is needed.
    """
    if ratstats:
        _verify_ratstats(session, plan, seed, ranges, spares)
        return
    if seed is not None or ranges or spares:
        raise click.UsageError("--seed, --range and --spares belong to --ratstats")
    from audit.flow.sample import verify_plan

    proof = verify_plan(plan, *enter(session), today=datetime.now(UTC).date())
    earlier = f"; earlier: entries {', '.join(map(str, proof['earlier_draws']))}" if proof["earlier_draws"] else ""
    emit(
        session,
        proof,
        [
            f"the draw of trail entry {proof['entry']} follows from its frame and seed",
            f"draw {proof['draw_number']} of this population{earlier}",
        ],
    )


def _verify_ratstats(
    session: Session, path: Path, seed: float | None, ranges: list[tuple[int, int]], spares: int
) -> None:
    from audit.flow.ratstats import verify_selection

    if seed is None or not ranges:
        raise click.UsageError("--ratstats needs --seed and --range")
    proof = verify_selection(path, seed, ranges, spares)
    emit(session, proof, f"verified: {proof.sequential} items and {proof.spares} spares, {proof.order}")


@sample.command()
@click.option("--seed", type=float, required=True, help="The seed as the report prints it; may be decimal.")
@click.option(
    "--range",
    "ranges",
    multiple=True,
    required=True,
    callback=_ranges,
    metavar="LOW:HIGH",
    help="One for single numbers, 2 to 4 for sets.",
)
@click.option("--sequential", type=click.IntRange(min=0), required=True, help="How many numbers in sequential order.")
@click.option("--spares", type=click.IntRange(min=0), default=0, help="How many spares, in the order drawn.")
@session_options
def ratstats(session: Session, seed: float, ranges: list[tuple[int, int]], sequential: int, spares: int) -> None:
    """Replay a RAT-STATS selection (2005 to 2010) from its seed; for checking one, never for drawing."""
    from audit.flow.ratstats import replay_selection

    found = replay_selection(seed, ranges, sequential, spares)
    emit(session, found, [*map(str, found["sequential"]), *(f"{one} (spare)" for one in found["spares"])])


@sample.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The folder for frame.csv and excluded.csv."
)
@session_options
def frame(session: Session, plan: Path, out: Path) -> None:
    """Write the frame of a drawn plan, and every unit left out of it with the reason; both hold PHI."""
    from audit.flow.frame_files import write_frame

    found = write_frame(plan, out, *enter(session), today=datetime.now(UTC).date())
    emit(session, found, [f"{key}: {value}" for key, value in found.items()])


@sample.command()
@click.argument("audit")
@click.option("--size", type=click.IntRange(min=1), required=True, help="How many of the sampled encounters.")
@session_options
def second(session: Session, audit: str, size: int) -> None:
    """Draw encounters of an audit for a blind second review."""
    from audit.flow.second_review import draw_second_review

    units = draw_second_review(audit, size, *enter(session))
    emit(session, list(units), [unit.unit for unit in units])
