"""What an audit is judged by: the packs in use, the reference tables at hand, the terms that notes are read with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from audit import __version__
from audit.chart.terms import TermTable
from audit.domain.canonical import canonical_bytes, sha256_hex
from audit.domain.classification import Classification
from audit.domain.rule import Pack, Rule
from audit.domain.summary import SourceUsed
from audit.errors import InputError
from audit.flow.plan import Plan
from audit.flow.plan_tables import brought_edition
from audit.flow.reference import Reference, cache_folder, find_reference, tables_folder
from audit.flow.rules import packs_in_use
from audit.flow.terms import load_term_table
from audit.flow.workspace import Workspace
from audit.packs.catalogue import in_force


class UnknownRuleError(InputError):
    """The plan switches off a rule that no pack in use has."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Packs, tables and terms of one audit; the terms are loaded when the first note is read."""

    packs: tuple[Pack, ...]
    reference: Reference
    off: frozenset[str]

    @property
    def used(self) -> tuple[SourceUsed, ...]:
        """Packs and tables with their digests, as reports print them."""
        packs = tuple(
            SourceUsed(kind="pack", name=pack.name, edition=pack.edition, digest=pack.digest) for pack in self.packs
        )
        return (*packs, *self.reference.used)

    def rules(self, first: date, last: date) -> tuple[Rule, ...]:
        """Return the rules in force on a day from ``first`` to ``last`` that the plan leaves on, by id."""
        return tuple(rule for rule in in_force(self.packs, first, last) if rule.id not in self.off)

    @cached_property
    def classification(self) -> Classification:
        """The ICD-10-CM that notes are read with."""
        return self.reference.classification()

    @cached_property
    def terms(self) -> TermTable:
        """The compiled terms of the classification, the index where one was imported, and the lexicon."""
        return load_term_table(self.classification, cache_folder(), self.reference.index())


def find_sources(plan: Plan, workspace: Workspace) -> Sources:
    """Return what the plan is to be judged by. Raises UnknownRuleError and the InputErrors of packs and tables."""
    packs = packs_in_use(plan.packs, plan.folder)
    known = {rule.id for pack in packs for rule in pack.rules}
    for off in plan.off:
        if off.rule not in known:
            raise UnknownRuleError(
                f"plan, [checks] off: no pack in use has a rule {off.rule}", hint="chartassay rules list"
            )
    return Sources(
        packs=packs,
        reference=find_reference(tables_folder(workspace.root), [brought_edition(table) for table in plan.brought]),
        off=frozenset(off.rule for off in plan.off),
    )


def audit_id_of(plan: Plan, inputs: Mapping[str, str], sources: Sources) -> str:
    """Return the SHA-256 of the canonical JSON of plan, digests of inputs, packs and tables, and tool version."""
    content = {
        "plan": plan.content,
        "inputs": inputs,
        "packs": {f"{pack.name} {pack.edition}": pack.digest for pack in sources.packs},
        "tables": {f"{table.name} {table.edition}": table.digest for table in sources.reference.used},
        "tool": __version__,
    }
    return sha256_hex(canonical_bytes(content))
