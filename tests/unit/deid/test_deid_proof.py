"""The second detector asks about what is left; the human sample shows what it says; canaries differ."""

import math

import pytest

from audit.deid.canary import draw_canaries
from audit.deid.human_sample import draw_notes, size_to_show
from audit.deid.identifiers import PARAGRAPH, IdentifierType
from audit.deid.lexicon import Lexicon
from audit.deid.residual import Residuals


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("plan reviewed with Rukhsana today", "NAME"),
        ("write to zed@mailbox.example now", "EMAIL"),
        ("on 3/5/2021 she fell", "DATE"),
        ("in January 14 beds", "DATE"),
        ("number 123456789 is left", "OTHER_ID"),
        ("see https://portal.example/u/7", "URL"),
    ],
)
def test_what_is_left_is_asked_about_by_type(lexicon: Lexicon, text: str, kind: str) -> None:
    assert kind in Residuals(lexicon).of([text])


@pytest.mark.parametrize(
    "text",
    [
        "[NAME] was seen on [DATE:2021] by [NAME] of [ORGANIZATION], [LOCATION:IL] [ZIP:627].",
        "A 64-year-old man with Crohn disease takes Humira 40 mg; EF 55 %, BP 120/80, E11.9.",
    ],
)
def test_tags_and_clinical_words_raise_no_question(lexicon: Lexicon, text: str) -> None:
    assert not Residuals(lexicon).of([text])


@pytest.mark.parametrize(("notes", "size"), [(0, 0), (1, 1), (60, 57), (10_000, 291)])
def test_the_human_sample_is_as_long_as_it_must_be(notes: int, size: int) -> None:
    assert size_to_show(notes) == size


def test_a_clean_sample_of_that_size_leaves_five_percent_of_doubt_and_one_note_less_leaves_more() -> None:
    notes, leaking = 5000, 51
    size = size_to_show(notes)

    def unseen(n: int) -> float:
        return math.comb(notes - leaking, n) / math.comb(notes, n)

    assert unseen(size) <= 0.05 < unseen(size - 1)


def test_the_notes_drawn_are_of_the_export_and_each_once() -> None:
    ids = [f"document-{n}" for n in range(500)]
    drawn = draw_notes(ids)
    assert len(set(drawn)) == len(drawn) == size_to_show(500)
    assert set(drawn) <= set(ids)


def test_no_two_canaries_share_a_value() -> None:
    values = [value for canary in draw_canaries() for value in canary.values.values()]
    assert len(values) == len(set(values))


def test_every_type_has_its_paragraph() -> None:
    assert set(PARAGRAPH) == set(IdentifierType)
    assert "".join(PARAGRAPH[kind] for kind in IdentifierType) == "ABBCCDEFGHIJKLMNOPQAR"
