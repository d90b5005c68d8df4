"""Documents: what a clinician wrote of an encounter, in varied words and layouts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from hospital.encounter import Encounter, Mention
from hospital.library import Library
from hospital.people import Person

_HEADINGS: tuple[Callable[[str, str], str], ...] = (
    lambda title, body: f"{title.upper()}:\n{body}",
    lambda title, body: f"{title}: {body}" if "\n" not in body else f"{title}:\n{body}",
    lambda title, body: f"{title}\n{body}",
    lambda title, body: f"{title.upper()}\n{body}",
)
_ITEMS: tuple[Callable[[int, str], str], ...] = (
    lambda number, text: f"{number}. {text}",
    lambda _number, text: f"- {text}",
    lambda number, text: f"{number}) {text}",
    lambda number, text: f"# {number} {text}",
)
_JOINS = (". ", ": ", " - ", " -- ")
_RARE = 0.5
_ABNORMAL_BLOOD = {"anemia", "sodium", "potassium", "calcium", "blood", "vitd", "ckd", "dm"}
"""Groups of conditions under which nobody writes that the blood is normal."""
_MEASURED = {"dm": {"E10", "E11"}, "lipid": {"E78"}, "thyroid": {"E03", "E05", "E06", "E89"}}
"""Laboratory values by the categories that ask for them."""
_ADULT = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One document as ``documents.csv`` holds it."""

    document_id: str
    kind: str
    author: str
    credential: str
    authored_at: datetime
    signed_at: datetime | None
    text: str


