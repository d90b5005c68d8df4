"""Entries as a member sees them once opened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.domain.membership import Compartment
from audit.flow.keyring import Keyring
from audit.trail.form import Kind, Record
from audit.trail.walk import Walk
from audit.vault.seal import open_entry

_OBJECTS = (b"o", b"p")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRef:
    """One sealed object as its entry names it. ``case_id`` is None for ops; ``sha256`` (hex) is of the sealed bytes."""

    object_id: str
    name: str
    case_id: str | None
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One entry, opened. ``files`` of an act stand in ``ops["files"]``."""

    seq: int
    kind: str
    actor: str
    recorded_at: str
    ops: dict[str, Any]
    objects: tuple[ObjectRef, ...]


def open_record(record: Record, keys: Keyring, walk: Walk) -> TrailEntry | None:
    """Open one record, or return None when this member has no key of its epoch."""
    if record.kind is Kind.GENESIS:
        officer = str(record.clear["officer"]["name"])
        at, ops = str(record.clear["at"]), {"officer": officer}
        return TrailEntry(seq=0, kind=record.kind.label, actor=officer, recorded_at=at, ops=ops, objects=())
    ops_key = keys.epoch_key(walk, record.epoch, Compartment.OPS)
    if ops_key is None:
        return None
    content = json.loads(open_entry(ops_key, record.seq, record.before_body, record.body))
    return TrailEntry(
        seq=record.seq,
        kind=content["kind"],
        actor=walk.roster.members[walk.epochs[record.epoch].actor].name,
        recorded_at=content["at"],
        ops={**content["ops"], "files": content["files"]} if content["files"] else content["ops"],
        objects=_refs(record, content["objects"]),
    )


def _refs(record: Record, named: Sequence[Sequence[Any]]) -> tuple[ObjectRef, ...]:
    objects = [item for item in record.items if item.type in _OBJECTS]
    return tuple(
        ObjectRef(object_id=item.id.hex(), name=name, case_id=case_id, sha256=item.sha256.hex())
        for item, (name, case_id) in zip(objects, named, strict=True)
    )
