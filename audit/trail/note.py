"""C2SP signed notes and tlog checkpoints: the text that says how many entries there are and what their root is.

Sources: c2sp.org/signed-note@v1.0.0, c2sp.org/tlog-checkpoint@v1.0.0, c2sp.org/tlog-cosignature@v1.0.0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from audit.errors import CheckFailedError

ED25519_NOTE = b"\x01"
"""The signature type byte of Ed25519 in a signed note."""
COSIGNATURE = b"\x04"
"""The signature type byte of an Ed25519 cosignature, which carries its time."""
_KEY_ID_BYTES = 4
_TIME_BYTES = 8
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, beyond which no calendar here can print a time."""
_ROOT_BYTES = 32
_BODY_LINES = 3
_DASH = "— "


class MalformedNoteError(CheckFailedError):
    """Text that is no signed note, or no checkpoint."""


class UnsignedNoteError(CheckFailedError):
    """A note without a valid signature of a known key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a checkpoint says: the log's name, its number of entries and its root hash."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line of a note."""

    name: str
    key_id: bytes
    signature: bytes


def origin_of(trail_id: str) -> str:
    """Return the origin line of a trail: its name in checkpoints and the name of the keys that sign them."""
    return f"chartassay/{trail_id[:16]}"


def cosigner_of(trail_id: str, member: str) -> str:
    """Return the name under which a member cosigns checkpoints of a trail."""
    return f"{origin_of(trail_id)}/{member}"


def key_id(name: str, public: bytes, kind: bytes = ED25519_NOTE) -> bytes:
    """Return the four bytes by which a note names an Ed25519 key (32 raw bytes) and its use."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:_KEY_ID_BYTES]


def write_note(text: str, name: str, public: bytes, sign: Callable[[bytes], bytes]) -> str:
    """Return ``text`` (ending in a newline) with one signature line by the given key."""
    line = base64.b64encode(key_id(name, public) + sign(text.encode())).decode()
    return f"{text}\n{_DASH}{name} {line}\n"


def split_note(note: str) -> tuple[str, tuple[NoteSignature, ...]]:
    """Return the signed text and the signature lines. Raises MalformedNoteError."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n") or not text:
        raise MalformedNoteError("not a signed note")
    return text + "\n", tuple(_signature(line) for line in signatures[:-1].split("\n"))


def _signature(line: str) -> NoteSignature:
    name, space, encoded = line.removeprefix(_DASH).rpartition(" ")
    data = _decode(encoded)
    if not line.startswith(_DASH) or not space or not name or len(data) <= _KEY_ID_BYTES:
        raise MalformedNoteError("a signature line of the note is malformed")
    return NoteSignature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _decode(encoded: str) -> bytes:
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNoteError("the note holds text that is not base64") from error
    if base64.b64encode(data).decode() != encoded:
        raise MalformedNoteError("the note holds base64 with spare bits")
    return data


def verify_note(note: str, keys: Mapping[str, bytes]) -> str:
    """Return the text of a note signed by one of ``keys`` (name → Ed25519 public key, raw).

    A known key whose signature fails refuses the whole note; unknown keys are passed over. Raises UnsignedNoteError.
    """
    text, signatures = split_note(note)
    known = [s for s in signatures if s.name in keys and s.key_id == key_id(s.name, keys[s.name])]
    if not known:
        raise UnsignedNoteError("the note carries no signature of a known key")
    for signature in known:
        _require_signature(keys[signature.name], signature.signature, text.encode())
    return text


def _require_signature(public: bytes, signature: bytes, message: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise UnsignedNoteError("a signature of the note does not hold") from error


def cosign_note(note: str, name: str, public: bytes, sign: Callable[[bytes], bytes], at: int) -> str:
    """Return ``note`` with a cosignature: at POSIX time ``at`` it was the largest consistent log the signer knew."""
    text, _ = split_note(note)
    data = key_id(name, public, COSIGNATURE) + at.to_bytes(_TIME_BYTES, "big") + sign(_cosigned(text, at))
    return f"{note}{_DASH}{name} {base64.b64encode(data).decode()}\n"


def cosigners(note: str, keys: Mapping[str, bytes]) -> dict[str, int]:
    """Return who of ``keys`` (name → Ed25519 public key, raw) has cosigned, with the POSIX time each claims.

    A cosignature of a known key that does not hold refuses the whole note. Raises UnsignedNoteError.
    """
    text, signatures = split_note(note)
    found = {}
    for line in signatures:
        public = keys.get(line.name)
        if public is not None and line.key_id == key_id(line.name, public, COSIGNATURE):
            at = int.from_bytes(line.signature[:_TIME_BYTES], "big")
            if at > _LAST_SECOND:
                raise UnsignedNoteError("a cosignature of the note is of no year")
            _require_signature(public, line.signature[_TIME_BYTES:], _cosigned(text, at))
            found[line.name] = at
    return found


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def parse_checkpoint(note: str) -> Checkpoint:
    """Read the checkpoint in a signed note, whoever signed it. Raises MalformedNoteError."""
    text, _ = split_note(note)
    lines = text.split("\n")
    if len(lines) < _BODY_LINES + 1 or not _plain_number(lines[1]):
        raise MalformedNoteError("the note is no checkpoint")
    root = _decode(lines[2])
    if len(root) != _ROOT_BYTES or not lines[0]:
        raise MalformedNoteError("the note is no checkpoint")
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=root)


def _plain_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20 and (text == "0" or text[0] != "0")  # noqa: PLR2004 - 64 bits
