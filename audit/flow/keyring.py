"""The keys one member can reach: epoch keys through his wraps, case keys through epoch keys."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.domain.membership import Compartment
from audit.errors import CheckFailedError, NotPermittedError
from audit.trail.append import SealBody, epoch_clear
from audit.trail.rights import Member, Roster
from audit.trail.walk import Walk
from audit.vault.identity import Identity
from audit.vault.seal import seal_entry, unwrap_case_key
from audit.vault.wrap import WrapPlace, commitment, new_key, unwrap_key, wrap_key

_TO_SECONDS = len("2026-01-01T00:00:00")
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
"""As ``canonical_bytes``, for values that are plain JSON already."""


class NoKeyError(NotPermittedError):
    """No key for this content was ever given to this member."""


class RoleError(NotPermittedError):
    """The member's role does not have the right."""


class UnknownCaseError(CheckFailedError):
    """The key of a case is not in the store."""


@dataclass(slots=True, kw_only=True)
class WriterEpoch:
    """The epoch that this command writes under. ``roster`` is who was a member when its keys were made."""

    id: bytes
    keys: dict[Compartment, bytes]
    signing: Ed25519PrivateKey
    public: bytes
    """The raw public half of the signing key."""
    roster: Roster
    opened: bool = False


def new_epoch(member: Member, roster: Roster) -> WriterEpoch:
    """Make fresh keys for the compartments that ``member`` may hold."""
    keys = {compartment: new_key() for compartment in Compartment if member.may_hold(compartment)}
    signing = Ed25519PrivateKey.generate()
    public = signing.public_key().public_bytes_raw()
    return WriterEpoch(id=new_key()[:16], keys=keys, signing=signing, public=public, roster=roster)


def epoch_opening(epoch: WriterEpoch, actor: Member, trail_id: str) -> dict[str, object]:
    """Return the clear part of epoch.open: commitments, and each key wrapped to every member who may hold it."""
    wraps = {
        (compartment, holder.id): wrap_to(holder, key, trail_id, epoch.id, compartment)
        for compartment, key in epoch.keys.items()
        for holder in epoch.roster.active()
        if holder.may_hold(compartment)
    }
    commitments = {compartment: commitment(key) for compartment, key in epoch.keys.items()}
    return epoch_clear(actor=actor.id, key=epoch.public, commitments=commitments, wraps=wraps)


def wrap_to(holder: Member, key: bytes, trail_id: str, epoch: bytes, compartment: Compartment) -> bytes:
    """Wrap an epoch's key to one member."""
    place = WrapPlace(trail=trail_id, epoch=epoch.hex(), compartment=compartment, holder=holder.id)
    return wrap_key(key, holder.hpke, place)


def body_sealer(ops_key: bytes) -> SealBody:
    """Return what seals the bodies of an epoch's entries."""
    return partial(seal_entry, ops_key)


@lru_cache(maxsize=1)
def _whole_second(seconds: int) -> str:
    """Return a time in UTC to the second; writing dates out is slow, and a batch is written within one."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:_TO_SECONDS]


def entry_plaintext(
    kind: str, ops: dict[str, Any], objects: Sequence[Sequence[str | None]], files: Sequence[Mapping[str, Any]]
) -> bytes:
    """Return what an entry seals (FORMAT.md §1), with the present time; ``ops`` is plain JSON already."""
    seconds, milliseconds = divmod(time.time_ns() // 1_000_000, 1000)
    content = {
        "at": f"{_whole_second(seconds)}.{milliseconds:03}+00:00",
        "kind": kind,
        "ops": ops,
        "objects": objects,
        "files": files,
    }
    return _CANONICAL.encode(content).encode()


class Keyring:
    """Opens what this identity has wraps for, and remembers it for the length of the command."""

    def __init__(self, trail_id: str, holder: str, identity: Identity) -> None:
        """Take the trail, the member id and the identity."""
        self._trail_id = trail_id
        self._holder = holder
        self._identity = identity
        self._epoch_keys: dict[tuple[bytes, Compartment], bytes] = {}
        self._case_keys: dict[bytes, bytes] = {}

    def keep_epoch(self, epoch: WriterEpoch) -> None:
        """Remember the keys of the epoch that this command has opened."""
        for compartment, key in epoch.keys.items():
            self._epoch_keys[epoch.id, compartment] = key

    def keep_cases(self, keys: dict[bytes, bytes]) -> None:
        """Remember the keys of cases that this command has begun."""
        self._case_keys.update(keys)

    def epoch_key(self, walk: Walk, epoch: bytes, compartment: Compartment) -> bytes | None:
        """Return the key of an epoch, or None when no wrap to this member exists."""
        place = (epoch, compartment)
        if place not in self._epoch_keys:
            wrap = walk.wraps.get((epoch, compartment, self._holder))
            if wrap is None:
                return None
            bound = WrapPlace(trail=self._trail_id, epoch=epoch.hex(), compartment=compartment, holder=self._holder)
            committed = walk.epochs[epoch].commitments.get(compartment, b"")
            self._epoch_keys[place] = unwrap_key(wrap, self._identity.hpke, bound, committed)
        return self._epoch_keys[place]

    def missing_cases(self, cases: Iterable[bytes]) -> list[bytes]:
        """Return those of ``cases`` whose key is not in memory yet."""
        return [case for case in dict.fromkeys(cases) if case not in self._case_keys]

    def learn_cases(self, walk: Walk, rows: Iterable[tuple[bytes, bytes, bytes]]) -> None:
        """Unwrap case keys from stored rows: case id, epoch id, wrap. Rows this member has no key for are left."""
        trail = bytes.fromhex(self._trail_id)
        for case_id, epoch, wrap in rows:
            phi_key = self.epoch_key(walk, epoch, Compartment.PHI)
            if phi_key is not None:
                key = unwrap_case_key(phi_key, wrap, trail=trail, epoch=epoch, case_id=case_id)
                self._case_keys[case_id] = key

    def case_key(self, case_id: bytes) -> bytes:
        """Return a case key already learnt. Raises NoKeyError."""
        if case_id not in self._case_keys:
            raise NoKeyError(
                "this identity has no key for a sealed case",
                hint="an officer can hand over earlier keys: chartassay keys grant NAME",
            )
        return self._case_keys[case_id]
