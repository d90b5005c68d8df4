"""Keys: fresh ones, subkeys, commitments, and HPKE wraps to a member's public key. FORMAT.md §4 (RFC 9180)."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from audit.domain.membership import Compartment
from audit.errors import CheckFailedError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hpke import Suite

KEY_BYTES = 32
_COMMIT = b"chartassay commit v1"


class WrapError(CheckFailedError):
    """A wrap that does not open, or opens to another key than the epoch committed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapPlace:
    """What a wrap is bound to: hex trail id, hex epoch id, compartment, member id."""

    trail: str
    epoch: str
    compartment: Compartment
    holder: str

    def info(self) -> bytes:
        """Return the HPKE info string."""
        return f"chartassay wrap v1|{self.trail}|{self.epoch}|{self.compartment}|{self.holder}".encode()


def new_key() -> bytes:
    """Return 32 random bytes."""
    return os.urandom(KEY_BYTES)


def subkey(key: bytes, label: bytes, name: bytes) -> bytes:
    """Return HMAC-SHA256(key, label ‖ 0x00 ‖ name)."""
    return hmac.digest(key, label + b"\x00" + name, sha256)


def commitment(key: bytes) -> bytes:
    """Return the public commitment to ``key``: no ciphertext can be made to open under two keys that differ in it."""
    return hmac.digest(key, _COMMIT, sha256)


def wrap_key(key: bytes, public: bytes, place: WrapPlace) -> bytes:
    """Wrap ``key`` to a raw X25519 public key, bound to ``place``."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    return _suite().encrypt(key, X25519PublicKey.from_public_bytes(public), info=place.info())


def unwrap_key(wrap: bytes, private: X25519PrivateKey, place: WrapPlace, committed: bytes) -> bytes:
    """Open a wrap and hold the key against its commitment. Raises WrapError."""
    from cryptography.exceptions import InvalidTag

    try:
        key = _suite().decrypt(wrap, private, info=place.info())
    except (InvalidTag, ValueError) as error:
        raise WrapError("a key of the trail does not open with this identity") from error
    if not hmac.compare_digest(commitment(key), committed):
        raise WrapError("a key of the trail is not the one its epoch committed to")
    return key


def _suite() -> Suite:
    from cryptography.hazmat.primitives import hpke

    return hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
