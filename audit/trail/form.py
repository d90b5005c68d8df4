"""The bytes of one record, written and read. FORMAT.md §1; nothing here knows a key or a database."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from audit.domain.canonical import canonical_bytes
from audit.errors import CheckFailedError

MAGIC = b"CAE1"
HEADER = struct.Struct(">4sB32sQQ16sIIII")
ITEM = struct.Struct(">c16s32s")
NO_ID = bytes(16)
NO_TRAIL = bytes(32)
BODY_OVERHEAD = 28
"""Nonce and tag of the sealed body."""
SIGNATURE_BYTES = 64
SIGNED_BY_IDENTITY = b"chartassay identity v1\x00"


class Kind(IntEnum):
    """The kinds that a verifier without keys must tell apart; everything else is an act."""

    GENESIS = 0
    EPOCH_OPEN = 1
    USER_ADD = 2
    USER_REVOKE = 3
    KEYS_GRANT = 4
    ACT = 5
    CASE_SHRED = 6
    RECOVERY_SEEN = 7

    @property
    def label(self) -> str:
        """The name people see, and the database's ``kind`` column: ``epoch.open``."""
        return _LABELS[self]


_LABELS = tuple(kind.name.lower().replace("_", ".") for kind in Kind)


class MalformedRecordError(CheckFailedError):
    """Stored bytes that are no record of this format."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing an entry vouches for: ``type`` is ``o``, ``p``, ``c`` or ``f`` (FORMAT.md §1)."""

    type: bytes
    id: bytes
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One parsed record; ``before_body`` is the AAD, ``before_signature`` what an identity signs (with its prefix)."""

    kind: Kind
    trail: bytes
    seq: int
    commit: int
    epoch: bytes
    clear: Mapping[str, Any]
    items: tuple[Item, ...]
    before_body: bytes
    body: bytes
    before_signature: bytes
    signature: bytes


def head_of_record(
    *,
    kind: Kind,
    trail: bytes,
    seq: int,
    commit: int,
    epoch: bytes,
    body_bytes: int,
    clear: Mapping[str, Any] | None = None,
    items: Sequence[Item] = (),
) -> bytes:
    """Return every byte of a record before its body; ``body_bytes`` counts nonce, ciphertext and tag."""
    clear_bytes = b"" if clear is None else canonical_bytes(clear)
    signature_bytes = SIGNATURE_BYTES if kind in (Kind.GENESIS, Kind.EPOCH_OPEN) else 0
    header = HEADER.pack(
        MAGIC, kind, trail, seq, commit, epoch, len(clear_bytes), len(items), body_bytes, signature_bytes
    )
    return header + clear_bytes + b"".join(ITEM.pack(item.type, item.id, item.sha256) for item in items)


def parse_record(data: bytes) -> Record:
    """Read one stored record. Raises MalformedRecordError for anything but the exact format."""
    if len(data) < HEADER.size:
        raise MalformedRecordError("a stored entry is too short to be a record")
    magic, kind, trail, seq, commit, epoch, clear_len, item_count, body_len, signature_len = HEADER.unpack_from(data)
    items_at = HEADER.size + clear_len
    body_at = items_at + item_count * ITEM.size
    signature_at = body_at + body_len
    if magic != MAGIC or kind > Kind.RECOVERY_SEEN or signature_at + signature_len != len(data):
        raise MalformedRecordError("a stored entry is no record of this format")
    return Record(
        kind=Kind(kind),
        trail=trail,
        seq=seq,
        commit=commit,
        epoch=epoch,
        clear=_clear(data[HEADER.size : items_at]),
        items=tuple(Item(*fields) for fields in ITEM.iter_unpack(data[items_at:body_at])),
        before_body=data[:body_at],
        body=data[body_at:signature_at],
        before_signature=data[:signature_at],
        signature=data[signature_at:],
    )


def _clear(data: bytes) -> Mapping[str, Any]:
    if not data:
        return {}
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedRecordError("the clear part of a stored entry is not JSON") from error
    if not isinstance(value, dict):
        raise MalformedRecordError("the clear part of a stored entry is not an object")
    return value
