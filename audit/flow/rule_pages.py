"""A rule as a person reads it: the page with its citations, its limits and its examples, each with what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from audit.domain.rule import Example, Rule
from audit.flow.examples import ExampleResult, RuleResult, run_rules, shown_finds
from audit.flow.rules import find_rule

_SHOWN_OF_DOCUMENT = ("kind", "author", "authored_at", "signed_at")


def run_rule(rule_id: str) -> list[RuleResult]:
    """Run the examples of the bundled rule of that id, once per edition. Raises UnknownRuleError."""
    return list(run_rules(find_rule(rule_id)))


def rule_page(result: RuleResult) -> Iterator[str]:
    """Yield the lines of the page."""
    rule = result.rule
    until = f"to {rule.in_force_to}" if rule.in_force_to else "until further notice"
    yield f"{rule.id}  {rule.name}"
    yield f"  {rule.summary}"
    yield ""
    yield f"  verdict      {rule.verdict} · {rule.category} · {rule.direction} · owner {rule.owner}"
    yield f"  in force     {rule.in_force_from} {until}"
    yield f"  pack         {rule.pack} {rule.edition}"
    yield f"  check        {rule.check}{_parameters(rule)}"
    for authority in rule.authority:
        yield f"  authority    {authority.cite}, {authority.edition}"
        yield f"               {authority.url}"
    yield f"  not covered  {rule.not_covered}"
    for example, outcome in zip(rule.examples, result.examples, strict=True):
        yield ""
        yield from _example(example, outcome)


def _parameters(rule: Rule) -> str:
    return "".join(f"\n{' ' * 15}{name}: {_value(value)}" for name, value in rule.parameters.items())


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _example(example: Example, outcome: ExampleResult) -> Iterator[str]:
    yield f"  example      {example.title}"
    for title, row in (("encounter", example.encounter), ("patient", example.patient)):
        if row:
            yield f"    {title:<10} {_row(row)}"
    yield from _table("codes", example.codes)
    for kind, rows in example.tables.items():
        yield from _table(kind, rows)
    for document in example.documents:
        yield f"    document   {_row({k: v for k, v in document.items() if k in _SHOWN_OF_DOCUMENT})}"
        yield from (f"      | {line}" for line in document.get("text", "").splitlines())
    yield f"    finds      {shown_finds(outcome.expected)}"
    yield f"    result     {outcome.problem or 'as expected'}"


def _row(row: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items())


def _table(title: str, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([row.get(name, "") for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    yield f"    {title}"
    for line in cells:
        yield "      " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
