"""What a person decided. One record behind the JSONL form, the worksheet, the page and the rebuttal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from audit.domain.codes import CodeSystem
from audit.domain.rule import Category, Direction, Owner


class Decision(StrEnum):
    """Whether the reviewer agrees with the submitted line."""

    AGREE = "agree"
    DISAGREE = "disagree"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectLine:
    """What the line should have been."""

    system: CodeSystem
    code: str
    modifiers: tuple[str, ...] = ()
    units: Decimal | None = None
    sequence: int | None = None
    poa: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Determination:
    """The decision on one line; an omitted code is ``line`` None, *disagree*, category *omitted*, with ``correct``."""

    encounter_id: str
    line: int | None
    decision: Decision
    category: Category | None = None
    direction: Direction | None = None
    owner: Owner | None = None
    correct: CorrectLine | None = None
    correct_paid: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The end of the review of one encounter."""

    encounter_id: str
    complete: bool
    omissions_checked: bool
    correct_drg: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeRemaining:
    """One act: agree with every line of the encounter not decided one by one. Counted beside the score."""

    encounter_id: str


Decided = Determination | Closing | AgreeRemaining


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeterminations:
    """All that persons have decided of one encounter so far. ``lines`` by line number; ``omitted`` are added codes."""

    encounter_id: str
    lines: tuple[Determination, ...] = ()
    omitted: tuple[Determination, ...] = ()
    closing: Closing | None = None
    agreed_in_one_act: tuple[int, ...] = ()
