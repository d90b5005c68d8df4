from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from audit.domain.classification import Classification, CodeEntry
from audit.flow import terms


@pytest.fixture
def classification() -> Classification:
    entry = CodeEntry(code="I10", description="Essential (primary) hypertension", parent=None, billable=True)
    return Classification(
        edition="test",
        digest="1" * 64,
        in_force_from=date(2026, 4, 1),
        in_force_to=date(2026, 9, 30),
        entries=(entry,),
    )


def test_the_table_is_compiled_once_and_kept_whole(
    classification: Classification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = terms.load_term_table(classification, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 1
    monkeypatch.setattr(terms, "compile_terms", lambda *_: pytest.fail("compiled again"))
    assert terms.load_term_table(classification, tmp_path / "cache").dump() == first.dump()


def test_a_damaged_cache_is_rebuilt(classification: Classification, tmp_path: Path) -> None:
    first = terms.load_term_table(classification, tmp_path)
    kept = next(tmp_path.iterdir())
    kept.write_bytes(kept.read_bytes()[:100])
    assert terms.load_term_table(classification, tmp_path).dump() == first.dump()
    assert kept.read_bytes() == first.dump()


def test_the_lexicon_that_ships_can_be_read() -> None:
    assert terms.load_lexicon().entries("words")
