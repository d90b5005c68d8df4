"""``findings``, ``codes``, ``score`` and ``report``: reading an audit back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.cli.common import Session, emit, emit_lines, session_options
from audit.cli.enter import enter
from audit.domain.percent import percent, percent_up

if TYPE_CHECKING:
    from audit.domain.score import Score

_WORDS = {"meets": "meets the target", "below": "below the target", "not_shown": "not shown"}


@click.command()
@click.argument("audit")
@session_options
def findings(session: Session, audit: str) -> None:
    """Print every finding of an audit, one JSON object a line."""
    from audit.flow import results

    emit_lines(results.findings(audit, *enter(session)))


@click.command()
@click.argument("audit")
@session_options
def codes(session: Session, audit: str) -> None:
    """Print every submitted code of the sample with its support, one JSON object a line."""
    from audit.flow import results

    emit_lines(results.codes(audit, *enter(session)))


@click.command()
@click.argument("audit")
@session_options
def score(session: Session, audit: str) -> None:
    """Print the scores of an audit: per coder and overall, by every formula."""
    from audit.flow import results

    summary = results.summary_of(audit, *enter(session))
    emit(session, list(summary.scores), [summary.verdict_on, *score_lines(summary.scores, summary.verdict_on)])


@click.command()
@click.argument("audit")
@click.option(
    "--for", "kind", type=click.Choice(["manager", "auditor", "officer"]), required=True, help="Who reads it."
)
@click.option("--format", "form", type=click.Choice(["html", "json", "csv"]), default="html", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it; needed where it holds PHI.")
@session_options
def report(session: Session, audit: str, *, kind: str, form: str, out: Path | None) -> None:
    """Write a report of an audit."""
    from audit.flow import results

    written = results.write_report(audit, *enter(session), kind=kind, form=form, path=out)
    phi = " (holds PHI)" if kind == "auditor" else ""
    emit(session, {"path": written.path, "sha256": written.sha256}, f"written: {written.path}{phi}")


def score_lines(scores: Sequence[Score], formula: str) -> list[str]:
    """Return one line per coder: the deciding formula, by a person where that exists, else by the tool."""
    chosen: dict[str | None, Score] = {}
    for one in scores:
        by_person = one.basis == "person" and one.value is not None
        if one.formula == formula and (one.coder_id not in chosen or by_person):
            chosen[one.coder_id] = one
    width = max((len(coder or "overall") for coder in chosen), default=0)
    return [f"  {coder or 'overall':<{width}}  {_sentence(one)}" for coder, one in chosen.items()]


def _sentence(one: Score) -> str:
    """Say value, limits and verdict of one score in one line."""
    basis = "by a person" if one.basis == "person" else "tool-proposed"
    if one.value is None:
        return f"{'-':>8}  {'':<18}  {_WORDS[one.verdict]:<16}  {basis}, {one.encounters} encounters"
    worst = one.value_if_review_stands
    span = f", {percent(worst)} if every review stands" if worst is not None and worst != one.value else ""
    limits = ""
    if one.interval:
        limits = f"[{percent(one.interval[0])}, {percent_up(one.interval[1], one.target)}]"
    census = ", census" if one.census else ""
    value = f"{percent(one.value, one.target):>8}  {limits:<18}"
    return f"{value}  {_WORDS[one.verdict]:<16}  {basis}{span}, {one.encounters} encounters{census}"
