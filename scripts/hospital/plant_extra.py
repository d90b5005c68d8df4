"""Errors of lines that should not be on the claim, and faults of the record itself.

Planters as in ``plant_replaced``: they change the encounter and return the plant, or return None.
"""

from __future__ import annotations

import random
from datetime import timedelta

from hospital.encounter import DIAGNOSIS, PROCEDURE, Encounter, Plant
from hospital.library import Condition, Library
from hospital.people import birth_date_for, make_person
from hospital.plant_replaced import plant_on, untouched

_ADULT = 18
_NEVER_EXTRA = ("V", "W", "X", "Y", "O", "P", "Z")


def _add_diagnosis(encounter: Encounter, code: str, category: str) -> Plant:
    line = encounter.add_line(DIAGNOSIS, code)
    line.poa = "Y" if encounter.setting == "inpatient" else ""
    return plant_on(encounter, line, category, "", "extra", data=False)


def _absent(encounter: Encounter, library: Library, keys: list[str]) -> list[tuple[Condition, str, str]]:
    """Conditions the patient does not have but could: (condition, words of its attribute, its first code)."""
    found = []
    for condition in map(library.conditions.__getitem__, keys):
        code = condition.codes[0].format(a=next(iter(condition.vals.values())), p="A")
        free = condition.fits(encounter.age, encounter.patient.sex) and not encounter.groups & set(condition.group)
        if free and not _clashes(encounter, library, code) and not condition.needs:
            found.append((condition, next(iter(condition.vals)), code))
    return found


def _clashes(encounter: Encounter, library: Library, code: str) -> bool:
    present = encounter.codes() | {code for mention in encounter.mentions for code in mention.codes}
    return code in present or bool(set(library.conflicts.get(code, ())) & present)


def not_in_note(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """A condition the note does not speak of."""
    keys = [key for key, condition in library.conditions.items() if encounter.specialty in condition.seen_by]
    possible = [
        code
        for condition, _, code in _absent(encounter, library, keys)
        if not condition.injury and not condition.only_inpatient and len(condition.codes) == 1 and code[0] not in "RZ"
    ]
    return _add_diagnosis(encounter, rng.choice(possible), "unsupported") if possible and encounter.age else None


def denied_in_note(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """A condition the note says is absent."""
    if encounter.age < _ADULT or "negated" in encounter.sentences:
        return None
    possible = _absent(encounter, library, library.visits["negatable"]["any"])
    if not possible:
        return None
    condition, words, code = rng.choice(possible)
    encounter.sentences["negated"] = [condition.key]
    encounter.add_sentence("assessment", negation(condition, words, library, rng))
    return _add_diagnosis(encounter, code, "contradicted")


def negation(condition: Condition, words: str, library: Library, rng: random.Random) -> str:
    """Say in one sentence that a condition is absent."""
    name = library.say(rng, "absent", condition.key, a=words)
    return library.say(rng, "sentences", "negated", name=name, Name=name[:1].upper() + name[1:])


def relatives_condition(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """A relative's condition coded as the patient's own."""
    if encounter.age < _ADULT or "family" in encounter.sentences:
        return None
    family = library.visits["family"]
    possible = [
        key
        for key, entry in family.items()
        if entry["group"] not in encounter.groups and not _clashes(encounter, library, entry["code"])
    ]
    key = rng.choice(possible)
    encounter.add_sentence("family", library.say(rng, "family", key, n=rng.randint(41, 79)))
    return _add_diagnosis(encounter, family[key]["code"], "unsupported")


def excluded_pair(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """A second code that an Excludes1 note forbids beside one of the claim (guideline I.A.12.a)."""
    possible: dict[tuple[str, str], list[str]] = {}
    for line in untouched(encounter):
        for other in library.conflicts.get(line.code, ()):
            if other[0] not in _NEVER_EXTRA and other not in encounter.codes():
                possible.setdefault((line.code, other[:3]), []).append(other)
    if not possible:
        return None
    categories = rng.choice(list(possible))
    return _add_diagnosis(encounter, rng.choice(possible[categories]), "excludes")


def unbundled(encounter: Encounter, library: Library, rng: random.Random) -> Plant | None:
    """The second code of a PTP pair without a modifier that would allow it."""
    codes = encounter.codes()
    pairs = [
        (line, pair["column_2"])
        for pair in library.visits["ptp"]
        for line in encounter.lines
        if line.code == pair["column_1"]
        and not line.planted
        and "deleted" not in pair
        and pair["column_2"] not in codes
    ]
    if not pairs or not encounter.ncci_binds or encounter.setting == "inpatient":
        return None
    _, second = rng.choice(pairs)
    line = encounter.add_line(PROCEDURE, second, units=1)
    return plant_on(encounter, line, "bundling", "", "extra", data=True)


def twice(encounter: Encounter, _library: Library, rng: random.Random) -> Plant | None:
    """The same diagnosis twice on one claim (guideline I.B.12)."""
    lines = untouched(encounter)
    return _add_diagnosis(encounter, rng.choice(lines).code, "duplicate") if lines else None


def newborn_code(encounter: Encounter, library: Library, _rng: random.Random) -> Plant | None:
    """A perinatal code on an adult's claim, a slip of the key (guideline I.C.16.a)."""
    if encounter.age < _ADULT or _clashes(encounter, library, "P59.9"):
        return None
    return _add_diagnosis(encounter, "P59.9", "demographic")


def unsigned(encounter: Encounter, _library: Library, _rng: random.Random) -> Plant | None:
    """A note nobody signed."""
    if _record_fault(encounter):
        return None
    encounter.signed = False
    return plant_on(encounter, None, "signature", "", "encounter", data=False)


def other_patient(encounter: Encounter, _library: Library, rng: random.Random) -> Plant | None:
    """A note that names another patient."""
    if _record_fault(encounter):
        return None
    patient = encounter.patient
    while (patient.given_name, patient.family_name) == (encounter.patient.given_name, encounter.patient.family_name):
        born = birth_date_for(rng, rng.randint(20, 80), encounter.service_from)
        patient = make_person(rng, rng.randint(500_000, 900_000), born, encounter.patient.sex)
    encounter.documented_patient = patient
    return plant_on(encounter, None, "identity", "", "encounter", data=False)


def other_day(encounter: Encounter, _library: Library, rng: random.Random) -> Plant | None:
    """A note of another date of service."""
    if _record_fault(encounter):
        return None
    encounter.documented_day = encounter.service_from - timedelta(days=rng.randint(21, 90))
    return plant_on(encounter, None, "date", "", "encounter", data=False)


def _record_fault(encounter: Encounter) -> bool:
    return not encounter.signed or bool(encounter.documented_patient) or bool(encounter.documented_day)
