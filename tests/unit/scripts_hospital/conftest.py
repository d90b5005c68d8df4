"""The tabular list as an oracle of its own: read from the XML the venv carries, sharing no code with the product."""

from __future__ import annotations

import importlib.util
import re
import sys
import xml.etree.ElementTree as ET  # noqa: S405 - a file of an installed package, not input
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
_REFERENCE = re.compile(
    r"([A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]+)?)(?:\.?-)?(?:\s*-\s*([A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]+)?))?"
)


@dataclass
class Tabular:
    """Billable codes, headers and the Excludes1 references of each node, notes of ancestors included."""

    billable: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)
    excludes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def conflict(self, one: str, other: str) -> bool:
        """Whether either code stands under an Excludes1 note that names the other."""
        return self._excluded(one, other) or self._excluded(other, one)

    def _excluded(self, code: str, other: str) -> bool:
        bare = other.replace(".", "")
        return any(low <= bare[: len(low)] and bare[: len(high)] <= high for low, high in self._notes(code))

    def _notes(self, code: str) -> Iterator[tuple[str, str]]:
        for length in range(3, len(code) + 1):
            yield from self.excludes.get(code[:length].rstrip("."), ())


def _references(node: ET.Element) -> list[tuple[str, str]]:
    found = []
    for note in node.findall("./excludes1/note"):
        for inside in re.findall(r"\(([^()]*)\)", note.text or ""):
            for low, high in _REFERENCE.findall(inside):
                found.append((low.replace(".", ""), (high or low).replace(".", "")))
    return found


def _walk(node: ET.Element, tabular: Tabular, seventh: list[str]) -> None:
    code = node.findtext("name") or ""
    own = [extension.get("char") or "" for extension in node.findall("./sevenChrDef/extension")]
    seventh = own or seventh
    tabular.excludes[code] = _references(node)
    children = node.findall("diag")
    for child in children:
        _walk(child, tabular, seventh)
    if children or seventh:
        tabular.headers.add(code)
    if not children and seventh:
        stem = code if "." in code else f"{code}."
        tabular.billable |= {stem.ljust(7, "X") + character for character in seventh}
    elif not children:
        tabular.billable.add(code)


@pytest.fixture(scope="session")
def tabular() -> Tabular:
    """The April 2026 tabular list."""
    package = importlib.util.find_spec("simple_icd_10_cm")
    if package is None or package.origin is None:
        pytest.skip("simple_icd_10_cm, which carries the tabular list, is not installed")
    path = next((Path(package.origin).parent / "data").glob("icd10c-tabular-*.xml"))
    found = Tabular()
    for chapter in ET.parse(path).getroot().findall("chapter"):  # noqa: S314 - as above
        for section in chapter.findall("section"):
            for category in section.findall("diag"):
                _walk(category, found, [])
    return found


@pytest.fixture(scope="session", autouse=True)
def scripts_on_path() -> Iterator[None]:
    """Scripts import their own parts from beside them."""
    sys.path.insert(0, str(SCRIPTS))
    yield
    sys.path.remove(str(SCRIPTS))
