"""``chartassay packs``: the packs of rules, and their examples executed."""

from __future__ import annotations

from pathlib import Path

import click

from audit.cli.common import Session, emit, session_options


@click.group()
def packs() -> None:
    """List packs of rules, and run their examples."""


@packs.command("list")
@session_options
def list_packs(session: Session) -> None:
    """List the packs that ship with their dates and digests."""
    from audit.flow.rules import bundled_packs, pack_dates

    found = bundled_packs()
    records = [
        {
            "name": pack.name,
            "edition": pack.edition,
            "title": pack.title,
            "rules": len(pack.rules),
            "from": pack_dates(pack)[0],
            "to": pack_dates(pack)[1],
            "digest": pack.digest,
        }
        for pack in found
    ]
    human = [
        f"{r['name']}\t{r['edition']}\t{r['rules']} rules\t{r['from']} to {r['to'] or 'today'}\t{r['title']}"
        for r in records
    ]
    emit(session, records, human)


@packs.command("test")
@click.argument("directory", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@session_options
def test_packs(session: Session, directory: Path | None) -> None:
    """Run every example of the packs that ship, or of the pack in DIR."""
    from audit.flow.examples import RuleFailedError, run_packs

    results = list(run_packs(directory))
    records = [
        {
            "rule": r.rule.id,
            "passed": r.passed,
            "examples": [{"title": e.title, "problem": e.problem} for e in r.examples],
        }
        for r in results
    ]
    human = [
        f"{'ok' if result.passed else 'FAILED'}\t{result.rule.id}\t{len(result.examples)} examples\t{result.rule.name}"
        for result in results
    ]
    human += [f"{r.rule.id}: {e.title}: {e.problem}" for r in results for e in r.examples if e.problem]
    emit(session, records, human)
    failed = sum(not result.passed for result in results)
    if failed:
        raise RuleFailedError(f"{failed} of {len(results)} rules fail an example of their own")
