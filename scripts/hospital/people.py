"""Patients, coders and providers: made-up names, addresses and numbers, none of them anybody's."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ACCURACIES = (0.82, 0.86, 0.89, 0.91, 0.93, 0.945, 0.955, 0.965, 0.975, 0.985, 0.99, 0.995)
"""The share of code lines each of the twelve coders gets right."""

SPECIALTIES = {
    "F": "family medicine",
    "C": "cardiology",
    "O": "orthopedics",
    "E": "endocrinology",
    "P": "pulmonology",
    "N": "oncology",
}
_NAMES = tomllib.loads((Path(__file__).resolve().parent / "names.toml").read_text(encoding="utf-8"))
_WOMEN = _NAMES["women"]
_MEN = _NAMES["men"]
_FAMILIES = _NAMES["families"]
_STREETS = _NAMES["streets"]
_TOWNS = (
    ("Ellisport", "WA", "98399"),
    ("Harrow Creek", "OH", "45399"),
    ("Millbrae Falls", "NY", "13999"),
    ("Pinon Mesa", "NM", "87399"),
    ("Cedar Hollow", "TN", "38599"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One patient with every identifier the canonical table has."""

    patient_id: str
    given_name: str
    family_name: str
    birth_date: date
    sex: str
    street: str
    city: str
    state: str
    zip: str
    phone: str
    email: str
    mrn: str
    ssn: str
    health_plan_id: str
    account_number: str

    def age_on(self, day: date) -> int:
        """Completed years on ``day``."""
        birthday_passed = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if birthday_passed else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who renders and signs."""

    provider_id: str
    npi: str
    name: str
    credential: str
    specialty: str
    group_id: str


def make_person(rng: random.Random, number: int, birth_date: date, sex: str) -> Person:
    """Make the patient with this number."""
    given = rng.choice(_WOMEN if sex == "F" else _MEN)
    family = rng.choice(_FAMILIES)
    city, state, code = rng.choice(_TOWNS)
    return Person(
        patient_id=f"P{number:06d}",
        given_name=given,
        family_name=family,
        birth_date=birth_date,
        sex=sex,
        street=f"{rng.randint(10, 9899)} {rng.choice(_STREETS)} {rng.choice(('Lane', 'Street', 'Road'))}",
        city=city,
        state=state,
        zip=code,
        phone=f"({rng.randint(201, 989)}) 555-{rng.randint(100, 9999):04d}",
        email=f"{given}.{family}{number}@example.org".lower(),
        mrn=f"MR{70_000_000 + number * 37}",
        ssn=f"9{rng.randint(0, 99):02d}-{rng.randint(10, 49)}-{rng.randint(1000, 9999)}",
        health_plan_id=f"HP{rng.randint(10**8, 10**9 - 1)}",
        account_number=f"AC{rng.randint(10**8, 10**9 - 1)}",
    )


def birth_date_for(rng: random.Random, age: int, day: date) -> date:
    """Return a date of birth that makes the patient ``age`` years old from a few months before ``day`` on."""
    return day - timedelta(days=round(age * 365.25) + rng.randint(100, 260))


def make_providers(rng: random.Random) -> list[Provider]:
    """Make three providers of each specialty."""
    names = rng.sample(_FAMILIES, 3 * len(SPECIALTIES))
    return [
        Provider(
            provider_id=f"DR{letter}{index + 1}",
            npi=_npi(rng),
            name=f"{rng.choice(_WOMEN + _MEN)} {names.pop()}",
            credential=("MD", "DO", "NP")[index],
            specialty=letter,
            group_id=f"G{letter}",
        )
        for letter in SPECIALTIES
        for index in range(3)
    ]


def _npi(rng: random.Random) -> str:
    """Nine digits and the Luhn check digit over them with the prefix 80840 (45 CFR 162.406)."""
    digits = [1, *(rng.randint(0, 9) for _ in range(8))]
    total = 24
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 - the sum of two digits
    return "".join(map(str, digits)) + str(-total % 10)
