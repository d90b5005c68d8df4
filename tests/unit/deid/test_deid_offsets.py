"""Offsets are of the input, whatever the input holds."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.deid.detector import Detector
from audit.deid.transform import SafeHarbor

PIECES = st.sampled_from(
    [
        *(
            "Mr. Alder Quimby ",
            "MRN: 12345678",
            " on 3/5/2021",
            "\r\n",
            "\x00",
            "\U0001f600",
            "\ud800",
            "\u0130stanbul ",
        ),
        *("Springfield, IL 62704", "ends.", "\n\n", "a@b.example.org", "die", "\ufb01", "DOB 1931"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_spans_are_ordered_whole_and_inside_the_text(detector: Detector, note: str) -> None:
    at = 0
    for item in detector.find(note):
        assert at <= item.start < item.end <= len(note)
        at = item.end


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_the_words_between_the_tags_are_those_of_the_input(
    detector: Detector, safe_harbor: SafeHarbor, note: str
) -> None:
    found = detector.find(note)
    changed = safe_harbor.transform(note, found)
    old = new = 0
    for replaced in changed.replacements:
        assert note[old : replaced.old_start] == changed.text[new : replaced.new_start]
        old, new = replaced.old_end, replaced.new_end
    assert note[old:] == changed.text[new:]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_complaint(detector: Detector, note: str) -> None:
    detector.find(note)


def test_a_second_pass_finds_nothing_more_to_tag(masked: Callable[[str], str]) -> None:
    once = masked(
        "Mr. Alder Quimby (MRN: 12345678) of Springfield, IL 62704, DOB 3/4/1950, seen 5/6/2021, aged 94 years."
    )
    assert masked(once) == once


def test_spans_of_a_finding_move_with_the_text(detector: Detector, safe_harbor: SafeHarbor) -> None:
    note = "Mr. Alder Quimby has type 2 diabetes since 3/5/2021."
    start = note.index("type 2 diabetes")
    changed = safe_harbor.transform(note, detector.find(note))
    left, right = changed.moved(start, start + len("type 2 diabetes"))
    assert changed.text[left:right] == "type 2 diabetes"


def test_words_that_were_tagged_move_to_their_whole_tag(detector: Detector, safe_harbor: SafeHarbor) -> None:
    note = "Mr. Alder Quimby has gout."
    changed = safe_harbor.transform(note, detector.find(note))
    start = note.index("Quimby")
    left, right = changed.moved(start, start + len("Quimby has"))
    assert changed.text[left:right] == "[NAME] has"


def test_a_megabyte_in_one_line_is_read_in_seconds(detector: Detector) -> None:
    note = "Mr. Alder Quimby reports pain in the left knee since 3/5/2021 and denies fever. " * 13_000
    began = time.perf_counter()
    assert len(detector.find(note)) == 26_000
    assert time.perf_counter() - began < 60


@pytest.mark.parametrize(
    "unit", ["A'", "1-", "1.", "1 ", "A ", "a@", "Mr. A ", "https://a.", "MRN: ", "\n", "at ", "+1 "]
)
def test_no_text_takes_time_by_its_square(detector: Detector, unit: str) -> None:
    began = time.process_time()
    detector.find(unit * (20_000 // len(unit)))
    assert time.process_time() - began < 5
