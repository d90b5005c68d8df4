"""Bringing new determinations into what is already decided: all of them or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from audit.domain.codes import CodeSystem
from audit.domain.determination import (
    AgreeRemaining,
    CaseDeterminations,
    Closing,
    Decided,
    Decision,
    Determination,
)
from audit.domain.rule import Category
from audit.errors import InputError
from audit.review.counts import undetermined_lines

Omission = tuple[CodeSystem, str]


class UnknownEncounterError(InputError):
    """A determination names an encounter that was not sampled."""


class UnknownLineError(InputError):
    """A determination names a line that its encounter does not have."""


class DecidedTwiceError(InputError):
    """The same line, omitted code or closing is decided twice in one import."""


class ContradictoryDecisionError(InputError):
    """A determination agrees and corrects at once, or disagrees without saying about what."""


class BadOmissionError(InputError):
    """A decision without a line is not that of an omitted code."""


class IncompleteClosingError(InputError):
    """An encounter is closed while lines of it are undetermined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What is decided now, by encounter; ``imported`` were read, ``changed`` earlier ones now read differently."""

    after: Mapping[str, CaseDeterminations]
    imported: int
    changed: int


def merge(
    cases: Mapping[str, Sequence[int]], before: Mapping[str, CaseDeterminations], decided: Sequence[Decided]
) -> Merged:
    """Return ``before`` with ``decided`` brought in; nothing is brought in if one of them cannot be.

    ``cases`` maps each sampled encounter to its line numbers. A later decision replaces an earlier one of the same
    line, omitted code (by system and code) or closing; *agree* on an omitted code takes it back. Agreement with the
    rest covers what is undecided after all other decisions of the import, wherever it stands; it and a closing are
    judged last. Errors count determinations from 1 in the order given, because ids may identify a patient.

    Raises:
        UnknownEncounterError, UnknownLineError, DecidedTwiceError, ContradictoryDecisionError, BadOmissionError,
        IncompleteClosingError: the first determination that cannot be brought in, and why.
    """
    by_encounter: dict[str, list[tuple[int, Decided]]] = defaultdict(list)
    for number, one in enumerate(decided, start=1):
        _check(number, one, cases)
        by_encounter[one.encounter_id].append((number, one))
    after, changed = dict(before), 0
    for encounter_id, numbered in by_encounter.items():
        _check_once(numbered)
        earlier = before.get(encounter_id) or CaseDeterminations(encounter_id=encounter_id)
        after[encounter_id] = _merged(cases[encounter_id], earlier, numbered)
        changed += _changed(earlier, after[encounter_id])
    return Merged(after=after, imported=len(decided), changed=changed)


def _check(number: int, one: Decided, cases: Mapping[str, Sequence[int]]) -> None:
    if one.encounter_id not in cases:
        raise UnknownEncounterError(
            f"determination {number}: field encounter_id: not in the sample", hint="decide sampled encounters only"
        )
    if not isinstance(one, Determination):
        return
    if one.line is None:
        _check_omission(number, one)
        return
    if one.line not in cases[one.encounter_id]:
        raise UnknownLineError(
            f"determination {number}: field line: the encounter has no such line",
            hint="use the line of the codes table",
        )
    _check_opinion(number, one)


def _check_omission(number: int, one: Determination) -> None:
    if one.category is not Category.OMITTED or one.correct is None:
        raise BadOmissionError(
            f"determination {number}: field line: null, but not an omitted code with its correct code",
            hint="an omitted code has line null, category omitted and correct",
        )


def _check_opinion(number: int, one: Determination) -> None:
    if one.decision is Decision.DISAGREE:
        if one.category is None:
            raise ContradictoryDecisionError(
                f"determination {number}: field category: missing where the decision is disagree",
                hint="say what is wrong with the line",
            )
        if one.category is Category.OMITTED:
            raise BadOmissionError(
                f"determination {number}: field category: omitted, but a line is named", hint="use line null"
            )
    elif one.category is not None or one.correct is not None:
        raise ContradictoryDecisionError(
            f"determination {number}: field decision: agree, but the line is corrected",
            hint="agree means that the submitted line stands; to uphold a finding, disagree",
        )


def _check_once(numbered: Iterable[tuple[int, Decided]]) -> None:
    seen: dict[object, int] = {}
    for number, one in numbered:
        subject = _subject(one)
        if subject in seen:
            raise DecidedTwiceError(
                f"determination {number}: already decided by determination {seen[subject]}", hint="decide it once"
            )
        seen[subject] = number


def _subject(one: Decided) -> object:
    if isinstance(one, Determination):
        return one.line if one.line is not None else _omission(one)
    return type(one)


def _omission(one: Determination) -> Omission:
    assert one.correct is not None  # noqa: S101 - _check_omission has refused it
    return one.correct.system, one.correct.code


def _merged(
    lines: Sequence[int], earlier: CaseDeterminations, numbered: Sequence[tuple[int, Decided]]
) -> CaseDeterminations:
    new = [one for _, one in numbered if isinstance(one, Determination)]
    after = _with_omissions(_with_lines(earlier, new), new)
    if any(isinstance(one, AgreeRemaining) for _, one in numbered):
        after = _with_agreement(lines, after)
    for number, one in numbered:
        if isinstance(one, Closing):
            _check_closing(number, one, lines, after)
            after = replace(after, closing=one)
    return after


def _with_lines(earlier: CaseDeterminations, new: Iterable[Determination]) -> CaseDeterminations:
    by_line: dict[int | None, Determination] = {one.line: one for one in earlier.lines}
    replacing = {one.line: one for one in new if one.line is not None and by_line.get(one.line) != one}
    return replace(
        earlier,
        lines=_in_line_order((by_line | replacing).values()),
        agreed_in_one_act=tuple(line for line in earlier.agreed_in_one_act if line not in replacing),
    )


def _with_omissions(earlier: CaseDeterminations, new: Iterable[Determination]) -> CaseDeterminations:
    omitted = {_omission(one): one for one in earlier.omitted}
    for one in new:
        if one.line is None:
            omitted[_omission(one)] = one
    standing = {key: one for key, one in omitted.items() if one.decision is Decision.DISAGREE}
    return replace(earlier, omitted=tuple(standing[key] for key in sorted(standing)))


def _with_agreement(lines: Sequence[int], earlier: CaseDeterminations) -> CaseDeterminations:
    rest = undetermined_lines(lines, earlier)
    agreed = [Determination(encounter_id=earlier.encounter_id, line=line, decision=Decision.AGREE) for line in rest]
    return replace(
        earlier,
        lines=_in_line_order([*earlier.lines, *agreed]),
        agreed_in_one_act=tuple(sorted({*earlier.agreed_in_one_act, *rest})),
    )


def _in_line_order(determinations: Iterable[Determination]) -> tuple[Determination, ...]:
    return tuple(sorted(determinations, key=lambda one: one.line or 0))


def _check_closing(number: int, closing: Closing, lines: Sequence[int], decided: CaseDeterminations) -> None:
    left = len(undetermined_lines(lines, decided))
    if closing.complete and left:
        raise IncompleteClosingError(
            f"determination {number}: field complete: true, but {left} lines of the encounter are undetermined",
            hint="decide every line, or agree with all remaining ones",
        )


def _changed(earlier: CaseDeterminations, after: CaseDeterminations) -> int:
    before, now = _by_subject(earlier), _by_subject(after)
    return sum(now.get(subject) != one for subject, one in before.items())


def _by_subject(case: CaseDeterminations) -> dict[object, Decided]:
    decided: list[Decided] = [*case.lines, *case.omitted]
    if case.closing:
        decided.append(case.closing)
    return {_subject(one): one for one in decided}
