"""Why a patient comes, beside a complaint: check-ups, pregnancy, birth, infusions; and what notes add to them."""

from __future__ import annotations

import random
from datetime import timedelta

from hospital.encounter import Encounter, Mention
from hospital.library import Condition, Library

SHARES = {
    "visit": 0.66,
    "inpatient": 0.14,
    "infusion": 0.03,
    "wellness": 0.06,
    "child": 0.03,
    "prenatal": 0.05,
    "newborn": 0.03,
}
SPECIALTY_OF = {"infusion": "N", "wellness": "F", "child": "F", "prenatal": "F", "newborn": "F"}
AGES = {
    "visit": (1, 90),
    "inpatient": (60, 90),
    "infusion": (52, 80),
    "wellness": (19, 78),
    "child": (2, 14),
    "prenatal": (19, 43),
    "newborn": (0, 0),
}
_EXAMINATIONS = {"adult": ("Z00.00", "Z00.01"), "child": ("Z00.129", "Z00.121")}
"""Without and with abnormal findings."""
_ELDERLY = 35
_WEEKS = {"first": (10, 12), "second": (16, 20, 24, 26), "third": (30, 32, 34, 36, 38)}
_TRIMESTER = {"first": "1", "second": "2", "third": "3"}


def setting(rng: random.Random, occasion: str) -> str:
    """Where the encounter takes place."""
    if occasion in ("inpatient", "newborn"):
        return "inpatient"
    if occasion == "infusion":
        return "outpatient"
    return rng.choices(("professional", "outpatient"), weights=(75, 25))[0]


def wellness(encounter: Encounter, library: Library, rng: random.Random) -> None:
    """An adult's yearly examination; a new finding makes it one with abnormal findings."""
    _examination(encounter, library, rng, "adult", ("vit_d", "prediabetes", "obesity"))
    _vaccine(encounter, library, rng)


def child(encounter: Encounter, library: Library, rng: random.Random) -> None:
    """A child's check-up."""
    _examination(encounter, library, rng, "child", ("otitis", "uri"))
    _vaccine(encounter, library, rng)


def _examination(
    encounter: Encounter, library: Library, rng: random.Random, who: str, findings: tuple[str, ...]
) -> None:
    found = [c for c in map(library.conditions.get, findings) if c and c.fits(encounter.age, encounter.patient.sex)]
    abnormal = bool(found) and rng.random() < 0.4  # noqa: PLR2004 - a minority shows something
    encounter.reason = library.say(rng, "visits", f"{who}_exam")
    name = library.say(rng, "visits", f"{who}_exam_{'abnormal' if abnormal else 'normal'}")
    encounter.mentions.append(_said_first(f"{who}_exam", name, _EXAMINATIONS[who][abnormal]))
    if abnormal:
        condition = rng.choice(found)
        words, value = rng.choice(list(condition.vals.items()))
        phrase = library.phrases["conditions"][condition.key]
        encounter.mentions.append(
            Mention(
                key=condition.key,
                name=rng.choice(phrase["n"]).format(a=words),
                codes=tuple(code.format(a=value) for code in condition.codes),
                plan=phrase["p"],
                told=phrase.get("h", "").format(a=words),
                condition=condition,
                value=words,
                sym=condition.sym,
            )
        )


def _said_first(key: str, name: str, *codes: str) -> Mention:
    return Mention(key=key, name=name.rstrip("."), codes=codes)


def _vaccine(encounter: Encounter, library: Library, rng: random.Random) -> None:
    if rng.random() < 0.5:  # noqa: PLR2004 - every second one
        encounter.mentions.append(_said_first("vaccine", library.say(rng, "visits", "vaccine"), "Z23"))


