"""What the hospital knows: conditions, phrases, services and the few facts of the tabular list it needs."""

from __future__ import annotations

import csv
import random
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
PHRASE_FILES = {"first": "hospital_phrases.toml", "second": "hospital_phrases_second.toml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One entry of ``conditions.toml``; the head of that file says what each field means."""

    key: str
    seen_by: str
    codes: tuple[str, ...]
    axis: str = ""
    vals: dict[str, str] = field(default_factory=lambda: {"": ""})
    uns: str = ""
    alt: tuple[str, ...] = ()
    ages: tuple[int, int] = (0, 120)
    sex: str = ""
    sym: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    drugs: dict[str, str] = field(default_factory=dict)
    inp: str = ""
    pcs: str = ""
    dx: str = ""
    needs: str = ""
    only_inpatient: bool = False
    manifestation: bool = False
    inject: bool = False
    one_drug: bool = False
    status: bool = False
    bmi: bool = False
    oxygen: bool = False

    def fits(self, age: int, sex: str) -> bool:
        """Whether a patient of this age and sex can have it."""
        return self.ages[0] <= age <= self.ages[1] and self.sex in ("", sex)

    @property
    def injury(self) -> bool:
        """Whether it is coded with a phase and a cause."""
        return "injury" in self.group


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All that the generator reads from disk."""

    conditions: dict[str, Condition]
    phrases: dict[str, Any]
    visits: dict[str, Any]
    headers: dict[str, str]
    never_existed: dict[str, str]
    conflicts: dict[str, tuple[str, ...]]

    def say(self, rng: random.Random, section: str, key: str, **words: Any) -> str:
        """Choose one wording of ``section.key`` and fill in the words."""
        return str(rng.choice(self.phrases[section][key])).format(**words)


def load_library(phrases: str) -> Library:
    """Read the data files and the chosen set of phrases (``first`` or ``second``)."""
    headers, never = {}, {}
    for row in _rows("code_facts.csv"):
        headers[row["code"]] = row["header"]
        never[row["code"]] = row["never_existed"]
    return Library(
        conditions={key: _condition(key, entry) for key, entry in _toml(_HERE / "conditions.toml").items()},
        phrases=_toml(_HERE.parent / PHRASE_FILES[phrases]),
        visits=_toml(_HERE / "visits.toml"),
        headers=headers,
        never_existed=never,
        conflicts=_conflicts(),
    )


def _condition(key: str, entry: dict[str, Any]) -> Condition:
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    return Condition(key=key, seen_by=values.pop("in"), **values)


def _conflicts() -> dict[str, tuple[str, ...]]:
    pairs: dict[str, list[str]] = {}
    for row in _rows("never_together.csv"):
        pairs.setdefault(row["code"], []).append(row["other"])
        pairs.setdefault(row["other"], []).append(row["code"])
    return {code: tuple(others) for code, others in pairs.items()}


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
