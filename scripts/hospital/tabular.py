"""Rebuild ``code_facts.csv`` and ``never_together.csv`` from the tabular list: ``python scripts/hospital/tabular.py``.

Needs the XML that the package simple-icd-10-cm carries; the generator itself needs only the two files. Run it after a
change of ``conditions.toml`` or ``visits.toml``; a test says when that was forgotten.
"""

from __future__ import annotations

import csv
import importlib.util
import itertools
import re
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
_REFERENCE = re.compile(
    r"([A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]+)?)(?:\.?-)?(?:\s*-\s*([A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]+)?))?"
)
_CATEGORY = 3
_FULL = 7
_OCCASIONS = """
    Z00.00 Z00.01 Z00.121 Z00.129 Z23 Z34.01 Z34.02 Z34.03 Z34.81 Z34.82 Z34.83 Z3A.10 Z3A.12 Z3A.16 Z3A.20 Z3A.24
    Z3A.26 Z3A.30 Z3A.32 Z3A.34 Z3A.36 Z3A.38 O24.410 O99.012 O99.013 O09.521 O09.522 O09.523 Z38.00 Z38.01 P59.9
    P22.1 Z87.891 Z99.81 Z51.11 Z51.12
    D50.9
"""
"""The codes that ``occasions.py`` writes in its own text."""


@dataclass
class Tabular:
    """Billable codes, headers, and per node the Excludes1 references as ranges of codes without dot."""

    billable: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)
    excludes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def conflict(self, one: str, other: str) -> bool:
        """Whether either code stands under an Excludes1 note, its own or an ancestor's, that names the other."""
        return any(_names(note, other) for note in self.notes_over(one)) or any(
            _names(note, one) for note in self.notes_over(other)
        )

    def notes_over(self, code: str) -> set[tuple[str, str]]:
        """Return the Excludes1 references of a code and of everything above it."""
        stems = (code[:length] for length in range(_CATEGORY, len(code) + 1))
        return {note for stem in stems for note in self.excludes.get(stem, ())}

    def header_of(self, code: str) -> str:
        """Return the nearest node above ``code`` that may not be billed, or an empty string."""
        above = (code[:length].rstrip(".") for length in range(len(code) - 1, _CATEGORY - 1, -1))
        return next((stem for stem in above if stem in self.headers), "")

    def never_existed(self, code: str) -> str:
        """Return a slip of the key beside ``code`` that the tabular list does not have."""
        if len(code) > _FULL:
            slips = [code[:-1] + letter for letter in "BQYZ"]
        elif "." in code and code[-1].isdigit():
            slips = [code[:-1] + digit for digit in "7869534"] + [code + "9"]
        else:
            slips = [f"{code}.{digit}" if "." not in code else code + digit for digit in "7869"]
        return next(slip for slip in slips if slip not in self.billable and slip not in self.headers)


def read_tabular(path: Path) -> Tabular:
    """Read the CDC tabular XML."""
    found = Tabular()
    for chapter in ET.parse(path).getroot().findall("chapter"):  # noqa: S314 - a file of an installed package
        for section in chapter.findall("section"):
            above = _references(chapter) + _references(section)
            for category in section.findall("diag"):
                _walk(category, found, [])
                found.excludes[category.findtext("name") or ""] += above
    return found


def find_tabular() -> Path | None:
    """Return the XML of the installed package, or None."""
    package = importlib.util.find_spec("simple_icd_10_cm")
    if package is None or package.origin is None:
        return None
    return next((Path(package.origin).parent / "data").glob("icd10c-tabular-*.xml"))


def _walk(node: ET.Element, tabular: Tabular, seventh: list[str]) -> None:
    code = node.findtext("name") or ""
    seventh = [extension.get("char") or "" for extension in node.findall("./sevenChrDef/extension")] or seventh
    tabular.excludes[code] = _references(node)
    children = node.findall("diag")
    for child in children:
        _walk(child, tabular, seventh)
    if children or seventh:
        tabular.headers.add(code)
    if not children and seventh:
        stem = code if "." in code else f"{code}."
        tabular.billable |= {stem.ljust(_FULL, "X") + character for character in seventh}
    elif not children:
        tabular.billable.add(code)


def _references(node: ET.Element) -> list[tuple[str, str]]:
    return [
        (low.replace(".", ""), (high or low).replace(".", ""))
        for note in node.findall("./excludes1/note")
        for inside in re.findall(r"\(([^()]*)\)", note.text or "")
        for low, high in _REFERENCE.findall(inside)
    ]


def every_code() -> list[str]:
    """Every ICD-10-CM code the hospital can write, right or wrong, that must exist in the tabular list."""
    conditions = tomllib.loads((_HERE / "conditions.toml").read_text(encoding="utf-8"))
    visits = tomllib.loads((_HERE / "visits.toml").read_text(encoding="utf-8"))
    codes = set(_OCCASIONS.split())
    for entry in conditions.values():
        codes |= set(_codes_of(entry))
    codes |= {code for causes in visits["external"].values() for stem in causes for code in (f"{stem}A", f"{stem}D")}
    codes |= {code for values in visits["bmi"].values() for _, code in values}
    codes |= set(visits["history"]) | {entry["active"] for entry in visits["history"].values()}
    codes |= {entry["code"] for entry in visits["family"].values()}
    return sorted(codes)


def _codes_of(entry: dict[str, Any]) -> Iterator[str]:
    templates = [*entry["codes"], *(entry[key] for key in ("uns", "dx") if key in entry)]
    for value, phase in itertools.product(entry.get("vals", {"": ""}).values(), "AD"):
        yield from (template.format(a=value, p=phase) for template in templates)
    yield from entry.get("alt", ())
    yield from filter(None, entry.get("drugs", {}).values())


def conflicts(tabular: Tabular, codes: list[str]) -> list[tuple[str, str]]:
    """Every pair of these codes that an Excludes1 note forbids."""
    notes = {code: tabular.notes_over(code) for code in codes}
    named = {note: {code for code in codes if _names(note, code)} for note in set().union(*notes.values())}
    excluded = {code: set().union(*(named[note] for note in notes[code])) for code in codes}
    pairs = itertools.combinations(codes, 2)
    return [(one, other) for one, other in pairs if other in excluded[one] or one in excluded[other]]


def _names(note: tuple[str, str], code: str) -> bool:
    low, high = note
    bare = code.replace(".", "")
    return low <= bare[: len(low)] and bare[: len(high)] <= high


def _write(name: str, header: list[str], rows: Sequence[tuple[str, ...]]) -> None:
    with (_HERE / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main() -> int:
    """Write both files."""
    path = find_tabular()
    if path is None:
        print("simple-icd-10-cm is not installed", file=sys.stderr)
        return 2
    tabular, codes = read_tabular(path), every_code()
    _write("never_together.csv", ["code", "other"], list(conflicts(tabular, codes)))
    facts = [(code, tabular.header_of(code), tabular.never_existed(code)) for code in codes]
    _write("code_facts.csv", ["code", "header", "never_existed"], facts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
