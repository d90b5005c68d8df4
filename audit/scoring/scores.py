"""The scores of an audit: every formula on both bases, for each coder and for all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from audit.domain.score import FALSE_DISCOVERY_RATE, Basis, Score, ScoreVerdict
from audit.scoring.cases import ScoredCase
from audit.scoring.formulas import FORMULAS, Formula
from audit.scoring.groups import Cell, Group, groups_of
from audit.scoring.likeness import pooled_likeness
from audit.scoring.limits import Limits
from audit.scoring.measure import Measure, measure
from audit.scoring.power import more_encounters
from audit.scoring.settings import ScoreSettings, check_settings
from audit.scoring.tally import Tally, by_person, by_tool
from audit.scoring.verdicts import census_verdict, rejections, sample_verdict

_ENDS: Mapping[Basis, tuple[Callable[[ScoredCase], Tally], ...]] = {
    Basis.TOOL: (partial(by_tool, reviews_stand=False), partial(by_tool, reviews_stand=True)),
    Basis.PERSON: (by_person,),
}
"""How a basis counts an encounter: its best case, and where it has one its worst."""

_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One score in the making: ``ends`` are its measures, best first; none while persons have not settled it."""

    group: Group
    basis: Basis
    formula: Formula
    ends: tuple[Measure, ...]


def score_audit(
    cases: Sequence[ScoredCase], strata: Mapping[str, int] | Mapping[Cell, int], settings: ScoreSettings
) -> tuple[Score, ...]:
    """Return the scores of every coder sampled, in coder order, then those of all coders together (coder None).

    ``strata`` maps a coder, or a coder and a stratum of the draw, to encounters of the period (N_h). Each coder has
    one score per basis and formula. Values and limits are shares (1.0 = 100 %).

    - Basis *tool*: ``value`` and ``interval`` are of the best case (a line is wrong only for an *error*),
      ``value_if_review_stands`` is the worst; a verdict only where both ends give the same one.
    - Basis *person*: exists once every line of every sampled encounter is decided and each is closed with omissions
      checked; until then numerator and denominator are 0, there is no value, and ``undetermined`` lines are left.
      No *review* is open then, so ``value_if_review_stands`` equals ``value``.
    - Only ``settings.verdict_on`` carries a verdict and ``more_encounters_needed``. Under 10 encounters there is no
      value; under 20 a sample never *meets*; over 10 % missing records, and for the unassigned, there is no verdict.
    - A net numerator keeps its sign; its value stops at 0. A census (every encounter of the period drawn) has no
      interval, and its verdict is that of its value. Without equal chances there are no limits and no verdict.
    - Limits of code formulas take the department's pooled likeness of lines, where it is above the floor.
    - All coders together: each coder's encounters weighted by N_h over the scored ones (``weights``), tested alone.

    Raises:
        UnknownFormulaError, NeverJudgesError, BadScoreSettingError: see ``check_settings``.
        StrataMismatchError: a coder has more encounters in the sample than in the period.
    """
    check_settings(settings)
    cells = {(key, "") if isinstance(key, str) else key: count for key, count in strata.items()}
    rows = list(_rows(groups_of(cases, cells), settings))
    verdicts = {basis: _verdicts([row for row in rows if row.basis is basis], settings) for basis in Basis}
    return tuple(_score(row, verdicts[row.basis], settings) for row in rows)


def _rows(groups: Sequence[Group], settings: ScoreSettings) -> Iterator[_Row]:
    pooled = cache(partial(_pooled, groups, settings))
    for group in groups:
        settled = all(case.settled for case in group.cases)
        for basis in Basis:
            tallies = _ENDS[basis] if basis is Basis.TOOL or settled else ()
            for formula in FORMULAS.values():
                ends = tuple(measure(formula, group, tally, pooled(formula, tally)) for tally in tallies)
                yield _Row(group=group, basis=basis, formula=formula, ends=ends)


def _pooled(
    groups: Sequence[Group], settings: ScoreSettings, formula: Formula, tally: Callable[[ScoredCase], Tally]
) -> ScoreSettings:
    """Take the department's own likeness of lines within an encounter for the floor, where it lies above."""
    told = [group for group in groups if group.coder_id is not None]
    if tally is by_person:  # an unsettled encounter would count as right
        told = [group for group in told if all(case.settled for case in group.cases)]
    coders = [[formula.term(tally(case)) for case in group.cases] for group in told]
    return replace(settings, icc_floor=max(settings.icc_floor, pooled_likeness(coders) or 0.0))


