from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.report.marks import excerpt, quotes, runs


def _mark(start: int, end: int, finding: int | None = None, line: int | None = None) -> dict[str, Any]:
    return {"start": start, "end": end, "finding": finding, "line": line}


@st.composite
def marked_notes(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    text = draw(st.text(max_size=60))
    place = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(place, place, st.integers(1, 5)), max_size=6))
    return text, [_mark(min(a, b), max(a, b), finding=n) for a, b, n in pairs]


@given(marked_notes())
@settings(max_examples=60)
def test_no_word_of_the_note_is_lost_or_doubled_by_marking_it(note: tuple[str, list[dict[str, Any]]]) -> None:
    text, marks = note
    assert "".join(run.text for run in runs(text, marks)) == text


@given(marked_notes())
@settings(max_examples=60)
def test_every_marked_place_is_marked_and_no_other(note: tuple[str, list[dict[str, Any]]]) -> None:
    text, marks = note
    shown = [run.findings for run in runs(text, marks) for _ in run.text]
    for place, findings in enumerate(shown):
        assert set(findings) == {m["finding"] for m in marks if m["start"] <= place < m["end"]}


def test_overlapping_findings_share_the_words_both_point_at() -> None:
    cut = runs("type 2 diabetes", [_mark(0, 6, finding=1), _mark(5, 15, finding=2)])
    assert [(run.text, run.findings, run.opens) for run in cut] == [
        ("type ", (1,), (1,)),
        ("2", (1, 2), (2,)),
        (" diabetes", (2,), ()),
    ]


def test_a_finding_marked_twice_has_one_place_to_jump_to() -> None:
    cut = runs("left … left", [_mark(0, 4, finding=1), _mark(7, 11, finding=1)])
    assert [run.first for run in cut] == [(1,), (), ()]
    assert [run.opens for run in cut] == [(1,), (), (1,)]


def test_words_that_support_a_line_are_marked_without_a_finding() -> None:
    assert runs("asthma", [_mark(0, 6, line=2)])[0].lines == (2,)


def test_an_empty_span_marks_nothing() -> None:
    assert not any(run.marked for run in runs("asthma", [_mark(3, 3, finding=1)]))


def test_an_excerpt_says_where_it_was_cut_and_closes_up_blank_lines() -> None:
    text = "word " * 40 + "\n\n\nasthma, mild.\n\n" + "word " * 40
    start = text.index("asthma")
    found = excerpt(text, start, start + 6)
    assert found.words == "asthma"
    assert found.cut_before
    assert found.cut_after
    assert "\n\n" not in found.before + found.after
    assert found.before.startswith("word")


def test_an_excerpt_of_a_short_note_is_the_note() -> None:
    found = excerpt("mild asthma.", 5, 11)
    assert (found.before, found.words, found.after) == ("mild ", "asthma", ".")
    assert not found.cut_before
    assert not found.cut_after


def test_the_same_words_are_quoted_once_and_words_of_other_records_never() -> None:
    documents = [{"document_id": "D1", "text": "asthma; asthma; copd; gout"}]
    places = [(0, 6), (8, 14), (16, 20), (22, 26)]
    evidence = [{"document_id": "D1", "start": start, "end": end} for start, end in places]
    assert quotes([{"document_id": "D9", "start": 0, "end": 4}, *evidence], documents) == ["asthma", "copd"]
