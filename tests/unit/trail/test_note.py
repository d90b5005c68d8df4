import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.trail.note import (
    Checkpoint,
    MalformedNoteError,
    UnsignedNoteError,
    cosign_note,
    cosigners,
    parse_checkpoint,
    split_note,
    verify_note,
    write_note,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ORIGIN = "chartassay/0123456789abcdef"


def note_of(size: int = 7) -> str:
    text = Checkpoint(origin=ORIGIN, size=size, root=bytes(32)).text()
    return write_note(text, ORIGIN, PUBLIC, KEY.sign)


def test_what_is_written_is_read_back() -> None:
    assert parse_checkpoint(note_of(size=12)) == Checkpoint(origin=ORIGIN, size=12, root=bytes(32))
    assert verify_note(note_of(), {ORIGIN: PUBLIC}).startswith(ORIGIN)


def test_no_flipped_bit_of_a_note_goes_unseen() -> None:
    good = note_of().encode()
    assert [place for place in range(len(good)) if accepted(flipped(good, place))] == []


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def accepted(data: bytes) -> bool:
    try:
        parse_checkpoint(data.decode())
        verify_note(data.decode(), {ORIGIN: PUBLIC})
    except (UnicodeDecodeError, MalformedNoteError, UnsignedNoteError):
        return False
    return True


def test_a_cosignature_holds_for_its_text_its_time_and_its_signer() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    public, name = other.public_key().public_bytes_raw(), f"{ORIGIN}/second"
    note = cosign_note(note_of(), name, public, other.sign, 1_790_000_000)
    assert cosigners(note, {name: public}) == {name: 1_790_000_000}
    assert verify_note(note, {ORIGIN: PUBLIC})
    assert cosigners(note, {f"{ORIGIN}/third": public}) == {}
    assert cosigners(note, {name: PUBLIC}) == {}
    moved = note_of(size=8) + note.removeprefix(note_of())
    late = cosign_note(note_of(), name, public, other.sign, 2**50)
    line = note.removeprefix(note_of()).split(" ")[2]
    data = bytearray(base64.b64decode(line))
    data[11] ^= 1
    retimed = note.replace(line.strip(), base64.b64encode(data).decode())
    for false in (moved, late, retimed):
        with pytest.raises(UnsignedNoteError):
            cosigners(false, {name: public})


@pytest.mark.parametrize("size", ["-1", "01", "x", "", "9" * 20, "\uff11"])
def test_a_size_that_is_no_plain_number_is_refused(size: str) -> None:
    text = f"{ORIGIN}\n{size}\n{Checkpoint(origin=ORIGIN, size=1, root=bytes(32)).text().splitlines()[2]}\n"
    with pytest.raises(MalformedNoteError):
        parse_checkpoint(write_note(text, ORIGIN, PUBLIC, KEY.sign))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_one_way(text: str) -> None:
    for candidate in (text, f"{text}\n\n— a AAAAAAAA\n"):
        try:
            split_note(candidate)
            parse_checkpoint(candidate)
        except MalformedNoteError:
            pass
