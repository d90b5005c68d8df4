"""Build the records of one commit and sign its checkpoint. Keys come in as callables; the database is the caller's."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.domain.membership import Compartment
from audit.trail.form import (
    BODY_OVERHEAD,
    HEADER,
    MAGIC,
    NO_ID,
    NO_TRAIL,
    SIGNED_BY_IDENTITY,
    Item,
    Kind,
    head_of_record,
)
from audit.trail.note import Checkpoint, origin_of, write_note
from audit.trail.tree import Frontier

SealBody = Callable[[int, bytes, bytes], bytes]
"""(seq, AAD, padded plaintext) → nonce, ciphertext and tag."""
Sign = Callable[[bytes], bytes]


@dataclass(slots=True, kw_only=True)  # not frozen: one is made for every record, and that costs four times as much
class Place:
    """Where a record will stand."""

    trail: bytes
    epoch: bytes
    commit: int
    seq: int


def genesis_record(clear: Mapping[str, Any], sign: Sign) -> bytes:
    """Return the first record; its SHA-256 is the trail id."""
    head = head_of_record(kind=Kind.GENESIS, trail=NO_TRAIL, seq=0, commit=0, epoch=NO_ID, body_bytes=0, clear=clear)
    return head + sign(SIGNED_BY_IDENTITY + head)


def sealed_record(
    place: Place,
    kind: Kind,
    plaintext: bytes,
    seal: SealBody,
    *,
    clear: Mapping[str, Any] | None = None,
    items: Sequence[Item] = (),
) -> bytes:
    """Return a record with a sealed body and no signature of its own; ``plaintext`` is already padded."""
    if clear is None and not items:  # most acts; the general way costs a fifth of a whole append
        body = len(plaintext) + BODY_OVERHEAD
        head = HEADER.pack(MAGIC, kind, place.trail, place.seq, place.commit, place.epoch, 0, 0, body, 0)
    else:
        head = _head(place, kind, plaintext, clear, items)
    return head + seal(place.seq, head, plaintext)


def epoch_record(place: Place, clear: Mapping[str, Any], plaintext: bytes, seal: SealBody, sign: Sign) -> bytes:
    """Return an epoch.open record, signed by the identity that opens it."""
    head = _head(place, Kind.EPOCH_OPEN, plaintext, clear, ())
    unsigned = head + seal(place.seq, head, plaintext)
    return unsigned + sign(SIGNED_BY_IDENTITY + unsigned)


def _head(place: Place, kind: Kind, plaintext: bytes, clear: Mapping[str, Any] | None, items: Sequence[Item]) -> bytes:
    return head_of_record(
        kind=kind,
        trail=place.trail,
        seq=place.seq,
        commit=place.commit,
        epoch=place.epoch,
        body_bytes=len(plaintext) + BODY_OVERHEAD,
        clear=clear,
        items=items,
    )


def epoch_clear(
    *,
    actor: str,
    key: bytes,
    commitments: Mapping[Compartment, bytes],
    wraps: Mapping[tuple[Compartment, str], bytes],
) -> dict[str, Any]:
    """Return the clear part of epoch.open (FORMAT.md §1)."""
    return {
        "actor": actor,
        "key": key.hex(),
        "commit": {compartment.value: value.hex() for compartment, value in commitments.items()},
        "wraps": [[c.value, holder, base64.b64encode(wrap).decode()] for (c, holder), wrap in wraps.items()],
    }


def grant_clear(to: str, wraps: Mapping[tuple[bytes, Compartment], bytes]) -> dict[str, Any]:
    """Return the clear part of keys.grant (FORMAT.md §1)."""
    rows = [[epoch.hex(), c.value, base64.b64encode(wrap).decode()] for (epoch, c), wrap in wraps.items()]
    return {"to": to, "wraps": rows}


def sign_checkpoint(
    trail_id: str, before: Frontier, stored: Sequence[bytes], *, public: bytes, sign: Sign
) -> tuple[int, str]:
    """Return the size and the signed note after ``stored``, the records as read back from the database."""
    frontier = grown(before, stored)
    return frontier.size, sign_root(trail_id, frontier, public=public, sign=sign)


def grown(before: Frontier, stored: Sequence[bytes]) -> Frontier:
    """Return the tree after ``stored``."""
    frontier = before.copy()
    frontier.extend(stored)
    return frontier


def sign_root(trail_id: str, frontier: Frontier, *, public: bytes, sign: Sign) -> str:
    """Return the signed note of a tree."""
    origin = origin_of(trail_id)
    checkpoint = Checkpoint(origin=origin, size=frontier.size, root=frontier.root())
    return write_note(checkpoint.text(), origin, public, sign)
