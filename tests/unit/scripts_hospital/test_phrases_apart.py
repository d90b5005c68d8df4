"""The phrases and the lexicon were written apart: they share headings and names of diseases, and nothing else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.flow.reference import find_reference

ROOT = Path(__file__).resolve().parents[3]
NAMES_OF_DISEASES = {
    "strep throat", "viral uri", "poison ivy dermatitis", "first degree av block", "acute idiopathic pericarditis",
    "hashimoto thyroiditis", "addison disease", "prostate cancer", "neutropenia due to chemotherapy",
    "chemotherapy induced neutropenia", "cancer related pain", "strep pharyngitis", "leg cellulitis",
    "mixed dyslipidemia", "generalised anxiety", "infection of the urinary tract", "upper respiratory tract infection",
    "cigarette dependence", "pain in the low back", "pre diabetes", "postural hypotension",
    "polycystic ovary syndrome", "sleep apnea obstructive", "thyroid cancer", "neutropenia secondary to chemotherapy",
    "cancer pain", "gestational diabetes diet controlled",
}  # fmt: skip
"""Names of conditions that both use and the classification words differently."""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _lexicon() -> set[str]:
    """Every entry of two words or more, but for the headings of notes, which are everybody's."""
    entries: set[str] = set()
    for path in (ROOT / "policies" / "lexicon").rglob("*.txt"):
        lines = [] if path.name == "headings.txt" else path.read_text(encoding="utf-8").splitlines()
        entries |= {_plain(part) for line in lines for part in re.split(r"[=|:>;,\t]", line.split("#")[0])}
    return {entry for entry in entries if " " in entry}


@pytest.mark.parametrize("name", ["hospital_phrases.toml", "hospital_phrases_second.toml"])
def test_phrases_share_nothing_with_the_lexicon_but_names_of_diseases(name: str) -> None:
    entries = find_reference(None).classification().entries
    tabular = {_plain(text) for e in entries for text in (e.description, *e.inclusion_terms, *e.includes)}
    standard = "|".join(tabular)
    phrases = tomllib.loads((ROOT / "scripts" / name).read_text(encoding="utf-8"))
    del phrases["headings"]
    shared = {_plain(text) for text in _strings(phrases)} & _lexicon()
    assert len(_lexicon()) > 1000
    assert {text for text in shared if text not in standard} - NAMES_OF_DISEASES == set()
