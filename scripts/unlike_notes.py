"""Notes unlike the annotated corpora, with the truth beside them: other names, layouts, ids and places.

The templates come in two parts: ``open`` may be looked at when the finders are worked on, ``kept`` is only measured.
Nobody in them exists.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

WORDS = Path(__file__).parent / "unlike_words.toml"
SEED = 20261121
_FIELD = re.compile(r"\{(\w+)\}")
_TYPES = {"town": "LOCATION", "street": "LOCATION", "zip": "ZIP", "date": "DATE", "age90": "AGE_OVER_89"}
_TYPES |= {"mrn": "MRN", "acct": "ACCOUNT", "plan": "HEALTH_PLAN", "phone": "PHONE", "email": "EMAIL", "ssn": "SSN"}
_TYPES |= {"site": "ORGANIZATION", "SITE": "ORGANIZATION", "employer": "ORGANIZATION"}
_NOT_PHI = frozenset({"clinical", "state"})


def notes(part: str, count: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Yield ``count`` notes of one part in the form of the corpora: ``{"id","text","spans"}``."""
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    rng = random.Random(f"{seed} {part}")
    templates = words["templates"][part]
    for number in range(count):
        text, spans = _filled(templates[number % len(templates)], _values(words, rng))
        yield {"id": f"{part}-{number}", "text": text, "spans": spans}


def clinical_notes(count: int, seed: int = SEED) -> Iterator[str]:
    """Yield notes that hold clinical sentences alone: every character must come through unchanged."""
    words = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    rng = random.Random(f"{seed} clinical")
    for _ in range(count):
        breaks = rng.choices([" ", "\n", "\n\n"], k=6)
        yield "".join(_clinical(words, rng) + gap for gap in breaks)


def _filled(template: str, values: dict[str, Callable[[], str]]) -> tuple[str, list[dict[str, Any]]]:
    text, spans, at = "", [], 0
    said: dict[str, str] = {}
    for match in _FIELD.finditer(template):
        name = match.group(1)
        text += template[at : match.start()]
        value = values[name]() if name in ("clinical", "date", "mrn") else said.setdefault(name, values[name]())
        if name not in _NOT_PHI:
            spans.append({"start": len(text), "end": len(text) + len(value), "type": _TYPES.get(name, "NAME")})
        text, at = text + value, match.end()
    return text + template[at:], spans


def _values(words: dict[str, Any], rng: random.Random) -> dict[str, Callable[[], str]]:
    """Return a maker of each field's value; the persons of one note stay the same."""
    values: dict[str, Callable[[], str]] = {}
    for suffix in ("", "2", "3"):
        given, family = rng.choice(words["given"]), rng.choice(words["family"])
        for name, value in (("first", given), ("last", family)):
            values[name + suffix] = lambda value=value: value
            values[name.upper() + suffix] = lambda value=value: value.upper()
    site = rng.choice(words["site"])
    values |= {"site": lambda: site, "SITE": site.upper}
    values |= {name: lambda name=name: rng.choice(words[name]) for name in ("town", "state", "street", "employer")}
    values |= {"I": lambda: rng.choice("ABDEGHJKLMNPRSTVW"), "age90": lambda: str(rng.randint(90, 103))}
    values |= {"clinical": lambda: _clinical(words, rng), "date": lambda: _date(rng)}
    numbers = {"zip": "#####", "phone": "(###) ###-####|###-###-####|###.###.####|### ### ####", "ssn": "###-##-####"}
    numbers |= {"mrn": "########|##-##-##|E#######|MRX-######|######", "acct": "V###########|##########|HAR######"}
    numbers |= {"plan": "W##########|XEA###M#####|#A##-B##-CD##|H#########-##"}
    values |= {name: lambda shapes=shapes: _shaped(shapes, rng) for name, shapes in numbers.items()}
    values["email"] = lambda: f"{values['first']().lower().replace(' ', '')}{rng.randint(1, 99)}@mailbox.example"
    return values


def _clinical(words: dict[str, Any], rng: random.Random) -> str:
    made = {"drug": lambda: rng.choice(words["drug"]), "n": lambda: str(rng.choice([5, 10, 25, 40, 500]))}
    made["d"] = lambda: str(rng.randint(1, 4))
    return _FIELD.sub(lambda m: made[m.group(1)](), rng.choice(words["clinical"]))


def _date(rng: random.Random) -> str:
    year, month, day = rng.randint(2012, 2025), rng.randint(1, 12), rng.randint(1, 28)
    name = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[month - 1]
    forms = (f"{month:02d}/{day:02d}/{year}", f"{year}-{month:02d}-{day:02d}", f"{day:02d}-{name}-{year}")
    return rng.choice([*forms, f"{name} {day}, {year}", f"{month}/{day}/{year % 100:02d}", f"{day} {name} {year}"])


def _shaped(shapes: str, rng: random.Random) -> str:
    return "".join(str(rng.randint(1, 9)) if c == "#" else c for c in rng.choice(shapes.split("|")))