class Scribe:
    """Writes the documents of encounters from one stream of chance."""

    def __init__(self, library: Library, rng: random.Random) -> None:
        """Keep the phrases and the chance."""
        self.library = library
        self.rng = rng

    def write(self, encounter: Encounter) -> list[Written]:
        """Write the documents: a note, or a discharge summary with sometimes an admission note before it."""
        if encounter.setting != "inpatient":
            return [
                self._document(encounter, 1, "progress_note", self._visit_sections(encounter), encounter.service_to)
            ]
        summary = self._document(
            encounter, 1, "discharge_summary", self._stay_sections(encounter), encounter.service_to
        )
        if encounter.age == 0 or self.rng.random() < _RARE or encounter.documented_day:
            return [summary]
        sections = self._admission_sections(encounter)
        return [summary, self._document(encounter, 2, "history_and_physical", sections, encounter.service_from)]

    def _document(
        self, encounter: Encounter, number: int, kind: str, sections: list[tuple[str, str]], day: object
    ) -> Written:
        rng = self.rng
        date_of_note = encounter.documented_day or day
        authored = datetime.combine(date_of_note, time(rng.randint(8, 17), rng.randint(0, 59)))  # type: ignore[arg-type]  # a date either way
        signed = authored + timedelta(minutes=rng.randint(5, 1200)) if encounter.signed else None
        style = rng.choice(_HEADINGS)
        titles = self.library.phrases["headings"]
        body = [style(rng.choice(titles[key]), text) for key, text in sections if text]
        parts = [self._header(encounter, authored), *body, self._signature(encounter, signed)]
        return Written(
            document_id=f"{encounter.encounter_id}-D{number}",
            kind=kind,
            author=encounter.provider.name,
            credential=encounter.provider.credential,
            authored_at=authored,
            signed_at=signed,
            text="\n\n".join(parts) + "\n",
        )

    def _header(self, encounter: Encounter, authored: datetime) -> str:
        patient: Person = encounter.documented_patient or encounter.patient
        layout = self.rng.choice(self.library.phrases["sentences"]["header"])
        return str(layout).format(
            given=patient.given_name,
            family=patient.family_name,
            born=patient.birth_date.strftime("%m/%d/%Y"),
            mrn=patient.mrn,
            day=authored.strftime("%m/%d/%Y"),
        )

    def _signature(self, encounter: Encounter, signed: datetime | None) -> str:
        if signed is None:
            return self._say("unsigned")
        return self._say(
            "signature",
            author=encounter.provider.name,
            credential=encounter.provider.credential,
            signed=signed.strftime("%m/%d/%Y %H:%M"),
        )

    def _visit_sections(self, encounter: Encounter) -> list[tuple[str, str]]:
        return [
            ("chief_complaint", _capital(encounter.reason) + "."),
            ("present", self._present(encounter, self._opening("opening", encounter))),
            *self._middle(encounter),
            ("procedure", " ".join(encounter.sentences.get("procedure", ()))),
            ("assessment", self._assessment(encounter)),
        ]

    def _stay_sections(self, encounter: Encounter) -> list[tuple[str, str]]:
        course = [self._opening("admitted", encounter), self._say("improved", n=self.rng.randint(2, 5))]
        told = [m.told for m in encounter.mentions[:1] if m.told]
        diagnoses = [_capital(m.name) for m in encounter.mentions if m.state in ("active", "status")]
        # every problem of the stay is named with what was done about it, as guideline III asks of a coded diagnosis
        managed = [f"{_capital(m.name)}: {m.plan}" for m in encounter.mentions if m.state == "active" and m.plan]
        return [
            ("admission", _capital(encounter.reason) + "."),
            ("course", " ".join([*course, *told, *encounter.sentences.get("present", ()), *_causes(encounter)])),
            *self._middle(encounter),
            ("procedure", " ".join(encounter.sentences.get("procedure", ()))),
            ("final", self._listed(diagnoses)),
            ("assessment", "\n".join([*managed, *encounter.sentences.get("assessment", ())])),
            ("discharge", self._say("discharged")),
        ]

    def _admission_sections(self, encounter: Encounter) -> list[tuple[str, str]]:
        return [
            ("chief_complaint", _capital(encounter.reason) + "."),
            ("present", self._present(encounter, self._opening("admitted", encounter))),
            ("past", " ".join(f"{_capital(m.name)}." for m in encounter.mentions if m.state in ("history", "status"))),
            ("exam", self._exam(encounter)),
            ("assessment", self._listed([f"{_capital(m.name)}." for m in _at_admission(encounter)])),
            ("plan", " ".join(encounter.sentences.get("feared", ()))),
        ]

    def _middle(self, encounter: Encounter) -> list[tuple[str, str]]:
        return [
            ("past", self._past(encounter)),
            ("medicines", self._medicines(encounter)),
            ("allergies", self._say("allergies") if encounter.age else ""),
            ("family", " ".join(encounter.sentences.get("family", ()))),
            ("social", self._social(encounter)),
            ("review", self._review(encounter)),
            ("exam", self._exam(encounter)),
            ("results", self._results(encounter)),
        ]

    def _opening(self, key: str, encounter: Encounter) -> str:
        female, age = encounter.patient.sex == "F", encounter.age
        words = ("girl", "boy") if age < _ADULT else self.rng.choice((("woman", "man"), ("female", "male")))
        if age == 0:
            return self._say("infant", sex=words[0 if female else 1])
        return self._say(
            key,
            age=age,
            sex=words[0 if female else 1],
            title=("Ms." if female else "Mr.") if age >= _ADULT else encounter.patient.given_name,
            family=(encounter.documented_patient or encounter.patient).family_name,
            reason=encounter.reason,
        )

    def _present(self, encounter: Encounter, opening: str) -> str:
        told = [_capital(m.told) for m in encounter.mentions if m.told and m.state != "uncertain"][:2]
        main = encounter.mentions[0].condition
        if main and not main.injury:
            told.append(self._say("told", n=self.rng.randint(2, 9)))
        return " ".join([opening, *_causes(encounter), *told, *encounter.sentences.get("present", ())])

    def _past(self, encounter: Encounter) -> str:
        kept = [m for m in encounter.mentions[1:] if m.condition and m.state == "active" and not m.condition.injury]
        items = [self._other_name(m) for m in kept if self.rng.random() < _RARE]
        items += [m.name for m in encounter.mentions if m.state in ("history", "status")]
        if encounter.age >= _ADULT:
            grown = encounter.patient.birth_date.year + 16
            year = max(grown, encounter.service_from.year - self.rng.randint(4, 30))
            past = self.library.phrases["surgical"]["any"]
            items += [self.rng.choice(past).format(year=year)]
        if self.rng.random() < _RARE:
            return ". ".join(map(_capital, items)) + "." if items else ""
        return "\n".join(f"- {_capital(item)}" for item in items)

    def _other_name(self, mention: Mention) -> str:
        assert mention.condition is not None  # noqa: S101 - the caller kept only conditions
        names = self.library.phrases["conditions"][mention.condition.key]["n"]
        return str(self.rng.choice(names)).format(a=mention.value)

    def _social(self, encounter: Encounter) -> str:
        said = list(encounter.sentences.get("social", ()))
        patient = encounter.documented_patient or encounter.patient
        if self.rng.random() < 0.3:  # noqa: PLR2004 - some notes say where the patient lives or how to reach him
            said.append(self._say("lives", city=patient.city, street=patient.street, phone=patient.phone))
        return " ".join(said)

    def _medicines(self, encounter: Encounter) -> str:
        drugs = list(dict.fromkeys(drug for mention in encounter.mentions for drug in mention.drugs))
        if not drugs:
            return self._say("no_medicines") if encounter.age else ""
        return ("\n" if self.rng.random() < _RARE else ", ").join(map(_capital, drugs))

    def _review(self, encounter: Encounter) -> str:
        if not encounter.age:
            return ""
        present = {tag for mention in encounter.mentions for tag in mention.sym}
        absent = [words for tag, words in self.library.phrases["complaints"].items() if tag not in present]
        chosen = self.rng.sample(absent, 4)
        listed = ", ".join(chosen[:-1]) + " or " + chosen[-1]
        return f"{self._say('denies', list=listed)} {self._say('ros_tail')}".strip()

    def _exam(self, encounter: Encounter) -> str:
        present = {tag for mention in encounter.mentions for tag in mention.sym}
        found = self.library.phrases["exam"]
        sentences = [self.rng.choice(words) for tag, words in found.items() if tag not in present]
        measured = [m.name for m in encounter.mentions if m.key == "bmi"]
        return " ".join([*measured, *sentences])

    def _results(self, encounter: Encounter) -> str:
        rng, results = self.rng, self.library.phrases["results"]
        values = {
            "x1": f"{rng.uniform(6.6, 9.4):.1f}",
            "x2": rng.randint(68, 165),
            "x3": f"{rng.uniform(0.6, 4.4):.1f}",
        }
        categories = {code[:3] for mention in encounter.mentions for code in mention.codes}
        keys = [key for key, measured in _MEASURED.items() if categories & measured]
        keys += [m.value for m in encounter.mentions if m.value in results]
        said = [rng.choice(results[key]).format(**values) for key in dict.fromkeys(keys)]
        if not said and not encounter.groups & _ABNORMAL_BLOOD:
            said = [rng.choice(results["other"])]
        return " ".join(said)

    def _assessment(self, encounter: Encounter) -> str:
        items = [self._item(m) for m in encounter.mentions if m.state in ("active", "uncertain")]
        items.extend(
            f"{_capital(mention.name)}: {self.rng.choice(self.library.phrases['history']['plan'])}"
            for mention in encounter.mentions
            if mention.state == "history" and self.rng.random() < _RARE
        )
        rest = [*self._long_term(encounter), *encounter.sentences.get("assessment", ())]
        closing = self._say("follow_up", n=self.rng.randint(2, 6))
        if self.rng.random() < 0.25:  # noqa: PLR2004 - some write prose
            return " ".join([*items, *rest, closing])
        return "\n".join([self._listed(items), *rest, closing])

    def _item(self, mention: Mention) -> str:
        text = f"{_capital(mention.name)}{self.rng.choice(_JOINS)}{_capital(mention.plan)}" if mention.plan else ""
        if not text:
            return f"{_capital(mention.name)}."
        for drug in mention.drugs:
            text += " " + self._say("carry_on", drug=drug, Drug=_capital(drug))
        return text

    def _long_term(self, encounter: Encounter) -> list[str]:
        phrases = self.library.phrases["long_term"]
        return [
            self.rng.choice(phrases[line.code])
            for line in encounter.lines
            if line.code in phrases and self.rng.random() < _RARE
        ]

    def _listed(self, items: list[str]) -> str:
        form = self.rng.choice(_ITEMS)
        return "\n".join(form(number, item) for number, item in enumerate(items, 1))

    def _say(self, key: str, **words: object) -> str:
        return self.library.say(self.rng, "sentences", key, **words)


def _causes(encounter: Encounter) -> list[str]:
    said = {"cause": "{}.", "oxygen": "{}"}
    return [_capital(said[m.key].format(m.name)) for m in encounter.mentions if m.key in said]


def _at_admission(encounter: Encounter) -> list[Mention]:
    """The active problems an admission note can know of."""
    later = [line.source for line in encounter.lines if line.poa == "N"]
    return [m for m in encounter.mentions if m.state == "active" and not any(m is source for source in later)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
