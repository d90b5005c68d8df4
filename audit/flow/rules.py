"""Packs of rules: which are in use, and the one rule a person asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from audit.domain.rule import Pack, Rule
from audit.errors import UsageError
from audit.flow.checking import VOCABULARY
from audit.packs.catalogue import bundled, lapsed, select
from audit.packs.load import PACK_FILE, load_pack


class UnknownRuleError(UsageError):
    """No bundled pack has a rule of that id."""


def bundled_packs() -> tuple[Pack, ...]:
    """Return every edition of every pack that ships. Raises the PageErrors of a faulty page."""
    return bundled(VOCABULARY)


def packs_in_use(names: Sequence[str] | None, base: Path) -> tuple[Pack, ...]:
    """Return the packs a plan names: a bundled name, or a folder (relative to ``base``) that holds a ``pack.yaml``.

    A bundled name always means the bundled pack, so that a folder that happens to lie beside the plan replaces
    nothing; such a folder is named ``./icd10cm``. None stands for every bundled pack. Raises UnknownPackError and
    PageError.
    """
    shipped = bundled_packs()
    if names is None:
        return shipped
    bundled_names = {pack.name for pack in shipped}
    folders = [name for name in names if name not in bundled_names and (base / name / PACK_FILE).is_file()]
    chosen = select(shipped, [name for name in names if name not in folders])
    return (*chosen, *(load_pack(base / name, VOCABULARY) for name in folders))


def read_pack(folder: Path) -> Pack:
    """Return the pack in a folder. Raises PageError, EmptyPackError, UnreadableFileError."""
    return load_pack(folder, VOCABULARY)


def pack_dates(pack: Pack) -> tuple[date, date | None]:
    """Return the first day on which a rule of the pack is in force, and the last; None where one has no end."""
    ends = [rule.in_force_to for rule in pack.rules]
    last = None if None in ends else max(end for end in ends if end)
    return min(rule.in_force_from for rule in pack.rules), last


def lapse_notices(packs: Sequence[Pack], last: date) -> tuple[str, ...]:
    """Say for each edition how many of its rules ended before ``last`` with no later edition to go on."""
    ended = lapsed(packs, last)
    counts = Counter((rule.pack, rule.edition, rule.in_force_to) for rule in ended)
    return tuple(
        f"{count} rules of pack {pack} {edition} ended {end}: later services are not assessed by them"
        for (pack, edition, end), count in sorted(counts.items(), key=str)
    )


def find_rule(rule_id: str) -> tuple[Rule, ...]:
    """Return the bundled rule of that id, once for each edition that has it. Raises UnknownRuleError."""
    found = tuple(rule for pack in bundled_packs() for rule in pack.rules if rule.id == rule_id)
    if not found:
        raise UnknownRuleError(f"no rule is called {rule_id}", hint="chartassay rules list shows them")
    return found
