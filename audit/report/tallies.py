"""What was found, counted the ways a manager asks: by category, by direction, by owner, and what to teach next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit.domain.canonical import to_json
from audit.domain.rule import Category, Direction, Owner, Verdict
from audit.domain.summary import CoderSummary, DeterminedTally, RuleCard, RuleTally

TEACH = 3
"""How many rules a coder is shown to learn next."""

_SCORED = (Verdict.ERROR, Verdict.REVIEW)


def category_rows(coders: Sequence[CoderSummary]) -> list[dict[str, Any]]:
    """Return one row per category that occurs: the tool's findings by verdict, and what persons made of them."""
    rules, determined = _all_rules(coders), _all_determined(coders)
    occurring = {tally.category for tally in rules} | {tally.category for tally in determined}
    rows = [
        {"category": category.value, **_counts(rules, determined, "category", category)}
        for category in Category
        if category in occurring
    ]
    return sorted(rows, key=lambda row: (-row["error"] - row["review"], -row["determined"], row["category"]))


def directions(coders: Sequence[CoderSummary]) -> dict[str, dict[str, int]]:
    """Return always over, under and neutral: the tool's findings and the persons' decisions of each direction."""
    rules, determined = _all_rules(coders), _all_determined(coders)
    return {direction.value: _counts(rules, determined, "direction", direction) for direction in Direction}


def owner_rows(coders: Sequence[CoderSummary]) -> list[dict[str, Any]]:
    """Return one row per owner: what is not the coder's is not taught to the coder."""
    return [
        {"owner": owner.value, **_counts(_all_rules(coders), _all_determined(coders), "owner", owner)}
        for owner in Owner
    ]


def found(coders: Sequence[CoderSummary]) -> dict[str, int]:
    """Return the findings by verdict; *advisory* is counted and never scored."""
    counter: Counter[str] = Counter()
    for tally in _all_rules(coders):
        counter[tally.verdict.value] += tally.found
    return {verdict.value: counter[verdict.value] for verdict in Verdict}


def determined_rows(coder: CoderSummary) -> list[dict[str, Any]]:
    """Return what persons disagreed with, the most frequent first."""
    return [to_json(t) for t in sorted(coder.determined, key=lambda t: (-t.count, t.category, t.direction, t.owner))]


def teach_rows(coder: CoderSummary, cards: Mapping[str, RuleCard]) -> list[dict[str, Any]]:
    """Return the rules worth a lesson for this coder, at most ``TEACH``, each with its summary and authority.

    Only rules the coder owns and whose findings a person has not all overturned; certain ones (errors, and
    reviews a person upheld) come before open ones, and among equals the more frequent.
    """
    worth = [tally for tally in coder.rules if tally.owner is Owner.CODER and tally.verdict in _SCORED]
    worth = [tally for tally in worth if tally.found > tally.overturned and tally.rule in cards]
    worth.sort(key=lambda tally: (-_certain(tally), -(tally.found - tally.overturned), tally.rule))
    return [_teach_row(tally, cards[tally.rule]) for tally in worth[:TEACH]]


def _certain(tally: RuleTally) -> int:
    standing = tally.found - tally.overturned
    return standing if tally.verdict is Verdict.ERROR else tally.upheld


def _teach_row(tally: RuleTally, card: RuleCard) -> dict[str, Any]:
    return {
        "rule": card.id,
        "name": card.name,
        "summary": card.summary,
        "category": tally.category.value,
        "direction": tally.direction.value,
        "verdict": tally.verdict.value,
        "found": tally.found,
        "upheld": tally.upheld,
        "overturned": tally.overturned,
        "authority": to_json(card.authority),
    }


def _all_rules(coders: Iterable[CoderSummary]) -> list[RuleTally]:
    return [tally for coder in coders for tally in coder.rules]


def _all_determined(coders: Iterable[CoderSummary]) -> list[DeterminedTally]:
    return [tally for coder in coders for tally in coder.determined]


def _counts(
    rules: Iterable[RuleTally], determined: Iterable[DeterminedTally], field: str, value: object
) -> dict[str, int]:
    mine = [tally for tally in rules if getattr(tally, field) is value]
    return {
        "error": sum(tally.found for tally in mine if tally.verdict is Verdict.ERROR),
        "review": sum(tally.found for tally in mine if tally.verdict is Verdict.REVIEW),
        "upheld": sum(tally.upheld for tally in mine if tally.verdict in _SCORED),
        "overturned": sum(tally.overturned for tally in mine if tally.verdict in _SCORED),
        "determined": sum(tally.count for tally in determined if getattr(tally, field) is value),
    }
