"""Errors, planted on clean encounters: each coder gets the number that makes his accuracy come true.

``code_accuracy`` is M / |A| (``code.auditor_denominator``): lines that should be another and lines left out lower it,
lines that should not be there at all do not; of those each coder gets a third as many on top.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from hospital import plant_extra, plant_replaced
from hospital.encounter import Encounter, Plant
from hospital.library import Library

Planter = Callable[[Encounter, Library, random.Random], "Plant | None"]

COUNTED: dict[Planter, int] = {
    plant_replaced.never_existed: 8,
    plant_replaced.header_only: 9,
    plant_replaced.manifestation_first: 5,
    plant_replaced.cause_first: 6,
    plant_replaced.too_many_units: 7,
    plant_replaced.invalid_poa: 7,
    plant_replaced.other_side: 11,
    plant_replaced.other_side_modifier: 4,
    plant_replaced.other_detail: 14,
    plant_replaced.suspected_as_certain: 9,
    plant_replaced.past_as_active: 9,
    plant_replaced.wrong_age: 5,
    plant_replaced.left_out: 12,
}
EXTRA: dict[Planter, int] = {
    plant_extra.not_in_note: 9,
    plant_extra.denied_in_note: 7,
    plant_extra.relatives_condition: 5,
    plant_extra.excluded_pair: 6,
    plant_extra.unbundled: 6,
    plant_extra.twice: 5,
    plant_extra.newborn_code: 2,
}
RECORD: dict[Planter, int] = {
    plant_extra.unsigned: 1,
    plant_extra.other_patient: 1,
    plant_extra.other_day: 1,
}
"""Faults of the record, not of the coder: the same rate for all."""

_EXTRA_SHARE = 1 / 3
_RECORD_SHARE = 0.04
_MOST_PER_ENCOUNTER = 3
_TRIES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class CoderTruth:
    """What a coder's lines are really worth."""

    coder_id: str
    code_accuracy: float
    encounter_accuracy: float


def plant_errors(encounters: list[Encounter], accuracy: float, library: Library, rng: random.Random) -> CoderTruth:
    """Plant a coder's errors on all of his encounters and return the accuracy that came out."""
    correct_lines = sum(len(encounter.lines) for encounter in encounters)
    wrong = round((1 - accuracy) * correct_lines)
    planted = _plant(encounters, COUNTED, wrong, library, rng)
    _plant(encounters, EXTRA, round(wrong * _EXTRA_SHARE), library, rng)
    faultless = sum(not encounter.plants for encounter in encounters)
    _plant(encounters, RECORD, round(len(encounters) * _RECORD_SHARE), library, rng)
    return CoderTruth(
        coder_id=encounters[0].coder_id,
        code_accuracy=1 - planted / correct_lines,
        encounter_accuracy=faultless / len(encounters),
    )


def _plant(
    encounters: list[Encounter], planters: dict[Planter, int], count: int, library: Library, rng: random.Random
) -> int:
    done = 0
    for _ in range(count):
        for _ in range(20):
            planter = rng.choices(list(planters), weights=list(planters.values()))[0]
            if _plant_one(encounters, planter, library, rng):
                done += 1
                break
    return done


def _plant_one(encounters: list[Encounter], planter: Planter, library: Library, rng: random.Random) -> bool:
    for encounter in rng.sample(encounters, min(len(encounters), _TRIES)):
        if len(encounter.plants) >= _MOST_PER_ENCOUNTER:
            continue
        plant = planter(encounter, library, rng)
        if plant:
            encounter.plants.append(plant)
            return True
    return False
