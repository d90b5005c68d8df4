from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.trail.mark import UnreadableMarkError, mark_path, raise_mark, read_mark
from audit.trail.note import Checkpoint, write_note

TRAIL = "ab" * 32


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTASSAY_STATE", str(tmp_path / "state"))


def note(size: int) -> str:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    checkpoint = Checkpoint(origin="chartassay/x", size=size, root=bytes(32))
    return write_note(checkpoint.text(), "chartassay/x", key.public_key().public_bytes_raw(), key.sign)


def test_there_is_no_mark_at_first() -> None:
    assert read_mark(TRAIL) is None


def test_the_mark_only_rises() -> None:
    raise_mark(TRAIL, note(5))
    raise_mark(TRAIL, note(3))
    assert read_mark(TRAIL).size == 5
    raise_mark(TRAIL, note(6))
    assert read_mark(TRAIL).size == 6


def test_a_mark_that_cannot_be_read_is_said_not_forgotten() -> None:
    raise_mark(TRAIL, note(5))
    mark_path(TRAIL).write_text("something else")
    with pytest.raises(UnreadableMarkError):
        read_mark(TRAIL)
