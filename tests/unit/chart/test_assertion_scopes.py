from __future__ import annotations

import pytest

from audit.chart.assertion import Assertion, Cues, assertion_of
from audit.chart.lexicon import Lexicon

SAID = [
    ("no evidence of pneumonia", "NEGATED"),
    ("without fever or pneumonia", "NEGATED"),
    ("pneumonia has been excluded", "NEGATED"),
    ("denies cough but reports pneumonia", "NONE"),
    ("no significant change in pneumonia", "NONE"),
    ("probable pneumonia", "UNCERTAIN"),
    ("pneumonia, suspected", "UNCERTAIN"),
    ("pneumonia cannot be excluded", "UNCERTAIN"),
    ("rule out pneumonia", "UNCERTAIN"),
    ("history of pneumonia", "HISTORICAL"),
    ("s/p pneumonia", "HISTORICAL"),
    ("pneumonia, treated in 2014", "HISTORICAL"),
    ("her mother had pneumonia", "FAMILY"),
    ("at risk for pneumonia", "HYPOTHETICAL"),
    ("laceration without foreign body of pneumonia", "NONE"),
    ("a 70-year-old man with pneumonia", "NONE"),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_the_scope_of_a_cue(lexicon: Lexicon, text: str, said: str) -> None:
    start = text.index("pneumonia")
    scopes = Cues.of(lexicon).scopes(text, 0, len(text))
    assert assertion_of(scopes, [start]) == Assertion[said]


def test_a_denied_family_history_is_no_family_history(lexicon: Lexicon) -> None:
    text = "no family history of pneumonia"
    scopes = Cues.of(lexicon).scopes(text, 0, len(text))
    assert assertion_of(scopes, [21]) & Assertion.NEGATED


@pytest.mark.parametrize("text", ["pneumonia of 7515 cells", "\u017fuspected pneumonia", "\u0130 pneumonia"])
def test_numbers_and_letters_that_only_look_like_a_cue_do_not_stop_the_reader(lexicon: Lexicon, text: str) -> None:
    Cues.of(lexicon).scopes(text, 0, len(text))
