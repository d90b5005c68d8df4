"""Which packs there are, which of them a plan names, and which rules are in force between two dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations

from audit.domain.check import CheckKind
from audit.domain.rule import Pack, Rule
from audit.errors import InputError
from audit.packs.data_root import data_root
from audit.packs.load import PACK_FILE, load_pack


class UnknownPackError(InputError):
    """A name that no pack has."""


class SameRuleTwiceError(InputError):
    """Two packs in use give one rule id for the same dates."""


class NothingInForceError(InputError):
    """No rule of the packs in use governs any day of the period."""


def bundled(vocabulary: Mapping[str, CheckKind]) -> tuple[Pack, ...]:
    """Return every edition of every pack that ships with the program, by name and edition."""
    editions = (
        edition
        for pack in data_root("policies").iterdir()
        if pack.is_dir()
        for edition in pack.iterdir()
        if edition.joinpath(PACK_FILE).is_file()
    )
    packs = (load_pack(edition, vocabulary) for edition in editions)
    return tuple(sorted(packs, key=lambda pack: (pack.name, pack.edition)))


def select(packs: Iterable[Pack], names: Sequence[str]) -> tuple[Pack, ...]:
    """Return the packs called ``names``, in every edition: dates select rules. Raises UnknownPackError."""
    available = tuple(packs)
    for name in names:
        if not any(pack.name == name for pack in available):
            known = ", ".join(sorted({pack.name for pack in available}))
            raise UnknownPackError(f"no pack is called {name}", hint=f"packs here: {known}; or name a folder")
    return tuple(pack for pack in available if pack.name in names)


def in_force(packs: Iterable[Pack], first: date, last: date) -> tuple[Rule, ...]:
    """Return the rules that govern at least one day from ``first`` to ``last``, by id.

    Raises SameRuleTwiceError where one id is given twice for one day, NothingInForceError where none is left.
    """
    rules = sorted((rule for pack in packs for rule in pack.rules), key=lambda rule: (rule.id, rule.in_force_from))
    for one, other in combinations(rules, 2):
        if one.id == other.id and _overlap(one, other.in_force_from, other.in_force_to or date.max):
            raise SameRuleTwiceError(
                f"rule {one.id} stands in pack {one.pack} {one.edition} and in pack {other.pack} {other.edition}",
                hint="name only one of them in [checks] packs",
            )
    chosen = tuple(rule for rule in rules if _overlap(rule, first, last))
    if not chosen:
        raise NothingInForceError(
            f"no rule of the packs in use is in force between {first} and {last}",
            hint="chartassay packs list shows the dates of each pack",
        )
    return chosen


def lapsed(packs: Iterable[Pack], last: date) -> tuple[Rule, ...]:
    """Return the rules that ended with their pack's edition before ``last`` and that no later edition goes on with.

    Services after their end are judged by nothing, which a report that reaches to ``last`` must say. A rule that ends
    earlier than its pack's other rules ended by law, not by the edition.
    """
    editions = [
        (pack, max((rule.in_force_to for rule in pack.rules if rule.in_force_to), default=None)) for pack in packs
    ]
    going_on = {rule.id for pack, _ in editions for rule in pack.rules if rule.in_force_on(last)}
    ended = (
        rule
        for pack, end in editions
        for rule in pack.rules
        if end is not None and rule.in_force_to == end < last and rule.id not in going_on
    )
    return tuple(sorted(ended, key=lambda rule: rule.id))


def _overlap(rule: Rule, first: date, last: date) -> bool:
    return rule.in_force_from <= last and (rule.in_force_to is None or first <= rule.in_force_to)
