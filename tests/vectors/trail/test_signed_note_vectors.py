"""Known answers: the example note of c2sp.org/signed-note, with its published key."""

import base64

import pytest

from audit.trail.note import UnsignedNoteError, key_id, split_note, verify_note

NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]


def test_the_example_of_the_specification_verifies() -> None:
    text = verify_note(NOTE, {"PeterNeumann": KEY})
    assert text.endswith("what your problem is.\n")
    assert key_id("PeterNeumann", KEY).hex() == "c74f20a3"


@pytest.mark.parametrize("place", range(0, 90, 3))
def test_any_other_text_is_refused(place: int) -> None:
    changed = NOTE[:place] + ("x" if NOTE[place] != "x" else "y") + NOTE[place + 1 :]
    with pytest.raises(UnsignedNoteError):
        verify_note(changed, {"PeterNeumann": KEY})


def test_an_unknown_key_beside_a_known_one_is_passed_over() -> None:
    stranger = base64.b64encode(b"\x01\x02\x03\x04" + bytes(64)).decode()
    assert verify_note(f"{NOTE}— Stranger {stranger}\n", {"PeterNeumann": KEY})


def test_a_known_key_that_fails_refuses_the_whole_note() -> None:
    _, (good,) = split_note(NOTE)
    bad = base64.b64encode(good.key_id + bytes(64)).decode()
    with pytest.raises(UnsignedNoteError):
        verify_note(f"{NOTE}— PeterNeumann {bad}\n", {"PeterNeumann": KEY})
