"""Seal and open: entry bodies, objects, case keys. AES-256-GCM under subkeys, padded, committed. FORMAT.md §4, §5."""

from __future__ import annotations

import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.domain.membership import Compartment
from audit.errors import CheckFailedError
from audit.vault.wrap import KEY_BYTES, commitment, subkey

OBJECT_MAGIC = b"CAO1"
ID_BYTES = 16
_NONCE_BYTES = 12
_MINIMUM = 256
_COMPARTMENT_MARK = {Compartment.OPS: b"o", Compartment.PHI: b"p"}
_PARENT_AT = len(OBJECT_MAGIC) + 1 + ID_BYTES
_COMMIT_AT = _PARENT_AT + ID_BYTES
_NONCE_AT = _COMMIT_AT + KEY_BYTES


class SealBrokenError(CheckFailedError):
    """Sealed bytes that do not open: damaged, moved, or sealed under another key."""


def padded_length(length: int) -> int:
    """Return the Padmé length of ``length`` (at most 12 % more; leaks O(log log n) bits), at least 256.

    Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019.
    """
    if length <= _MINIMUM:
        return _MINIMUM
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def pad(data: bytes) -> bytes:
    """Return data ‖ 0x80 ‖ zeros up to a padded length."""
    return (data + b"\x80").ljust(padded_length(len(data) + 1), b"\x00")


def unpad(data: bytes) -> bytes:
    """Undo ``pad``. Raises SealBrokenError."""
    stripped = data.rstrip(b"\x00")
    if not stripped.endswith(b"\x80"):
        raise SealBrokenError("sealed content is not padded as it should be")
    return stripped[:-1]


def seal_entry(ops_key: bytes, seq: int, aad: bytes, plaintext: bytes) -> bytes:
    """Return nonce ‖ ciphertext of an entry's (padded) plaintext under the entry's own subkey."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(entry_key(ops_key, seq)).encrypt(nonce, plaintext, aad)


def open_entry(ops_key: bytes, seq: int, aad: bytes, body: bytes) -> bytes:
    """Return the unpadded plaintext of an entry. Raises SealBrokenError."""
    return unpad(_decrypt(entry_key(ops_key, seq), body, aad))


def entry_key(ops_key: bytes, seq: int) -> bytes:
    """Return the subkey that discloses exactly one entry."""
    return hmac.digest(ops_key, b"entry\x00" + seq.to_bytes(8, "big"), "sha256")


def seal_object(
    parent_key: bytes, *, compartment: Compartment, object_id: bytes, parent: bytes, trail: bytes, payload: bytes
) -> bytes:
    """Seal one object under a subkey of its parent key: the epoch's ops key, or the case key for ``phi``.

    ``parent`` is the 16-byte epoch id or case id; it stands in the sealed bytes so that the row needs no other column.
    """
    key = subkey(parent_key, b"object", object_id)
    head = OBJECT_MAGIC + _COMPARTMENT_MARK[compartment] + object_id + parent + commitment(key)
    return head + _encrypt(key, pad(payload), trail + head)


def object_parent(sealed: bytes) -> tuple[Compartment, bytes, bytes]:
    """Return compartment, object id and parent id of a sealed object. Raises SealBrokenError."""
    marks = {mark: compartment for compartment, mark in _COMPARTMENT_MARK.items()}
    mark = sealed[len(OBJECT_MAGIC) : len(OBJECT_MAGIC) + 1]
    if not sealed.startswith(OBJECT_MAGIC) or mark not in marks or len(sealed) < _NONCE_AT:
        raise SealBrokenError("a sealed object is not of this format")
    return marks[mark], sealed[len(OBJECT_MAGIC) + 1 : _PARENT_AT], sealed[_PARENT_AT:_COMMIT_AT]


def open_object(parent_key: bytes, *, trail: bytes, sealed: bytes) -> bytes:
    """Open a sealed object with its parent key. Raises SealBrokenError."""
    _, object_id, _ = object_parent(sealed)
    key = subkey(parent_key, b"object", object_id)
    if not hmac.compare_digest(commitment(key), sealed[_COMMIT_AT:_NONCE_AT]):
        raise SealBrokenError("a sealed object does not open with the key of its case or epoch")
    return unpad(_decrypt(key, sealed[_NONCE_AT:], trail + sealed[:_NONCE_AT]))


def wrap_case_key(phi_key: bytes, case_key: bytes, *, trail: bytes, epoch: bytes, case_id: bytes) -> bytes:
    """Seal a case key under the epoch's phi key."""
    return _encrypt(subkey(phi_key, b"case", case_id), case_key, trail + epoch + case_id)


def unwrap_case_key(phi_key: bytes, wrap: bytes, *, trail: bytes, epoch: bytes, case_id: bytes) -> bytes:
    """Undo ``wrap_case_key``. Raises SealBrokenError."""
    return _decrypt(subkey(phi_key, b"case", case_id), wrap, trail + epoch + case_id)


def _encrypt(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def _decrypt(key: bytes, data: bytes, aad: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        return AESGCM(key).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("sealed content does not open; it was changed or belongs elsewhere") from error
