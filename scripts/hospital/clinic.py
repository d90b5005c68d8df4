"""Encounters as they truly were: who came, what was found, and the codes a perfect coder gives it."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hospital import occasions
from hospital.encounter import DIAGNOSIS, EXEMPT_FROM_POA, Encounter, Mention
from hospital.library import Condition, Library
from hospital.people import Person, Provider, birth_date_for, make_person
from hospital.services import bill_services

FIRST_DAY, LAST_DAY = date(2026, 4, 1), date(2026, 6, 30)
_ADULT = 18
_MEDICARE_FROM = 65
_PAYERS = (("Medicare", "medicare"), ("Medicare", "medicare"), ("Evergreen Advantage", "medicare_advantage"))
_YOUNGER_PAYERS = (("Evergreen Mutual", "commercial"), ("Evergreen Mutual", "commercial"), ("Medicaid", "medicaid"))
_MAY_ARISE_IN_HOSPITAL = ("hyponatremia", "hypokalemia")
_RARE = 0.4


class Clinic:
    """Makes one clean encounter after another from one stream of chance."""

    def __init__(self, library: Library, rng: random.Random, providers: list[Provider]) -> None:
        """Keep the library, the chance and the providers."""
        self.library = library
        self.rng = rng
        self.providers = providers
        self.patients: list[Person] = []
        self._returning: list[tuple[Person, date]] = []

    def encounter(self, number: int) -> Encounter:
        """Make the encounter with this number: patient, occasion, mentions, code lines."""
        rng = self.rng
        occasion = rng.choices(list(occasions.SHARES), weights=list(occasions.SHARES.values()))[0]
        day = FIRST_DAY + timedelta(days=rng.randrange((LAST_DAY - FIRST_DAY).days - 8))
        specialty = occasions.SPECIALTY_OF.get(occasion) or rng.choices("FCOEPN", weights=(24, 16, 18, 15, 15, 12))[0]
        patient = self._patient(occasion, day)
        if occasion == "visit" and patient.age_on(day) < _ADULT:
            specialty = "F"
        encounter = Encounter(
            encounter_id=f"E{number:06d}",
            patient=patient,
            provider=rng.choice([p for p in self.providers if p.specialty == specialty]),
            specialty=specialty,
            setting=occasions.setting(rng, occasion),
            service_from=day,
            service_to=day,
        )
        encounter.payer = rng.choice(_PAYERS if encounter.age >= _MEDICARE_FROM else _YOUNGER_PAYERS)
        self._fill(encounter, occasion)
        return encounter

    def _patient(self, occasion: str, day: date) -> Person:
        rng = self.rng
        if occasion == "visit" and self._returning and rng.random() < 0.25:  # noqa: PLR2004 - a quarter comes again
            person, seen = self._returning.pop(rng.randrange(len(self._returning)))
            if abs((day - seen).days) > 20:  # noqa: PLR2004 - far enough from the inpatient stays, too
                return person
        low, high = occasions.AGES[occasion]
        age = rng.randint(low, high)
        if occasion == "visit":
            age = rng.choices((rng.randint(1, 15), rng.randint(18, 49), rng.randint(50, 90)), weights=(5, 30, 65))[0]
        sex = "F" if occasion == "prenatal" else rng.choice("FM")
        born = day if occasion == "newborn" else birth_date_for(rng, age, day)
        person = make_person(rng, len(self.patients) + 1, born, sex)
        self.patients.append(person)
        if age >= _ADULT:
            self._returning.append((person, day))
        return person

    def _fill(self, encounter: Encounter, occasion: str) -> None:
        builders = {
            "visit": self._visit,
            "inpatient": self._inpatient,
            "infusion": self._infusion,
            "wellness": occasions.wellness,
            "child": occasions.child,
            "prenatal": occasions.prenatal,
            "newborn": occasions.newborn,
        }
        if occasion in ("visit", "inpatient", "infusion"):
            builders[occasion](encounter)  # type: ignore[call-arg,operator]  # bound methods take the encounter alone
        else:
            builders[occasion](encounter, self.library, self.rng)  # type: ignore[operator,call-arg]  # module functions
            if occasion == "wellness":
                self._comorbidities(encounter, self.rng.randint(0, 2))
        self._background(encounter)
        self._code(encounter)
        bill_services(encounter, self.library, self.rng, occasion)

    def _visit(self, encounter: Encounter) -> None:
        conditions = [c for c in self._fitting(encounter, encounter.specialty) if not c.only_inpatient]
        main = self.mention(encounter, self.rng.choice(conditions))
        if main.condition and main.condition.dx and self.rng.random() < 0.2:  # noqa: PLR2004 - only suspected yet
            main = self._suspected(main)
        encounter.mentions.append(main)
        encounter.reason = self._complaint(main)
        self._comorbidities(encounter, self.rng.choice((1, 1, 2, 2, 3)) if encounter.age >= _ADULT else 0)

    def _inpatient(self, encounter: Encounter) -> None:
        conditions = [c for c in self._fitting(encounter, encounter.specialty) if c.inp]
        if not conditions:
            encounter.specialty = "P"
            encounter.provider = self.rng.choice([p for p in self.providers if p.specialty == "P"])
            conditions = [c for c in self._fitting(encounter, "P") if c.inp]
        main = self.mention(encounter, self.rng.choice(conditions), phase="A")
        condition = main.condition
        assert condition is not None  # noqa: S101 - made from a condition one line above
        if condition.dx and self.rng.random() < 0.2:  # noqa: PLR2004 - uncertain at discharge is coded as if it existed
            main.name = self.library.say(self.rng, "sentences", "uncertain_final", name=main.name)
        encounter.mentions.append(main)
        encounter.reason = self._complaint(main)
        encounter.drg = condition.inp
        encounter.service_to = encounter.service_from + timedelta(days=self.rng.randint(2, 7))
        self._comorbidities(encounter, self.rng.randint(2, 4))

    def _infusion(self, encounter: Encounter) -> None:
        occasions.infusion(encounter, self.library, self.rng)
        treated = [
            condition
            for condition in self._fitting(encounter, "N")
            if "cancer" in condition.group and condition.key not in ("thyroid_ca", "dcis")
        ]
        encounter.mentions.append(self.mention(encounter, self.rng.choice(treated)))
        self._comorbidities(encounter, self.rng.randint(0, 2))

    def _fitting(self, encounter: Encounter, letter: str) -> list[Condition]:
        """Conditions the patient can have besides what he already has; lower-case letters are comorbidities."""
        return [
            condition
            for condition in self.library.conditions.values()
            if letter in condition.seen_by
            and condition.fits(encounter.age, encounter.patient.sex)
            and not encounter.groups & set(condition.group)
            and (not condition.needs or self._has_needed(encounter, condition.needs))
        ]

    def _has_needed(self, encounter: Encounter, needs: str) -> bool:
        if needs == "breast":
            return "breast" in encounter.groups
        return "cancer" in encounter.groups and not {"dcis", "cll", "myeloma", "thyroid_ca"} & {
            mention.key for mention in encounter.mentions
        }

    def _comorbidities(self, encounter: Encounter, count: int) -> None:
        for _ in range(count):
            possible = self._fitting(encounter, encounter.specialty.lower())
            if not possible:
                return
            weights = [6 if c.key in ("htn", "mixed_hld", "dm2") else 1 for c in possible]
            mention = self.mention(encounter, self.rng.choices(possible, weights=weights)[0], phase="A")
            if self.compatible(encounter, mention.codes):
                encounter.mentions.append(mention)

    def compatible(self, encounter: Encounter, codes: tuple[str, ...]) -> bool:
        """Whether no Excludes1 note forbids these codes beside those of the encounter."""
        present = {code for mention in encounter.mentions for code in mention.codes}
        return not any(other in present for code in codes for other in (*self.library.conflicts.get(code, ()), code))

    def mention(self, encounter: Encounter, condition: Condition, phase: str = "") -> Mention:
        """Let the patient have ``condition``, with a value of its attribute, a phase and medicines."""
        rng = self.rng
        words, value = rng.choice(list(condition.vals.items()))
        phase = phase or ("A" if not condition.injury or rng.random() < 0.65 else "D")  # noqa: PLR2004 - most are new
        phrase = self.library.phrases["conditions"][condition.key]
        drugs = tuple(
            rng.sample(
                list(condition.drugs), min(len(condition.drugs), 1 if condition.one_drug else rng.choice((1, 1, 2)))
            )
        )
        return Mention(
            key=condition.key,
            name=rng.choice(phrase["n"]).format(a=words),
            codes=tuple(code.format(a=value, p=phase) for code in condition.codes),
            plan=phrase["p"].format(a=words),
            told=phrase.get("h", "").format(a=words),
            condition=condition,
            value=words,
            phase=phase,
            drugs=drugs,
            sym=condition.sym,
            state="status" if condition.status else "active",
        )

    def _suspected(self, mention: Mention) -> Mention:
        assert mention.condition is not None  # noqa: S101 - made from a condition
        symptom = mention.condition.dx.format(a=mention.condition.vals.get(mention.value, ""))
        mention.codes = (symptom,)
        mention.state = "uncertain"
        guess = self.library.say(self.rng, "sentences", "uncertain", name=mention.name)
        mention.name = f"{self.library.say(self.rng, 'symptoms', symptom)}, {guess}"
        mention.plan = self.library.say(self.rng, "sentences", "uncertain_plan")
        mention.drugs = ()
        return mention

    def _complaint(self, mention: Mention) -> str:
        complaints = self.library.phrases["complaints"]
        known = [complaints[tag] for tag in mention.sym if tag in complaints]
        if known and self.rng.random() < 0.5:  # noqa: PLR2004 - half speak of the complaint, half of the diagnosis
            return str(known[0])
        if mention.state == "uncertain":
            return mention.name.split(",")[0]
        return mention.name

    def _background(self, encounter: Encounter) -> None:
        """Past history that is coded as history, smoking, and what belongs to a coded condition."""
        rng = self.rng
        for mention in list(encounter.mentions):
            condition = mention.condition
            if condition and condition.injury and mention.phase == "A":
                encounter.mentions.append(occasions.cause(self.library, rng, condition, mention.phase))
                encounter.add_sentence("present", self.library.say(rng, "sentences", "phase_A"))
            elif condition and condition.injury:
                encounter.add_sentence("present", self.library.say(rng, "sentences", "phase_D"))
            if condition and condition.bmi:
                encounter.mentions.append(occasions.body_mass(self.library, rng, mention))
            if condition and condition.oxygen:
                told = self.library.say(rng, "sentences", "oxygen")
                encounter.mentions.append(Mention(key="oxygen", name=told, codes=("Z99.81",), state="said"))
        if encounter.age >= _ADULT and "prenatal" not in {m.key for m in encounter.mentions}:
            self._history(encounter)
            occasions.smoking(encounter, self.library, rng)

    def _history(self, encounter: Encounter) -> None:
        possible = [
            code
            for code, entry in self.library.visits["history"].items()
            if entry["ages"][0] <= encounter.age <= entry["ages"][1]
            and entry.get("sex", encounter.patient.sex) == encounter.patient.sex
            and not encounter.groups & set(entry["group"])
            and self.compatible(encounter, (code,))
        ]
        if possible and self.rng.random() < 0.28:  # noqa: PLR2004 - about a quarter of adults have something behind them
            code = self.rng.choice(possible)
            year = self.rng.randint(encounter.service_from.year - 14, encounter.service_from.year - 3)
            name = self.library.say(self.rng, "history", code.replace(".", "_"), year=year)
            encounter.mentions.append(Mention(key=code, name=name, codes=(code,), state="history"))

    def _code(self, encounter: Encounter) -> None:
        """Give the lines a perfect coder gives: conditions in order, then medicines and status, never one twice."""
        after: list[tuple[str, Mention]] = []
        for mention in encounter.mentions:
            for code in mention.codes:
                if mention.state in ("said", "cause"):
                    after.append((code, mention))
                elif code not in encounter.codes():
                    encounter.add_line(DIAGNOSIS, code, mention)
            if mention.condition and mention.state != "uncertain":
                drug_codes = (mention.condition.drugs[drug] for drug in mention.drugs)
                after += [(code, mention) for code in drug_codes if code]
        for code, mention in after:
            if code not in encounter.codes():
                encounter.add_line(DIAGNOSIS, code, mention)
        if encounter.setting == "inpatient":
            self._present_on_admission(encounter)

    def _present_on_admission(self, encounter: Encounter) -> None:
        for line in encounter.lines:
            line.poa = "" if line.code.startswith(EXEMPT_FROM_POA) else "Y"
            source = line.source
            if source and line.sequence > 1 and source.key in _MAY_ARISE_IN_HOSPITAL and self.rng.random() < _RARE:
                line.poa = "N"
                name = source.name[:1].upper() + source.name[1:]
                arose = self.library.say(self.rng, "sentences", "arose", Name=name, n=self.rng.randint(2, 3))
                encounter.add_sentence("assessment", arose)