def _verdicts(rows: Sequence[_Row], settings: ScoreSettings) -> dict[str | None, ScoreVerdict]:
    # One basis at a time: its coders are one family of tests, at each end anew.
    judged = [row for row in rows if row.formula.id == settings.verdict_on and row.group.judged and row.ends]
    if not settings.equal_chances:
        return {}
    by_end = [_at_end(judged, end, settings) for end in range(max((len(row.ends) for row in judged), default=0))]
    shown = {}
    for row in judged:
        said = {end[row.group.coder_id] for end in by_end}
        shown[row.group.coder_id] = said.pop() if len(said) == 1 else ScoreVerdict.NOT_SHOWN
    return shown


def _at_end(judged: Sequence[_Row], end: int, settings: ScoreSettings) -> dict[str | None, ScoreVerdict]:
    p_values = {
        row.group.coder_id: limits.p_below
        for row in judged
        if row.group.coder_id is not None and (limits := row.ends[end].limits) and limits.p_below is not None
    }
    # The row of all coders is one test by itself, so nothing is corrected for.
    rejected = rejections(p_values, FALSE_DISCOVERY_RATE) | {None}
    return {row.group.coder_id: _verdict(row, end, settings, rejected=row.group.coder_id in rejected) for row in judged}


def _verdict(row: _Row, end: int, settings: ScoreSettings, *, rejected: bool) -> ScoreVerdict:
    found = row.ends[end]
    if found.value is None:
        return ScoreVerdict.NOT_SHOWN
    if found.limits is None:
        return census_verdict(found.value, settings.target)
    return sample_verdict(found.limits, settings.target, len(row.group.cases), rejected=rejected)


def _score(row: _Row, verdicts: Mapping[str | None, ScoreVerdict], settings: ScoreSettings) -> Score:
    group = row.group
    best = row.ends[0] if row.ends else Measure(numerator=0.0, denominator=0.0, value=None, limits=None)
    worst = row.ends[-1] if row.ends else best
    judges = row.formula.id == settings.verdict_on
    verdict = verdicts.get(group.coder_id, ScoreVerdict.NOT_SHOWN) if judges else ScoreVerdict.NOT_SHOWN
    return Score(
        coder_id=group.coder_id,
        basis=row.basis,
        formula=row.formula.id,
        numerator=best.numerator,
        denominator=best.denominator,
        value=best.value,
        value_if_review_stands=worst.value,
        interval=_printed(best.limits) if best.limits else None,
        confidence=settings.confidence,
        census=group.census,
        target=settings.target,
        verdict=verdict,
        encounters=len(group.cases),
        codes=sum(len(case.lines) for case in group.cases),
        undetermined=sum(case.undetermined for case in group.cases),
        missing=group.missing,
        weights=group.weights,
        more_encounters_needed=_more(row, settings) if judges and verdict is ScoreVerdict.NOT_SHOWN else None,
    )


def _printed(limits: Limits) -> tuple[float, float]:
    # Special functions may differ in their last digit between machines; printed scores may not.
    return round(limits.lower, _DIGITS), round(limits.upper, _DIGITS)


def _more(row: _Row, settings: ScoreSettings) -> int | None:
    # Both ends must come to speak, and say the same: where they lie on two sides of the target, size does not help.
    if row.group.coder_id is None or not row.group.judged or not settings.equal_chances:
        return None
    if len({end.value is not None and end.value > settings.target for end in row.ends}) != 1:
        return None
    needs = [_more_at(row, end, settings) for end in row.ends]
    known = [need for need in needs if need is not None]
    return max(known) if len(known) == len(needs) else None


def _more_at(row: _Row, end: Measure, settings: ScoreSettings) -> int | None:
    if end.value is None or end.limits is None:
        return None
    return more_encounters(
        rate=end.value,
        target=settings.target,
        alpha=settings.alpha,
        effective=end.limits.effective,
        encounters=len(row.group.cases),
        population=sum(stratum.population for stratum in row.group.strata),
    )
