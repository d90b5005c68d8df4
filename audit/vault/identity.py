"""Identities: X25519 and Ed25519 keys, locked with a passphrase (Argon2id, RFC 9106) on the person's own disk."""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.domain.canonical import canonical_bytes
from audit.errors import InputError, NotPermittedError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

FORMAT = "chartassay-identity-1"
PUBLIC_PREFIX = "chartassay-public-1"
RECOVERY_PREFIX = "chartassay-recovery-1"
MINIMUM_PASSPHRASE = 12
_KEY_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Argon2Parameters:
    """The cost of unlocking: memory in KiB, passes, lanes."""

    memory_kib: int
    iterations: int
    lanes: int


PARAMETERS = Argon2Parameters(memory_kib=256 * 1024, iterations=3, lanes=4)
"""What new identities are locked with; each file carries its own parameters. RFC 9106 §4 between its two choices."""
_MOST_MEMORY_KIB = 4 * 1024 * 1024


class WeakPassphraseError(UsageError):
    """A passphrase that is too short."""


class WrongPassphraseError(NotPermittedError):
    """The passphrase does not unlock the identity."""


class NotAnIdentityError(NotPermittedError):
    """A file that holds no identity of this format."""


class NotAPublicKeyError(InputError):
    """Text that is no public part of an identity."""


@dataclass(frozen=True, slots=True)
class PublicIdentity:
    """The public half: raw X25519 and Ed25519 keys of 32 bytes each."""

    hpke: bytes
    sign: bytes

    def text(self) -> str:
        """Return the one line that a member hands to an officer."""
        return f"{PUBLIC_PREFIX} {base64.b64encode(self.hpke + self.sign).decode()}"


@dataclass(frozen=True, slots=True)
class Identity:
    """The private half, in memory for one command only. Its ``repr`` shows no key."""

    hpke: X25519PrivateKey
    signing: Ed25519PrivateKey

    @property
    def public(self) -> PublicIdentity:
        """The public half."""
        return PublicIdentity(self.hpke.public_key().public_bytes_raw(), self.signing.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes)."""
        return self.signing.sign(message)


def new_identity() -> Identity:
    """Make a fresh identity."""
    return _identity(os.urandom(2 * _KEY_BYTES))


def lock_identity(identity: Identity, passphrase: str) -> bytes:
    """Return the identity file. Raises WeakPassphraseError below 12 characters."""
    if len(passphrase) < MINIMUM_PASSPHRASE:
        raise WeakPassphraseError(
            f"the passphrase has fewer than {MINIMUM_PASSPHRASE} characters", hint="use a sentence of several words"
        )
    clear = {
        "format": FORMAT,
        "public": identity.public.text(),
        "kdf": {
            "name": "argon2id",
            "memory_kib": PARAMETERS.memory_kib,
            "iterations": PARAMETERS.iterations,
            "lanes": PARAMETERS.lanes,
            "salt": base64.b64encode(os.urandom(_SALT_BYTES)).decode(),
        },
    }
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + _aead(passphrase, clear["kdf"]).encrypt(nonce, _private_bytes(identity), canonical_bytes(clear))
    document = {**clear, "sealed": base64.b64encode(sealed).decode()}
    return json.dumps(document, indent=2).encode() + b"\n"


def unlock_identity(data: bytes, passphrase: str) -> Identity:
    """Open an identity file. Raises NotAnIdentityError or WrongPassphraseError."""
    from cryptography.exceptions import InvalidTag

    document = _document(data)
    try:
        sealed = base64.b64decode(document.pop("sealed"), validate=True)
        aead = _aead(passphrase, document["kdf"])
        return _identity(aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], canonical_bytes(document)))
    except InvalidTag as error:
        raise WrongPassphraseError("wrong passphrase", hint="or the identity file was changed") from error
    except (KeyError, TypeError, ValueError) as error:
        raise NotAnIdentityError("the identity file is incomplete") from error


def public_from_text(text: str) -> PublicIdentity:
    """Read the one-line public part. Raises NotAPublicKeyError."""
    keys = _after(PUBLIC_PREFIX, text)
    if keys is None or not _can_be_wrapped_to(keys[:_KEY_BYTES]):
        raise NotAPublicKeyError(
            "not a public identity", hint="give the .pub file that chartassay identity new has written"
        )
    return PublicIdentity(keys[:_KEY_BYTES], keys[_KEY_BYTES:])


def _can_be_wrapped_to(public: bytes) -> bool:
    """Whether an X25519 key works: one of low order would make every later wrap to it fail (RFC 7748 §6.1)."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        return False
    return True


def recovery_text(identity: Identity) -> str:
    """Return the recovery identity as one line to be kept in a safe; it is not locked by any passphrase."""
    return f"{RECOVERY_PREFIX} {base64.b64encode(_private_bytes(identity)).decode()}"


def recovery_from_text(text: str) -> Identity:
    """Undo ``recovery_text``. Raises NotAnIdentityError."""
    keys = _after(RECOVERY_PREFIX, text)
    if keys is None:
        raise NotAnIdentityError("not a recovery identity")
    return _identity(keys)


def _after(prefix: str, text: str) -> bytes | None:
    words = text.split()
    try:
        keys = base64.b64decode(words[1], validate=True) if len(words) == 2 and words[0] == prefix else b""  # noqa: PLR2004 - prefix and keys
    except (binascii.Error, ValueError):
        return None
    return keys if len(keys) == 2 * _KEY_BYTES else None


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotAnIdentityError("the identity file is not one of chartassay") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NotAnIdentityError("the identity file is not one of chartassay")
    return document


def _aead(passphrase: str, kdf: Mapping[str, Any] | Any) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    if kdf["name"] != "argon2id" or not 0 < int(kdf["memory_kib"]) <= _MOST_MEMORY_KIB:
        raise ValueError("unknown key derivation")
    derive = Argon2id(
        salt=base64.b64decode(kdf["salt"], validate=True),
        length=_KEY_BYTES,
        iterations=int(kdf["iterations"]),
        lanes=int(kdf["lanes"]),
        memory_cost=int(kdf["memory_kib"]),
    )
    return AESGCM(derive.derive(passphrase.encode()))


def _private_bytes(identity: Identity) -> bytes:
    return identity.hpke.private_bytes_raw() + identity.signing.private_bytes_raw()


def _identity(keys: bytes) -> Identity:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return Identity(
        X25519PrivateKey.from_private_bytes(keys[:_KEY_BYTES]), Ed25519PrivateKey.from_private_bytes(keys[_KEY_BYTES:])
    )