def prenatal(encounter: Encounter, library: Library, rng: random.Random) -> None:
    """A visit in pregnancy: normal, at an advanced age, or with a complication (chapter 15 first)."""
    trimester = rng.choice(("first", "second", "third"))
    weeks = rng.choice(_WEEKS[trimester])
    words = {"trimester": trimester, "weeks": weeks}
    number = _TRIMESTER[trimester]
    encounter.reason = library.say(rng, "visits", "prenatal", **words)
    if encounter.age >= _ELDERLY:
        kind, code = "prenatal_elderly", f"O09.52{number}"
    elif trimester != "first" and rng.random() < 0.3:  # noqa: PLR2004 - some pregnancies are not normal
        kind, code = rng.choice((("gestational_diabetes", "O24.410"), ("pregnancy_anemia", f"O99.01{number}")))
    else:
        kind, code = rng.choice((("prenatal_first", f"Z34.0{number}"), ("prenatal_other", f"Z34.8{number}")))
    # Z3A follows an obstetric condition only, and O99.0 asks for the kind of anemia (tabular list)
    further = (f"Z3A.{weeks}",) if code.startswith("O") else ()
    further += ("D50.9",) if kind == "pregnancy_anemia" else ()
    name = library.say(rng, "visits", kind, **words)
    encounter.mentions.append(_said_first("prenatal", name, code, *reversed(further)))
    encounter.add_sentence("present", library.say(rng, "visits", "gestation", **words))


def newborn(encounter: Encounter, library: Library, rng: random.Random) -> None:
    """The birth record of an infant."""
    kind, code, encounter.drg = rng.choice((("newborn", "Z38.00", "795"), ("newborn_section", "Z38.01", "795")))
    encounter.service_to = encounter.service_from + timedelta(days=rng.randint(1, 3))
    encounter.reason = library.say(rng, "visits", "birth")
    encounter.mentions.append(_said_first(kind, library.say(rng, "visits", kind), code))
    problem = rng.choice(("", "jaundice", "tachypnea"))
    if problem:
        encounter.drg = "794"
        name = library.say(rng, "visits", problem)
        encounter.mentions.append(_said_first(problem, name, {"jaundice": "P59.9", "tachypnea": "P22.1"}[problem]))


def infusion(encounter: Encounter, library: Library, rng: random.Random) -> None:
    """A treatment day in the infusion center: the treatment is first-listed (guideline I.C.2.e.2)."""
    kind, code = rng.choice((("chemotherapy", "Z51.11"), ("immunotherapy", "Z51.12")))
    name = library.say(rng, "visits", kind, n=rng.randint(1, 6))
    encounter.reason = kind
    encounter.mentions.append(_said_first(kind, name, code))


def cause(library: Library, rng: random.Random, condition: Condition, phase: str) -> Mention:
    """What caused an injury, coded after it with the same phase."""
    causes = library.visits["external"]
    stem = rng.choice(causes.get(condition.key, causes["any"]))
    return Mention(key="cause", name=library.say(rng, "external", stem), codes=(stem + phase,), state="cause")


def body_mass(library: Library, rng: random.Random, obesity: Mention) -> Mention:
    """The body mass index that goes with the class of obesity."""
    assert obesity.condition is not None  # noqa: S101 - only conditions have an index
    value, code = rng.choice(library.visits["bmi"][obesity.condition.vals[obesity.value]])
    return Mention(key="bmi", name=library.say(rng, "sentences", "bmi", bmi=value), codes=(code,), state="said")


def smoking(encounter: Encounter, library: Library, rng: random.Random) -> None:
    """The social history: smokers are coded where it is a condition of theirs, former smokers by Z87.891."""
    if "tobacco" in encounter.groups:
        encounter.add_sentence("social", library.say(rng, "sentences", "smoker"))
    elif rng.random() < 0.18:  # noqa: PLR2004 - about every sixth adult
        told = library.say(rng, "sentences", "former_smoker", n=rng.randint(3, 25))
        encounter.mentions.append(Mention(key="former_smoker", name=told, codes=("Z87.891",), state="said"))
        encounter.add_sentence("social", told)
    else:
        encounter.add_sentence("social", library.say(rng, "sentences", "never_smoker"))
