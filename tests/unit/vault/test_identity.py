import json

import pytest

from audit.vault import identity as vault
from audit.vault.identity import (
    NotAnIdentityError,
    NotAPublicKeyError,
    WeakPassphraseError,
    WrongPassphraseError,
    lock_identity,
    new_identity,
    public_from_text,
    recovery_from_text,
    recovery_text,
    unlock_identity,
)

PASSPHRASE = "correct horse battery"  # noqa: S105 - an example


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "PARAMETERS", vault.Argon2Parameters(memory_kib=64, iterations=1, lanes=1))


def test_an_identity_opens_with_its_passphrase_only() -> None:
    made = new_identity()
    locked = lock_identity(made, PASSPHRASE)
    assert unlock_identity(locked, PASSPHRASE).public == made.public
    with pytest.raises(WrongPassphraseError) as refused:
        unlock_identity(locked, PASSPHRASE + "x")
    assert refused.value.exit_code == 4


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(WeakPassphraseError):
        lock_identity(new_identity(), "eleven char")


def test_the_cost_of_unlocking_stands_in_the_file_and_cannot_be_lowered_there() -> None:
    locked = json.loads(lock_identity(new_identity(), PASSPHRASE))
    assert locked["kdf"]["memory_kib"] == 64
    locked["kdf"]["memory_kib"] = 32
    with pytest.raises(WrongPassphraseError):
        unlock_identity(json.dumps(locked).encode(), PASSPHRASE)


def test_new_identities_cost_a_quarter_of_a_gibibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert vault.PARAMETERS.memory_kib == 256 * 1024


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{}", b'{"format":"chartassay-identity-1"}'])
def test_another_file_is_named_so(data: bytes) -> None:
    with pytest.raises(NotAnIdentityError):
        unlock_identity(data, PASSPHRASE)


def test_the_public_half_travels_as_one_line() -> None:
    made = new_identity()
    assert public_from_text(made.public.text() + "\n") == made.public
    for other in (
        "",
        "chartassay-public-1",
        "chartassay-public-1 AAAA",
        made.public.text() + " more",
        "ssh-ed25519 AA==",
    ):
        with pytest.raises(NotAPublicKeyError):
            public_from_text(other)


def test_a_public_key_that_nothing_can_be_wrapped_to_is_refused() -> None:
    sound = new_identity().public
    with pytest.raises(NotAPublicKeyError):
        public_from_text(vault.PublicIdentity(bytes(32), sound.sign).text())


def test_the_recovery_identity_comes_back_from_its_text() -> None:
    made = new_identity()
    assert recovery_from_text(recovery_text(made)).public == made.public
    with pytest.raises(NotAnIdentityError):
        recovery_from_text("chartassay-recovery-1 x")


def test_no_private_key_shows_in_a_repr() -> None:
    made = new_identity()
    assert made.signing.private_bytes_raw().hex() not in repr(made)
