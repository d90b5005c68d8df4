"""Clinical meaning stays: codes, drugs, values, units, eponyms and anatomy of 2,000 generated notes come through."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from audit.flow.deid import deidentify, detector

ROOT = Path(__file__).parents[2]
NOTES = 2000
RECALL, OVER_REDACTION = 0.97, 0.012
"""What the open part of the notes unlike the corpora must keep; states beside a town are masked with it."""


@pytest.fixture
def unlike(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    import unlike_notes

    return unlike_notes


def test_two_thousand_clinical_notes_come_through_unchanged(unlike: object) -> None:
    changed = [note for note in unlike.clinical_notes(NOTES) if deidentify(note).text != note]  # type: ignore[attr-defined]  # a script's module
    assert changed == []


def test_notes_unlike_the_corpora_lose_their_names_and_nothing_else(unlike: object) -> None:
    from measure_deid import Score, count

    score = Score()
    for row in unlike.notes("open", 240):  # type: ignore[attr-defined]  # a script's module
        count(score, row, {i for item in detector().find(row["text"]) for i in range(item.start, item.end)})
    assert 1 - score.missed.total() / score.spans.total() >= RECALL
    assert score.masked_outside / score.outside <= OVER_REDACTION
