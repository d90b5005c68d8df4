"""The frame, its units, and what was drawn from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FrameUnit:
    """One unit of the frame. ``amount`` is the money that sizes it, None where the design uses none."""

    unit: str
    stratum: str
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    """One drawn unit: ``key`` (hex digest) ordered it, ``inclusion`` is its selection probability n_h / N_h."""

    unit: str
    stratum: str
    key: str
    inclusion: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """How many units a stratum has and how many of them were drawn."""

    name: str
    size: int
    drawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A draw: its method, seed, frame digest (SHA-256 of ``frame.csv``) and units in stratum, key order."""

    method: str
    seed: str
    frame_digest: str
    units: tuple[DrawnUnit, ...]
    strata: tuple[Stratum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many encounters of the period a coder has in one stratum of a draw."""

    coder_id: str
    stratum: str
    encounters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignFacts:
    """What a score must know of the draw behind it.

    ``equal_chances``: encounters of a coder (within a stratum) were drawn one by one with the same chance.
    ``stratum_by`` is the field of the encounter that made the strata, empty where they are the coders or there are
    none; ``cuts`` are the upper ends of the strata of an amount; ``cells`` count the period where there are strata.
    """

    equal_chances: bool = True
    stratum_by: str = ""
    cuts: tuple[Decimal, ...] = ()
    cells: tuple[Cell, ...] = ()
