"""What was done and is billed: the visit, tests, injections, infusions, and the operations of a stay."""

from __future__ import annotations

import random

from hospital.encounter import INPATIENT_PROCEDURE, PROCEDURE, Encounter, Mention
from hospital.library import Library

_SIDES = {"right": ("RT", "C", "R"), "left": ("LT", "D", "S")}
_INJECTION_SITES = {
    "knee": "knee",
    "hip": "hip",
    "shoulder": "shoulder",
    "elbow": "elbow",
    "hand": "middle finger",
    "wrist": "wrist",
}


def bill_services(encounter: Encounter, library: Library, rng: random.Random, occasion: str) -> None:
    """Add the lines of what was done and let the note say it: operations of a stay, services of a visit."""
    main = encounter.mentions[0]
    if encounter.setting == "inpatient":
        if main.condition and main.condition.pcs:
            _, knee, hip = _SIDES.get(main.value, ("", "", ""))
            encounter.add_line(INPATIENT_PROCEDURE, main.condition.pcs.format(k=knee, h=hip), main)
            told = library.say(rng, "operations", main.key, a=main.value)
            encounter.add_sentence("procedure", told)
        return
    _visit(encounter, library, rng, occasion)
    for code, share in library.visits["services"][encounter.specialty].items():
        if occasion == "visit" and rng.random() < share:
            encounter.add_line(PROCEDURE, code, units=1)
            encounter.add_sentence("procedure", library.say(rng, "procedures", code))
            if code == "X0940" and rng.random() < 0.2:  # noqa: PLR2004 - some are truly separate
                encounter.add_line(PROCEDURE, "X0941", units=1, modifiers=("59",))
                encounter.add_sentence("procedure", library.say(rng, "procedures", "X0941"))
    _injection(encounter, library, rng, main)


def _injection(encounter: Encounter, library: Library, rng: random.Random, main: Mention) -> None:
    condition = main.condition
    if not condition or not condition.inject or rng.random() < 0.3:  # noqa: PLR2004 - most are injected
        return
    if main.value not in _SIDES or main.state == "uncertain":
        return
    dose = rng.choice((2, 4))
    site = _INJECTION_SITES[condition.group[0]]
    encounter.add_line(PROCEDURE, "X0610", main, units=1, modifiers=(_SIDES[main.value][0],))
    encounter.add_line(PROCEDURE, "J3301", main, units=dose)
    words = {"side": main.value, "Side": main.value.capitalize(), "site": site, "mg": dose * 10}
    encounter.add_sentence("procedure", library.say(rng, "sentences", "injection", **words))


def _visit(encounter: Encounter, library: Library, rng: random.Random, occasion: str) -> None:
    """The visit itself and what goes with the occasion: clinic visit, infusion, vaccine, vitamin."""
    if occasion == "infusion":
        encounter.add_line(PROCEDURE, "X0960", units=1)
        encounter.add_sentence("procedure", library.say(rng, "procedures", "X0960"))
    else:
        level = "G0463" if encounter.setting == "outpatient" else rng.choice(("X0211", "X0212", "X0214"))
        encounter.add_line(PROCEDURE, level, units=1)
    keys = {mention.key for mention in encounter.mentions}
    extra = {"vaccine": ("G0008", 1), "b12_neuropathy": ("J3420", 1)}
    for key in sorted(keys & set(extra)):
        code, units = extra[key]
        encounter.add_line(PROCEDURE, code, units=units)
        encounter.add_sentence("procedure", library.say(rng, "procedures", code))
