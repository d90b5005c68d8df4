"""``chartassay rules``: the rules as pages."""

from __future__ import annotations

import click

from audit.cli.common import Session, emit, session_options


@click.group()
def rules() -> None:
    """List rules, and show one as a page."""


@rules.command("list")
@session_options
def list_rules(session: Session) -> None:
    """List every rule that ships."""
    from audit.flow.rules import bundled_packs

    found = [rule for pack in bundled_packs() for rule in pack.rules]
    records = [
        {
            "id": rule.id,
            "name": rule.name,
            "pack": rule.pack,
            "edition": rule.edition,
            "verdict": rule.verdict,
            "category": rule.category,
            "direction": rule.direction,
            "owner": rule.owner,
            "check": rule.check,
            "from": rule.in_force_from,
            "to": rule.in_force_to,
        }
        for rule in found
    ]
    emit(session, records, [f"{rule.id}\t{rule.verdict}\t{rule.category}\t{rule.name}" for rule in found])


@rules.command("show")
@click.argument("rule_id", metavar="ID")
@session_options
def show_rule(session: Session, rule_id: str) -> None:
    """Show the page of a rule, with its examples and what came of them."""
    from audit.flow.rule_pages import rule_page, run_rule

    results = run_rule(rule_id)
    records = [
        {
            "rule": result.rule,
            "citation": result.rule.citation,
            "results": [{"title": e.title, "found": e.found, "problem": e.problem} for e in result.examples],
        }
        for result in results
    ]
    emit(session, records, [line for result in results for line in rule_page(result)])
