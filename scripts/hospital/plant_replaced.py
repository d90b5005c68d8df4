"""Errors on a line that belongs on the claim: another code, other units, another place, or left out altogether.

Every planter takes (encounter, library, chance), changes the encounter and returns the plant, or changes nothing and
returns None where the encounter does not lend itself to this error.
"""

from __future__ import annotations

import random

from hospital.encounter import EXEMPT_FROM_POA, Encounter, Line, Plant
from hospital.library import Library

_NEVER_ALLOWED_POA = ("X", "5", "A", "Z")
_OTHER_SIDE = {"RT": "LT", "LT": "RT", "right": "left", "left": "right"}


def plant_on(encounter: Encounter, line: Line | None, category: str, correct: str, counts: str, *, data: bool) -> Plant:
    """Record a plant and mark its line, so that no second error falls on it."""
    if line:
        line.planted = True
    return Plant(
        encounter_id=encounter.encounter_id,
        line=line.line if line else None,
        category=category,
        decidable_by="data" if data else "note",
        submitted=line.code if line else "",
        correct=correct,
        counts=counts,
    )


def untouched(encounter: Encounter, *states: str) -> list[Line]:
    """Diagnosis lines without an error yet, from mentions in these states."""
    return [
        line
        for line in encounter.diagnoses()
        if not line.planted and line.source and line.source.state in (states or ("active",))
    ]


def _replace(encounter: Encounter, line: Line, code: str, category: str, *, data: bool) -> Plant | None:
    if code in encounter.codes() or not code or code == line.code:
        return None
    correct, line.code = line.code, code
    if encounter.setting == "inpatient" and not line.poa and not code.startswith(EXEMPT_FROM_POA):
        line.poa = "Y"  # a coder who takes the active code also says it was present
    return plant_on(encounter, line, category, correct, "replaced", data=data)


