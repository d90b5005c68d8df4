"""De-identification against annotated corpora: full-span recall, over-redaction, leaky notes, speed, per type.

A span counts as found when every letter and digit of it is masked, whatever the type. Over-redaction is the share of
letters and digits outside all spans that were masked. A note leaks when any of its spans is not whole. Speed is
characters per second of processor time on one core.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import unlike_notes
from audit.deid.known import KnownRecord, known_from_json
from audit.flow.deid import detector

TARGETS = {
    "asq_phi.recall": {"min": 0.93},
    "asq_phi.over_redaction": {"max": 0.01},
    "aci_notes.recall": {"min": 0.995},
    "aci_notes.over_redaction": {"max": 0.003},
    "aci_registration.recall": {"min": 0.985},
    "aci_registration.over_redaction": {"max": 0.003},
    "aci_registration.leaky_notes": {"max": 0.20},
}
RUNS = (
    ("asq_phi", "asq_phi", False),
    ("aci_notes", "aci_notes", False),
    ("aci_notes_with_record", "aci_notes", True),
    ("aci_registration", "aci_registration", True),
    ("aci_registration_without_record", "aci_registration", False),
    *((f"unlike_{part}", f"unlike_{part}", False) for part in ("open", "kept", "last")),
)
"""Name of the figures, corpus, whether the record beside the note is used."""
UNLIKE = 480
"""Generated notes of each part: ``open`` may be looked at, ``kept`` and ``last`` are only measured."""
_RECORD = {
    "patient_first": "given_name",
    "patient_last": "family_name",
    "dob": "birth_date",
    "account": "account_number",
    **{name: name for name in ("mrn", "ssn", "email", "street", "city", "zip", "health_plan_id", "service_date")},
}


@dataclass(slots=True)
class Score:
    """Counts over one corpus."""

    spans: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    notes: int = 0
    leaky: int = 0
    outside: int = 0
    masked_outside: int = 0
    characters: int = 0
    seconds: float = 0.0

    def figures(self, name: str) -> dict[str, float]:
        """Return the four figures of the corpus."""
        return {
            f"{name}.recall": 1 - self.missed.total() / self.spans.total(),
            f"{name}.over_redaction": self.masked_outside / self.outside,
            f"{name}.leaky_notes": self.leaky / self.notes,
            f"{name}.chars_per_s": round(self.characters / self.seconds),
        }

    def by_type(self, name: str) -> str:
        """Return one line: what was missed of how many, per type of the corpus."""
        parts = (f"{kind} {self.missed[kind]}/{count}" for kind, count in self.spans.most_common())
        return f"{name}, missed per type: {', '.join(parts)}"


def figures(data: Path) -> dict[str, Any]:
    """Return the measurement in the form of ``measure.py``."""
    detector()  # built before the clock starts: a command pays for it once, not per note
    scores = {name: _score(data / "deid" / f"{corpus}.jsonl", with_record=known) for name, corpus, known in RUNS}
    found: dict[str, float] = {}
    for name, score in scores.items():
        found |= score.figures(name)
    return {"figures": found, "targets": TARGETS, "lines": [score.by_type(name) for name, score in scores.items()]}


def deid_figures(data_dir: Path) -> dict[str, float]:
    """Return the figures alone, ``<corpus>.<recall|over_redaction|leaky_notes|chars_per_s>``."""
    found: dict[str, float] = figures(data_dir)["figures"]
    return found


def _corpus(path: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the notes of a corpus; those unlike the others are generated."""
    if path.stem.startswith("unlike_"):
        yield from unlike_notes.notes(path.stem.removeprefix("unlike_"), UNLIKE)
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _score(path: Path, *, with_record: bool) -> Score:
    score = Score()
    for row in _corpus(path):
        record = _record(row) if with_record else None
        began = time.process_time()
        found = detector().find(row["text"], record)
        score.seconds += time.process_time() - began
        count(score, row, {i for item in found for i in range(item.start, item.end)})
    return score


def count(score: Score, row: Mapping[str, Any], masked: set[int]) -> None:
    """Add one note to the score; ``masked``: the offsets that were masked."""
    """Add one note to the score; ``masked``: the offsets that were masked."""
    text = row["text"]
    score.characters += len(text)
    letters = {i for i, character in enumerate(text) if character.isalnum()}
    inside: set[int] = set()
    leaks = False
    for span in row["spans"]:
        places = letters & set(range(span["start"], span["end"]))
        inside |= places
        score.spans[span["type"]] += 1
        if not places <= masked:
            score.missed[span["type"]] += 1
            leaks = True
    score.notes += bool(row["spans"])
    score.leaky += leaks
    score.outside += len(letters - inside)
    score.masked_outside += len((letters - inside) & masked)


def _record(row: Mapping[str, Any]) -> KnownRecord:
    """Return the record that stands beside a note, in either corpus's own form."""
    if "record" in row:
        given = row["record"]
        known = {ours: given[theirs] for theirs, ours in _RECORD.items()}
        known |= {"providers": [given["provider"], given["referring"]], "facilities": [given["facility"]]}
    else:
        given = row["known"]
        doctor = [given["doctor"]] if given["doctor"] else []
        known = {"given_name": given["first"], "family_name": given["last"], "providers": doctor}
    return known_from_json(known, str(row["id"]))
