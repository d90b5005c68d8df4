"""Turn an act into sealed bytes, before the short transaction that writes them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.domain.membership import Compartment
from audit.flow.act import Act, LeftFile, Part
from audit.flow.journal import PendingFile, file_digest
from audit.flow.keyring import Keyring, RoleError, WriterEpoch, entry_plaintext
from audit.trail.form import Item
from audit.vault.seal import pad, seal_object, wrap_case_key
from audit.vault.wrap import new_key

_ITEM_TYPES = {Compartment.OPS: b"o", Compartment.PHI: b"p"}


@dataclass(slots=True, kw_only=True)  # not frozen: one is made for every act, and that costs four times as much
class SealedAct:
    """An act with its content sealed: what its entry vouches for, the rows, and the keys of cases it has begun."""

    items: list[Item]
    objects: list[tuple[bytes, bytes]]
    case_rows: list[tuple[bytes, bytes, bytes]]
    case_keys: dict[bytes, bytes]
    plaintext: bytes
    pending: list[PendingFile]


def seal_act(act: Act, epoch: WriterEpoch, keys: Keyring, trail: bytes) -> SealedAct:
    """Seal the parts of ``act`` under ``epoch``; the keys of earlier cases are in ``keys`` already.

    Raises RoleError when the writer's epoch has no phi key, NoKeyError for a case that he cannot open.
    """
    if not act.parts and not act.files:
        plaintext = pad(entry_plaintext(act.kind, act.ops, (), ()))
        return SealedAct(items=[], objects=[], case_rows=[], case_keys={}, plaintext=plaintext, pending=[])
    case_keys = {bytes.fromhex(case): new_key() for case in sorted(act.new_cases)}
    objects = [_seal_part(part, epoch, keys, case_keys, trail) for part in act.parts]
    case_rows = [(case, epoch.id, _wrap_case(epoch, case, key, trail)) for case, key in case_keys.items()]
    pending = [_pending(left) for left in act.files]
    named = [[part.name, part.case_id] for part in act.parts]
    return SealedAct(
        items=[
            *(_item(_ITEM_TYPES[p.compartment], o, data) for p, (o, data) in zip(act.parts, objects, strict=True)),
            *(_item(b"c", case, wrap) for case, _, wrap in case_rows),
            *(Item(b"f", bytes.fromhex(left.file_id), bytes(32)) for left in act.files),
        ],
        objects=objects,
        case_rows=case_rows,
        case_keys=case_keys,
        plaintext=pad(entry_plaintext(act.kind, act.ops, named, _file_facts(act.files, pending))),
        pending=pending,
    )


def _item(kind: bytes, item_id: bytes, data: bytes) -> Item:
    return Item(kind, item_id, hashlib.sha256(data).digest())


def _seal_part(
    part: Part, epoch: WriterEpoch, keys: Keyring, new: Mapping[bytes, bytes], trail: bytes
) -> tuple[bytes, bytes]:
    object_id = secrets.token_bytes(16)
    parent, key = epoch.id, epoch.keys[Compartment.OPS]
    if part.case_id is not None:
        _phi_key(epoch)
        parent = bytes.fromhex(part.case_id)
        key = new[parent] if parent in new else keys.case_key(parent)
    sealed = seal_object(
        key, compartment=part.compartment, object_id=object_id, parent=parent, trail=trail, payload=part.payload
    )
    return object_id, sealed


def _wrap_case(epoch: WriterEpoch, case: bytes, key: bytes, trail: bytes) -> bytes:
    return wrap_case_key(_phi_key(epoch), key, trail=trail, epoch=epoch.id, case_id=case)


def _phi_key(epoch: WriterEpoch) -> bytes:
    if Compartment.PHI not in epoch.keys:
        raise RoleError("a manager seals no patient's content", hint="nothing was written")
    return epoch.keys[Compartment.PHI]


def _pending(left: LeftFile) -> PendingFile:
    return PendingFile(
        file_id=left.file_id,
        temporary=str(left.temporary),
        final=str(left.final),
        sha256=file_digest(left.temporary),
    )


def _printable(path: Path) -> str:
    """Return a path as text, also where its bytes are no UTF-8."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _file_facts(files: Sequence[LeftFile], pending: Sequence[PendingFile]) -> list[dict[str, Any]]:
    return [
        {
            "id": left.file_id,
            "path": _printable(left.final),
            "sha256": noted.sha256,
            "purpose": left.purpose,
            "phi": left.phi,
        }
        for left, noted in zip(files, pending, strict=True)
    ]
