"""The frame of a plan: its units, their strata and amounts, and which encounters a drawn unit stands for."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from audit.domain.encounter import Encounter
from audit.domain.ports import Database
from audit.domain.sample import Cell, DesignFacts, Draw, FrameUnit
from audit.errors import InputError
from audit.sampling.draw import PLAIN, PURPOSIVE, Design, draw

UNITS = ("encounter", "claim", "line", "patient")
AMOUNT = "paid_amount"
STRATUM_FIELDS = (
    "coder_id", "setting", "payer", "payer_type", "provider_id", "provider_specialty", "claim_type", "drg",
    "place_of_service", "bill_type", "discharge_disposition", AMOUNT,
)  # fmt: skip
"""Fields of an encounter that may make strata or clusters."""
_EQUAL_CHANCES = frozenset({"all", "simple", "stratified", "per_coder", "systematic", "discovery"})
_IN_STRATA = frozenset({"stratified", "per_coder", "cluster"})


class MixedUnitError(InputError):
    """The encounters of one unit lie in different strata."""


class NoUnitIdError(InputError):
    """Encounters lack the id of the unit that is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What the section ``[sample]`` of a plan says, but for the seed."""

    method: str
    size: int | None = None
    unit: str = "encounter"
    stratum: str = "coder_id"
    cuts: tuple[Decimal, ...] = ()
    design: Design = PLAIN

    @property
    def in_strata(self) -> bool:
        """Whether the frame has strata (or clusters)."""
        return self.method in _IN_STRATA

    @property
    def by_coder(self) -> bool:
        """Whether strata are the coders themselves, as scores have them."""
        return self.method == "per_coder" or not self.in_strata or self.stratum == "coder_id"

    @property
    def needs_amounts(self) -> bool:
        """Whether the draw looks at money."""
        return self.method == "pps" or self.design.allocation == "neyman"


@dataclass(frozen=True, slots=True)
class _Row:
    unit: str
    encounter_id: str
    stratum: str
    amount: Decimal | None


def draw_units(database: Database, sampling: Sampling, seed: str) -> Draw:
    """Make the frame and draw from it. Raises what ``frame_units`` and ``audit.sampling.draw.draw`` raise."""
    return draw(sampling.method, frame_units(database, sampling), seed, sampling.size, sampling.design)


def frame_units(database: Database, sampling: Sampling) -> tuple[FrameUnit, ...]:
    """Return the units of the frame, each in its stratum if the method has them, with its amount if it looks at money.

    A claim or patient is the unit of all its encounters: its amount is their sum, its stratum theirs.

    Raises:
        NoUnitIdError: an encounter has no claim id. MixedUnitError: a unit lies in two strata.
    """
    rows = _rows(database, sampling)
    strata: dict[str, str] = {}
    amounts: dict[str, list[Decimal | None]] = defaultdict(list)
    for row in rows:
        if strata.setdefault(row.unit, row.stratum) != row.stratum:
            raise MixedUnitError(
                f"plan: field sample.stratum: a {sampling.unit} lies in two strata by {sampling.stratum}",
                hint="choose strata that keep each unit whole",
            )
        amounts[row.unit].append(row.amount)
    return tuple(FrameUnit(unit, strata[unit], _sum(amounts[unit], sampling)) for unit in strata)


def excluded_units(database: Database) -> list[tuple[str, str]]:
    """Return every encounter of the table that is not in the frame, with its first reason, in id order."""
    return database.rows(
        "SELECT r.encounter_id, coalesce('defect: ' || min(d.table_name || '.' || d.field || ' ' || d.problem),"
        " 'no code line') FROM raw_encounters r LEFT JOIN defects d USING (encounter_id)"
        " WHERE coalesce(r.encounter_id, '') NOT IN (SELECT encounter_id FROM auditable) GROUP BY 1 ORDER BY 1"
    )


def frame_dollars(database: Database) -> Decimal:
    """Return what was paid for all encounters of the frame, as far as the table says it."""
    return Decimal(database.rows(f"SELECT coalesce(sum({AMOUNT}), 0) FROM auditable")[0][0])


def encounters_of(database: Database, sampling: Sampling, drawn: Draw) -> list[str]:
    """Return the encounters that the drawn units stand for."""
    units = {unit.unit for unit in drawn.units}
    if sampling.unit == "encounter":
        return [unit.unit for unit in drawn.units]
    return sorted({row.encounter_id for row in _rows(database, sampling) if row.unit in units})


def design_facts(database: Database, sampling: Sampling) -> DesignFacts:
    """Return what scores must know of a draw by this plan."""
    equal = sampling.method in _EQUAL_CHANCES and _one_each(database, sampling)
    if sampling.by_coder or sampling.method == "cluster":
        return DesignFacts(equal_chances=equal)
    field = sampling.stratum
    rows = database.rows(f"SELECT coder_id, {field} FROM auditable")
    counts = Counter((str(coder), _stratum(value, sampling.cuts)) for coder, value in rows)
    cells = tuple(Cell(coder_id=coder, stratum=name, encounters=n) for (coder, name), n in sorted(counts.items()))
    return DesignFacts(equal_chances=equal, stratum_by=field, cuts=sampling.cuts, cells=cells)


def stratum_of(encounter: Encounter, facts: DesignFacts) -> str:
    """Return the stratum of the draw in which an encounter lies, empty where strata are the coders."""
    return _stratum(getattr(encounter, facts.stratum_by), facts.cuts) if facts.stratum_by else ""


def populations(per_coder: Mapping[str, int], facts: DesignFacts) -> dict[tuple[str, str], int]:
    """Return the encounters of the period per coder and stratum."""
    if facts.cells:
        return {(cell.coder_id, cell.stratum): cell.encounters for cell in facts.cells}
    return {(coder, ""): count for coder, count in per_coder.items()}


def design_notices(sampling: Sampling, facts: DesignFacts) -> tuple[str, ...]:
    """Return what every report says of a design that carries less than a draw of encounters one by one."""
    if sampling.method == PURPOSIVE:
        return ("the sample was picked by hand: it says nothing of any encounter outside it, and nothing is estimated",)
    if not facts.equal_chances:
        what = f"{sampling.method} of {sampling.unit}s"
        return (f"drawn by {what}: values are of the sample itself; limits and verdicts per coder are not given",)
    return ()


def _one_each(database: Database, sampling: Sampling) -> bool:
    rows = _rows(database, sampling)
    return len({row.unit for row in rows}) == len(rows) == len({row.encounter_id for row in rows})


def _rows(database: Database, sampling: Sampling) -> list[_Row]:
    stratum = {"per_coder": "coder_id"}.get(sampling.method, sampling.stratum) if sampling.in_strata else "''"
    source, unit, amount = {
        "encounter": ("auditable e", "e.encounter_id", AMOUNT),
        "claim": ("auditable e", "e.claim_id", AMOUNT),
        "patient": ("auditable e", "e.patient_id", AMOUNT),
        "line": ("auditable e JOIN codes c USING (encounter_id)", "e.encounter_id || '#' || c.line", "c.paid"),
    }[sampling.unit]
    column = "''" if stratum == "''" else f"e.{stratum}"
    found = database.rows(f"SELECT {unit}, e.encounter_id, {column}, {amount} FROM {source} ORDER BY 1, 2")
    without = sum(not row[0] for row in found)
    if without:
        raise NoUnitIdError(
            f"encounters: {without} rows have no {sampling.unit}_id, the unit of the plan", hint="draw encounters"
        )
    cuts = sampling.cuts if stratum == sampling.stratum else ()
    return [_Row(str(u), str(e), _stratum(s, cuts), None if a is None else Decimal(a)) for u, e, s, a in found]


def _stratum(value: object, cuts: Sequence[Decimal]) -> str:
    """Name a stratum: the field's own text, or the number of the amount's class, from 1."""
    if value is None:
        return ""
    if not cuts:
        return str(value)
    return f"{bisect_left(cuts, Decimal(str(value))) + 1:02}"


def _sum(amounts: Sequence[Decimal | None], sampling: Sampling) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    if not sampling.needs_amounts or not known or len(known) != len(amounts):
        return None
    return sum(known, Decimal(0))
