"""Determinations as JSON lines, read and written (``export_determinations``): the form behind worksheet and page.

A line is one of four objects; every key not listed as optional is required, and no other key may stand there.

- one decision: ``encounter_id``, ``line`` (number; null for an omitted code), ``decision`` (agree, disagree, or null
  while undecided: such a line is passed over); optional, null when they say nothing: ``category``, ``direction``,
  ``owner``, ``correct`` {``system``, ``code``; optional ``modifiers``, ``units``, ``sequence``, ``poa``},
  ``correct_paid``, ``note``;
- the closing: ``encounter_id``, ``complete``, ``omissions_checked``; optional ``correct_drg``. One that says nothing
  (all false and null, as exported) is passed over;
- agreement with the rest: ``encounter_id``, ``agree_remaining`` (true);
- the read-only keys ``submitted`` and ``findings`` of an exported form may stand in a decision or closing; they are
  not read.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from audit.domain.codes import CodeSystem, normalise_code
from audit.domain.determination import AgreeRemaining, Closing, CorrectLine, Decided, Decision, Determination
from audit.domain.rule import Category, Direction, Owner
from audit.review.fields import DeterminationError, Fields, MissingFieldError
from audit.review.form import export_determinations

__all__ = ["NotJsonLineError", "export_determinations", "parse_determinations"]

READ_ONLY = ("submitted", "findings")
_OPINION = ("category", "direction", "owner", "correct", "correct_paid")


class NotJsonLineError(DeterminationError):
    """A line is not one JSON object."""


def parse_determinations(text: str, source: str) -> tuple[Decided, ...]:
    """Read determinations from JSON lines; blank lines and undecided lines are passed over.

    ``source`` is the file's name as errors print it. What a decision means for its encounter is checked by ``merge``.

    Raises:
        NotJsonLineError, UnknownKeyError, MissingFieldError, WrongTypeError, BadValueError: naming line and field.
    """
    decided = (
        _decided(Fields(place, _object(place, line)))
        for place, line in (
            (f"{source}: line {n}", line) for n, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1)
        )
        if line.strip()
    )
    return tuple(one for one in decided if one is not None)


def _object(place: str, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line, object_pairs_hook=_no_key_twice, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise NotJsonLineError(f"{place}: not one JSON object with each key once", hint="write one object per line")
    return value


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _decided(fields: Fields) -> Decided | None:
    if "agree_remaining" in fields.values:
        return _agree_remaining(fields)
    if "complete" in fields.values:
        return _closing(fields)
    return _determination(fields)


def _agree_remaining(fields: Fields) -> AgreeRemaining:
    fields.allow_only("encounter_id", "agree_remaining")
    fields.require("encounter_id")
    if not fields.flag("agree_remaining"):
        raise fields.bad_value("agree_remaining", "not true", "leave the line out")
    return AgreeRemaining(encounter_id=fields.text("encounter_id"))


def _closing(fields: Fields) -> Closing | None:
    fields.allow_only("encounter_id", "complete", "omissions_checked", "correct_drg", *READ_ONLY)
    fields.require("encounter_id", "omissions_checked")
    closing = Closing(
        encounter_id=fields.text("encounter_id"),
        complete=fields.flag("complete"),
        omissions_checked=fields.flag("omissions_checked"),
        correct_drg=fields.text("correct_drg", empty_allowed=True) or None,
    )
    says_something = closing.complete or closing.omissions_checked or closing.correct_drg
    return closing if says_something else None


def _determination(fields: Fields) -> Determination | None:
    fields.allow_only("encounter_id", "line", "decision", *_OPINION, "note", *READ_ONLY)
    fields.require("encounter_id", "line", "decision")
    decision = fields.choice("decision", Decision)
    determination = Determination(
        encounter_id=fields.text("encounter_id"),
        line=fields.integer("line"),
        decision=decision or Decision.AGREE,
        category=fields.choice("category", Category),
        direction=fields.choice("direction", Direction),
        owner=fields.choice("owner", Owner),
        correct=_correct(fields.inner("correct")),
        correct_paid=fields.amount("correct_paid"),
        note=fields.text("note", empty_allowed=True),
    )
    if decision is not None:
        return determination
    if determination.note or any(getattr(determination, name) is not None for name in _OPINION):
        raise MissingFieldError(
            f"{fields.place}: field decision: null, but the line says more", hint="write agree or disagree"
        )
    return None


def _correct(fields: Fields | None) -> CorrectLine | None:
    if fields is None:
        return None
    fields.allow_only("system", "code", "modifiers", "units", "sequence", "poa")
    fields.require("system", "code")
    system = fields.choice("system", CodeSystem)
    if system is None:
        raise fields.wrong_type("system", "text")
    code = normalise_code(system, fields.text("code"))
    if not code:
        raise fields.bad_value("code", "empty", "fill the field")
    return CorrectLine(
        system=system,
        code=code,
        modifiers=fields.texts("modifiers"),
        units=fields.amount("units"),
        sequence=fields.integer("sequence"),
        poa=fields.text("poa", empty_allowed=True),
    )