def never_existed(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """A code that no edition has."""
    lines = untouched(encounter)
    if not lines:
        return None
    line = rng.choice(lines)
    return _replace(encounter, line, library.never_existed.get(line.code, ""), "invalid_code", data=True)


def header_only(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """A category or subcategory instead of the code below it (guideline I.B.2)."""
    lines = [line for line in untouched(encounter) if library.headers.get(line.code)]
    if not lines:
        return None
    line = rng.choice(lines)
    return _replace(encounter, line, library.headers[line.code], "not_billable", data=True)


def manifestation_first(encounter: Encounter, _library: Library, _rng: random.Random) -> Plant | None:
    """A manifestation before its cause, first-listed (guideline I.A.13)."""
    for line in untouched(encounter):
        source = line.source
        if source and source.condition and source.condition.manifestation and line.code == source.codes[1]:
            return _first_listed(encounter, line, "manifestation")
    return None


def cause_first(encounter: Encounter, _library: Library, _rng: random.Random) -> Plant | None:
    """An external cause first-listed (guideline I.C.20.a)."""
    lines = untouched(encounter, "cause")
    return _first_listed(encounter, lines[0], "sequencing") if lines else None


def _first_listed(encounter: Encounter, line: Line, category: str) -> Plant | None:
    diagnoses = encounter.diagnoses()
    if any(plant.category in ("manifestation", "sequencing") for plant in encounter.plants):
        return None
    reordered = [line, *(other for other in diagnoses if other is not line)]
    for sequence, other in enumerate(reordered, 1):
        other.sequence = sequence
    return plant_on(encounter, line, category, line.code, "replaced", data=True)


def too_many_units(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """More units than an absolute day limit of the claim's payer allows (MUE adjudication 2)."""
    if not encounter.ncci_binds:
        return None
    absolute = {edit["code"]: edit["value"] for edit in library.visits["mue"] if edit["adjudication"].startswith("2")}
    lines = [line for line in encounter.lines if line.code in absolute and not line.planted]
    if not lines:
        return None
    line = rng.choice(lines)
    line.units = absolute[line.code] + rng.randint(1, 3)
    return plant_on(encounter, line, "units", line.code, "replaced", data=True)


def invalid_poa(encounter: Encounter, _library: Library, rng: random.Random) -> Plant | None:
    """A present-on-admission indicator that does not exist (guidelines, appendix I)."""
    lines = [line for line in untouched(encounter) if line.poa]
    if not lines:
        return None
    line = rng.choice(lines)
    line.poa = rng.choice(_NEVER_ALLOWED_POA)
    return plant_on(encounter, line, "poa", line.code, "replaced", data=True)


def other_side(encounter: Encounter, _library: Library, rng: random.Random) -> Plant | None:
    """The code of the other side than the note's (guideline I.B.13)."""
    lines = _detailed(encounter, side=True)
    if not lines:
        return None
    line, template = rng.choice(lines)
    other = _with_value(line, template, _OTHER_SIDE[line.source.value])  # type: ignore[union-attr]  # detailed lines have a source
    return _replace(encounter, line, other, "laterality", data=False)


def other_side_modifier(encounter: Encounter, _library: Library, _rng: random.Random) -> Plant | None:
    """A side modifier against the diagnosis and the note."""
    for line in encounter.lines:
        sided = [modifier for modifier in line.modifiers if modifier in _OTHER_SIDE]
        source = line.source
        same = [other for other in encounter.diagnoses() if other.source is source]
        if sided and not line.planted and not any(other.planted for other in same):
            line.modifiers = (_OTHER_SIDE[sided[0]],)
            return plant_on(encounter, line, "laterality", line.code, "replaced", data=False)
    return None


def other_detail(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """Another stage, type or site than the note's, or the unspecified code although the note is specific."""
    line, code = None, ""
    choices = [(found, template) for found, template in _detailed(encounter, side=None)]
    plain = [found for found in untouched(encounter) if _plain_alternatives(found)]
    if choices and (not plain or rng.random() < 0.6):  # noqa: PLR2004 - attributes are missed more often
        line, template = rng.choice(choices)
        code = _less_or_other(line, template, rng)
    elif plain:
        line = rng.choice(plain)
        code = rng.choice(_plain_alternatives(line))
    if line is None or set(library.conflicts.get(code, ())) & encounter.codes():
        return None
    return _replace(encounter, line, code, "specificity", data=False)


def _less_or_other(line: Line, template: str, rng: random.Random) -> str:
    source = line.source
    assert source is not None and source.condition is not None  # noqa: S101, PT018 - detailed lines have both
    condition = source.condition
    options = [condition.uns.format(p=source.phase)] if condition.uns else []
    if condition.axis != "side":
        options += [_with_value(line, template, words) for words in condition.vals if words != source.value]
    return rng.choice(options) if options else ""


def _plain_alternatives(line: Line) -> list[str]:
    source = line.source
    if not source or not source.condition or source.condition.axis or line.code != source.codes[0]:
        return []
    uns = [source.condition.uns.format(p=source.phase)] if source.condition.uns else []
    return [*uns, *source.condition.alt]


def _detailed(encounter: Encounter, *, side: bool | None) -> list[tuple[Line, str]]:
    """Return lines whose code holds the attribute of their condition, with the template of the code."""
    found = []
    for line in untouched(encounter):
        condition = line.source.condition if line.source else None
        if not condition or not condition.axis or (side and condition.axis != "side"):
            continue
        for template, code in zip(condition.codes, line.source.codes, strict=True):  # type: ignore[union-attr]  # checked above
            if "{a}" in template and code == line.code:
                found.append((line, template))
    return found


def _with_value(line: Line, template: str, words: str) -> str:
    source = line.source
    assert source is not None and source.condition is not None  # noqa: S101, PT018 - the caller chose such lines
    return template.format(a=source.condition.vals[words], p=source.phase)


def suspected_as_certain(encounter: Encounter, _library: Library, _rng: random.Random) -> Plant | None:
    """A diagnosis only suspected, coded as established outside an inpatient stay (guideline IV.H)."""
    lines = untouched(encounter, "uncertain")
    if not lines or encounter.setting == "inpatient":
        return None
    source = lines[0].source
    assert source is not None and source.condition is not None  # noqa: S101, PT018 - suspected conditions have both
    condition = source.condition
    code = condition.codes[0].format(a=condition.vals[source.value], p="A")
    return _replace(encounter, lines[0], code, "uncertain", data=False)


def past_as_active(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """A condition that is over, coded as present (guidelines I.C.2.m, I.C.21.c.4)."""
    lines = untouched(encounter, "history")
    if not lines:
        return None
    line = rng.choice(lines)
    active = library.visits["history"][line.code]["active"]
    return _replace(encounter, line, active, "history_as_active", data=False)


def wrong_age(encounter: Encounter, _library: Library, _rng: random.Random) -> Plant | None:
    """A child's check-up for an adult, or the reverse."""
    swap = {"Z00.00": "Z00.129", "Z00.01": "Z00.121", "Z00.129": "Z00.00", "Z00.121": "Z00.01"}
    lines = [line for line in untouched(encounter) if line.code in swap]
    return _replace(encounter, lines[0], swap[lines[0].code], "demographic", data=False) if lines else None


def left_out(encounter: Encounter, _library: Library, rng: random.Random) -> Plant | None:
    """A documented and treated condition without its code."""
    lines = [
        line
        for line in untouched(encounter)
        if line.sequence > 1 and line.source and line.source.drugs and len(line.source.codes) == 1
    ]
    sources = [line for line in lines if sum(other.source is line.source for other in encounter.lines) == 1]
    if not sources:
        return None
    line = rng.choice(sources)
    encounter.remove_line(line)
    return plant_on(encounter, None, "omitted", line.code, "omitted", data=False)
