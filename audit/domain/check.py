"""The vocabulary a rule may use: check kinds and the parameters each takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Family(StrEnum):
    """What a check kind reads: codes, dates and demographics alone, or the encounter with its documents."""

    EDIT = "edit"
    CHART = "chart"


class ParameterType(StrEnum):
    """The form of one parameter of a check kind."""

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    FLAG = "flag"
    CODES = "codes"
    """A list of codes and ranges: ``E11``, ``I60-I69``; a code stands for itself and everything below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckKind:
    """One kind of check. ``may_be_error`` False: the loader refuses a rule of this kind with verdict *error*."""

    name: str
    family: Family
    summary: str
    may_be_error: bool
    required: Mapping[str, ParameterType] = field(default_factory=dict)
    optional: Mapping[str, ParameterType] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Kinds of code-set tables without which a rule of this kind is not assessed."""
