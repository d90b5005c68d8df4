import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.membership import Compartment
from audit.vault.identity import new_identity
from audit.vault.seal import (
    SealBrokenError,
    object_parent,
    open_entry,
    open_object,
    pad,
    padded_length,
    seal_entry,
    seal_object,
    unpad,
    unwrap_case_key,
    wrap_case_key,
)
from audit.vault.wrap import WrapError, WrapPlace, commitment, new_key, unwrap_key, wrap_key

PLACE = WrapPlace(trail="ab" * 32, epoch="cd" * 16, compartment=Compartment.PHI, holder="ef" * 16)
TRAIL, EPOCH, CASE = bytes(32), bytes(16), b"c" * 16


def test_a_wrap_opens_for_its_holder_at_its_place_only() -> None:
    holder, other, key = new_identity(), new_identity(), new_key()
    wrap = wrap_key(key, holder.public.hpke, PLACE)
    assert unwrap_key(wrap, holder.hpke, PLACE, commitment(key)) == key
    with pytest.raises(WrapError):
        unwrap_key(wrap, other.hpke, PLACE, commitment(key))
    for change in ({"epoch": "00" * 16}, {"compartment": Compartment.OPS}, {"holder": "00" * 16}, {"trail": "00" * 32}):
        with pytest.raises(WrapError):
            unwrap_key(wrap, holder.hpke, dataclasses.replace(PLACE, **change), commitment(key))


def test_a_key_other_than_the_committed_one_is_refused() -> None:
    holder, key = new_identity(), new_key()
    with pytest.raises(WrapError):
        unwrap_key(wrap_key(key, holder.public.hpke, PLACE), holder.hpke, PLACE, commitment(new_key()))


def test_an_entry_opens_at_its_own_number_only() -> None:
    key = new_key()
    body = seal_entry(key, 7, b"header", pad(b"text"))
    assert open_entry(key, 7, b"header", body) == b"text"
    for seq, aad, other in ((8, b"header", key), (7, b"Header", key), (7, b"header", new_key())):
        with pytest.raises(SealBrokenError):
            open_entry(other, seq, aad, body)


def sealed(key: bytes, payload: bytes = b"note", trail: bytes = TRAIL) -> bytes:
    return seal_object(key, compartment=Compartment.PHI, object_id=b"o" * 16, parent=CASE, trail=trail, payload=payload)


def test_no_changed_byte_of_a_sealed_object_opens() -> None:
    key = new_key()
    data = sealed(key)
    assert open_object(key, trail=TRAIL, sealed=data) == b"note"
    for place in range(0, len(data), 3):
        with pytest.raises(SealBrokenError):
            open_object(key, trail=TRAIL, sealed=data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])


def test_an_object_of_another_trail_or_case_does_not_open() -> None:
    key = new_key()
    with pytest.raises(SealBrokenError):
        open_object(key, trail=b"x" * 32, sealed=sealed(key))
    with pytest.raises(SealBrokenError):
        open_object(new_key(), trail=TRAIL, sealed=sealed(key))
    assert object_parent(sealed(key)) == (Compartment.PHI, b"o" * 16, CASE)


def test_a_case_key_opens_in_its_own_epoch_only() -> None:
    phi, case_key = new_key(), new_key()
    wrap = wrap_case_key(phi, case_key, trail=TRAIL, epoch=EPOCH, case_id=CASE)
    assert unwrap_case_key(phi, wrap, trail=TRAIL, epoch=EPOCH, case_id=CASE) == case_key
    with pytest.raises(SealBrokenError):
        unwrap_case_key(phi, wrap, trail=TRAIL, epoch=b"e" * 16, case_id=CASE)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=2000))
def test_padding_comes_off_and_hides_the_length(data: bytes) -> None:
    padded = pad(data)
    assert unpad(padded) == data
    assert len(padded) == padded_length(len(data) + 1) >= 256
    assert len(padded) <= max(256, int((len(data) + 1) * 1.12) + 1)
