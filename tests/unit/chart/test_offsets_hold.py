from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.chart.reader import ChartReading
from audit.domain.canonical import text_digest

Read = Callable[..., ChartReading]

PIECES = st.sampled_from(
    [
        "Assessment:",
        "hypertension",
        "left knee pain",
        "no ",
        "\r\n",
        "\n\n",
        "\u200f",
        "\x00",
        "\x07",
        "é",
        "𝄞",
        "•",
        "; ",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=25).map("".join))
def test_no_text_stops_the_reader_and_every_span_lies_in_it(read: Read, text: str) -> None:
    reading = read(text, codes=("I10", "M25.562", "E11.9"))
    for line in reading.lines:
        for span in line.spans:
            assert 0 <= span.start < span.end <= len(text)
            assert span.sha256 == text_digest(text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_line_ends_of_any_kind_keep_offsets_true(read: Read, end: str) -> None:
    text = f"\ufeffVisit{end}{end}Assessment:{end}\u200f1. hypertension{end}2. left knee pain{end}"
    first, second = read(text, codes=("I10", "M25.562")).lines
    assert text[first.spans[0].start : first.spans[0].end] == "hypertension"
    assert text[second.spans[0].start : second.spans[0].end] == "knee pain"


def test_characters_beyond_the_basic_plane_count_as_one(read: Read) -> None:
    text = "𝄞𝄞 Assessment: hypertension"
    span = read(text, codes=("I10",)).lines[0].spans[0]
    assert text[span.start : span.end] == "hypertension"


def test_a_huge_text_without_punctuation_is_read_in_time(read: Read) -> None:
    text = "knee pain left right hypertension no " * 8000
    began = time.process_time()
    assert read(text, codes=("I10",)).lines[0].support in {"supported", "contradicted"}
    assert time.process_time() - began < 20


def test_a_lone_surrogate_does_not_stop_the_reader(read: Read) -> None:
    assert read("Assessment: hypertension \ud800", codes=("I10",)).lines[0].support == "supported"
