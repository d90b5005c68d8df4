"""A rule as an auditor signs it: what is wrong, who says so, from when to when, and examples that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What the tool says: *error* no chart could excuse, *review* a person must decide, *advisory* never scored."""

    ERROR = "error"
    REVIEW = "review"
    ADVISORY = "advisory"


class Direction(StrEnum):
    """Whether the claim says more than it should, less, or neither."""

    OVER = "over"
    UNDER = "under"
    NEUTRAL = "neutral"


class Owner(StrEnum):
    """Where the cause lies."""

    CODER = "coder"
    PROVIDER = "provider"
    TEMPLATE = "template"
    ENGINE = "engine"
    REFERENCE_DATA = "reference_data"


class Category(StrEnum):
    """The kinds of error that reports count and coders are taught by."""

    INVALID_CODE = "invalid_code"
    NOT_BILLABLE = "not_billable"
    EXCLUDES = "excludes"
    SEQUENCING = "sequencing"
    MANIFESTATION = "manifestation"
    DEMOGRAPHIC = "demographic"
    LATERALITY = "laterality"
    SPECIFICITY = "specificity"
    UNSUPPORTED = "unsupported"
    CONTRADICTED = "contradicted"
    UNCERTAIN = "uncertain"
    HISTORY_AS_ACTIVE = "history_as_active"
    OMITTED = "omitted"
    MODIFIER = "modifier"
    UNITS = "units"
    BUNDLING = "bundling"
    PLACE = "place"
    COVERAGE = "coverage"
    FREQUENCY = "frequency"
    DUPLICATE = "duplicate"
    POA = "poa"
    DRG = "drg"
    SIGNATURE = "signature"
    IDENTITY = "identity"
    DATE = "date"
    COPIED = "copied"
    QUERY = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who says so: a citation with its edition and where it can be read."""

    cite: str
    edition: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFind:
    """What an example expects of its rule: the line (None for the encounter) and the verdict."""

    line: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A made-up encounter in canonical columns, and what the rule must find in it.

    ``encounter``, ``patient``, each of ``codes`` and ``documents`` map canonical column names to text;
    ``tables`` maps a code-set kind to rows for rules that need an imported table.
    """

    title: str
    encounter: Mapping[str, str]
    patient: Mapping[str, str]
    codes: tuple[Mapping[str, str], ...]
    documents: tuple[Mapping[str, str], ...]
    tables: Mapping[str, tuple[Mapping[str, str], ...]]
    finds: tuple[ExpectedFind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One page of a pack. ``summary`` is the finding's message; ``parameters`` belong to the check kind."""

    id: str
    name: str
    summary: str
    authority: tuple[Authority, ...]
    in_force_from: date
    in_force_to: date | None
    verdict: Verdict
    category: Category
    direction: Direction
    owner: Owner
    check: str
    parameters: Mapping[str, Any]
    not_covered: str
    examples: tuple[Example, ...]
    pack: str
    edition: str

    @property
    def citation(self) -> str:
        """The authorities in one line, as a finding prints them."""
        return "; ".join(f"{a.cite} ({a.edition})" for a in self.authority)

    def in_force_on(self, day: date) -> bool:
        """Whether the rule governs a service of ``day``."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A folder of rules of one edition with the digest of its bytes."""

    name: str
    edition: str
    title: str
    digest: str
    rules: tuple[Rule, ...]
