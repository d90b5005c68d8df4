import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.trail.form import Item, Kind, MalformedRecordError, head_of_record, parse_record


def record(**changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "kind": Kind.ACT,
        "trail": bytes(32),
        "seq": 4,
        "commit": 3,
        "epoch": bytes(16),
        "body_bytes": 3,
        "items": (Item(b"o", bytes(16), bytes(32)),),
    }
    return head_of_record(**{**fields, **changes}) + b"abc"


def test_a_record_is_read_back_as_it_was_written() -> None:
    parsed = parse_record(record())
    assert (parsed.kind, parsed.seq, parsed.commit, parsed.body) == (Kind.ACT, 4, 3, b"abc")
    assert parsed.items == (Item(b"o", bytes(16), bytes(32)),)
    assert parsed.before_body + parsed.body == record()


@pytest.mark.parametrize("data", [b"", b"CAE1", record() + b"x", record()[:-1], b"X" + record()[1:]])
def test_too_short_too_long_and_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedRecordError):
        parse_record(data)


def test_a_clear_part_that_is_no_object_is_refused() -> None:
    with pytest.raises(MalformedRecordError):
        parse_record(record(clear=[1]))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.integers(min_value=0, max_value=84), st.integers(min_value=0, max_value=255))
def test_no_bytes_make_the_reader_fail_in_another_way(data: bytes, place: int, value: int) -> None:
    damaged = bytearray(record())
    damaged[place] = value
    for candidate in (data, bytes(damaged)):
        with contextlib.suppress(MalformedRecordError):
            parse_record(candidate)
