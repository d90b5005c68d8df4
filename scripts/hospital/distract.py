"""What notes hold beside the coded conditions and should mislead nobody: absent conditions, ill relatives."""

from __future__ import annotations

import random

from hospital.encounter import Encounter
from hospital.library import Library
from hospital.plant_extra import negation

_ADULT = 18


def distract(encounter: Encounter, library: Library, rng: random.Random) -> None:
    """Add a relative's illness and an excluded condition that are not coded."""
    if encounter.age < _ADULT:
        return
    if "family" not in encounter.sentences and rng.random() < 0.6:  # noqa: PLR2004 - most notes ask
        key = rng.choice(list(library.visits["family"]))
        encounter.add_sentence("family", library.say(rng, "family", key, n=rng.randint(41, 79)))
    if "negated" not in encounter.sentences and rng.random() < 0.25:  # noqa: PLR2004 - some notes exclude something
        _exclude(encounter, library, rng)


def _exclude(encounter: Encounter, library: Library, rng: random.Random) -> None:
    possible = [library.conditions[key] for key in library.visits["negatable"]["any"]]
    submitted = {code[:3] for code in encounter.codes()}
    free = [
        condition
        for condition in possible
        if not encounter.groups & set(condition.group)
        and condition.codes[0][:3] not in submitted
        and condition.fits(encounter.age, encounter.patient.sex)
    ]
    if not free:
        return
    condition = rng.choice(free)
    words = next(iter(condition.vals))
    encounter.add_sentence("assessment", negation(condition, words, library, rng))
    if encounter.setting == "inpatient":  # what the admission note still feared, the summary excludes
        feared = library.say(rng, "absent", condition.key, a=words)
        feared = library.say(rng, "sentences", "uncertain", name=feared)
        encounter.add_sentence("feared", feared[:1].upper() + feared[1:] + ".")
