from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.sample import FrameUnit
from audit.sampling.frame import (
    BadAmountError,
    DuplicateUnitError,
    EmptyUnitError,
    NotAFrameError,
    UnwritableTextError,
    frame_csv,
    frame_digest,
    parse_frame,
)

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
amounts = st.none() | st.decimals(0, 10**6, places=2)
frames = st.lists(st.builds(FrameUnit, names, st.text(st.characters(codec="utf-8"), max_size=4), amounts), max_size=12)


def test_the_frame_file_is_these_exact_bytes() -> None:
    units = [FrameUnit("E2", "é"), FrameUnit("E10", "b", Decimal("12.50")), FrameUnit('a,"x"', "b"), FrameUnit("Z", "")]

    written = frame_csv(units)

    assert written == 'unit,stratum,amount\nZ,,\nE10,b,12.50\n"a,""x""",b,\nE2,é,\n'.encode()
    assert frame_digest(written) == hashlib.sha256(written).hexdigest()


@settings(max_examples=60)
@given(frames.filter(lambda rows: len({row.unit for row in rows}) == len(rows)), st.randoms())
def test_reading_gives_back_what_was_written_whatever_the_row_order(rows: list[FrameUnit], shuffle: object) -> None:
    written = frame_csv(rows)
    shuffle.shuffle(rows)  # type: ignore[attr-defined]  # hypothesis' Random

    assert frame_csv(rows) == written
    assert set(parse_frame(written)) == set(rows)


@pytest.mark.parametrize(
    ("units", "error", "field"),
    [
        ([FrameUnit("A", "s"), FrameUnit("A", "t")], DuplicateUnitError, "row 2: field unit: already in row 1"),
        ([FrameUnit("", "s")], EmptyUnitError, "row 1: field unit"),
        ([FrameUnit("SECRET", "s", Decimal("NaN"))], BadAmountError, "row 1: field amount"),
        ([FrameUnit("SECRET", "s", Decimal("-0.01"))], BadAmountError, "row 1: field amount"),
        ([FrameUnit("SECRET", "s", Decimal("Infinity"))], BadAmountError, "row 1: field amount"),
        ([FrameUnit("SECRET\ud800", "s")], UnwritableTextError, "row 1: field unit"),
    ],
)
def test_a_bad_unit_is_refused_with_its_row_and_never_its_name(
    units: list[FrameUnit], error: type[Exception], field: str
) -> None:
    with pytest.raises(error, match=field) as caught:
        frame_csv(units)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", NotAFrameError),
        (b"\xff\xfe", NotAFrameError),
        (b"unit,stratum\nA,b\n", NotAFrameError),
        (b"unit,stratum,amount\nB,s,\nA,s,\n", NotAFrameError),
        (b"unit,stratum,amount\r\nA,s,\r\n", NotAFrameError),
        (b'unit,stratum,amount\n"A",s,\n', NotAFrameError),
        (b"unit,stratum,amount\nA,s\n", NotAFrameError),
        (b"unit,stratum,amount\nA,s,ten\n", BadAmountError),
        (b"unit,stratum,amount\nA,s,\nA,t,\n", DuplicateUnitError),
    ],
)
def test_bytes_that_are_not_a_frame_file_are_refused(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_frame(content)
