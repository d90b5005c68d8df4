"""Who a score speaks of: one coder, or all of them with each coder's encounters as a stratum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit.domain.encounter import UNASSIGNED
from audit.errors import InputError
from audit.scoring.cases import ScoredCase
from audit.scoring.settings import LEAST_FOR_A_NUMBER, MOST_MISSING


class StrataMismatchError(InputError):
    """More encounters of a coder were sampled than the period is said to have."""


Cell = tuple[str, str]
"""A coder and a stratum of the draw ("" where strata are the coders, or there are none)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One coder's encounters (of one stratum of the draw): in the period, drawn, and those drawn that have a record."""

    name: str
    population: int
    drawn: int
    cases: tuple[ScoredCase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one row of scores is about; ``coder_id`` None is everyone."""

    coder_id: str | None
    strata: tuple[Stratum, ...]
    covered: bool = True
    """Whether every stratum of the draw in which the coder has encounters gave at least one."""

    @property
    def cases(self) -> tuple[ScoredCase, ...]:
        """The scored encounters: drawn, and not missing."""
        return tuple(case for stratum in self.strata for case in stratum.cases)

    @property
    def drawn(self) -> int:
        """Encounters drawn, missing ones included."""
        return sum(stratum.drawn for stratum in self.strata)

    @property
    def missing(self) -> int:
        """Encounters drawn that have no record: out of the denominator, counted beside."""
        return self.drawn - len(self.cases)

    @property
    def census(self) -> bool:
        """Whether every encounter of the period was drawn."""
        return all(stratum.drawn >= stratum.population for stratum in self.strata)

    @property
    def weights(self) -> dict[str, float]:
        """N_h over the scored encounters per stratum, where there are several (the overall row at any rate)."""
        if self.coder_id is not None and len(self.strata) == 1:
            return {}
        return {one.name: one.population / len(one.cases) for one in self.strata if one.cases}

    @property
    def has_value(self) -> bool:
        """Whether there are encounters enough for a percentage."""
        return len(self.cases) >= LEAST_FOR_A_NUMBER

    @property
    def judged(self) -> bool:
        """Whether a verdict may be given: a known coder (or all), a percentage, and at most a tenth missing."""
        known = self.coder_id != UNASSIGNED and self.covered
        return known and self.has_value and self.missing <= MOST_MISSING * self.drawn


def groups_of(cases: Sequence[ScoredCase], populations: Mapping[Cell, int]) -> tuple[Group, ...]:
    """Return one group per coder sampled, in coder order, then the group of all.

    ``populations`` maps coder and stratum to encounters of the period.

    Raises:
        StrataMismatchError: a coder has more encounters in the sample than in the period.
    """
    by_cell: dict[Cell, list[ScoredCase]] = defaultdict(list)
    for case in cases:
        by_cell[case.coder_id, case.stratum].append(case)
    each = tuple(
        Group(
            coder_id=coder,
            strata=tuple(_stratum(cell, by_cell[cell], populations) for cell in sorted(by_cell) if cell[0] == coder),
            covered=all(by_cell.get(cell) for cell, count in populations.items() if cell[0] == coder and count),
        )
        for coder in sorted({coder for coder, _ in by_cell})
    )
    return (*each, Group(coder_id=None, strata=_overall(cases, each, populations))) if each else ()


def _overall(
    cases: Sequence[ScoredCase], each: Sequence[Group], populations: Mapping[Cell, int]
) -> tuple[Stratum, ...]:
    """Weigh everyone by the strata of the draw; by coder only where every coder of the period was drawn from."""
    if not any(case.stratum for case in cases):
        if {group.coder_id for group in each} >= {coder for (coder, _), count in populations.items() if count}:
            return tuple(stratum for group in each for stratum in group.strata)
        return (_stratum(("all", ""), cases, {("all", ""): sum(populations.values())}),)
    sizes: dict[str, int] = defaultdict(int)
    for (_, name), count in populations.items():
        sizes[name] += count
    return tuple(
        _stratum((name, ""), [case for case in cases if case.stratum == name], {(name, ""): sizes[name]})
        for name in sorted({case.stratum for case in cases})
    )


def _stratum(cell: Cell, cases: Sequence[ScoredCase], populations: Mapping[Cell, int]) -> Stratum:
    population = populations.get(cell, 0)
    if len(cases) > population:
        raise StrataMismatchError(
            f"scores: {len(cases)} encounters of a coder were sampled from {population} of the period",
            hint="score with the population that the sample was drawn from",
        )
    scored = tuple(sorted((case for case in cases if not case.missing), key=lambda case: case.encounter_id))
    name = f"{cell[0]} / {cell[1]}" if cell[1] else cell[0]
    return Stratum(name=name, population=population, drawn=len(cases), cases=scored)
