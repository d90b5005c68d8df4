"""One act in the making: what happened, the content to be sealed with it, the files it leaves."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.domain.canonical import to_json
from audit.domain.membership import Compartment
from audit.trail.form import Kind

_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Content of one object, before it is sealed; ``case_id`` is None for ops."""

    compartment: Compartment
    name: str
    case_id: str | None
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftFile:
    """A file that the act leaves, still under its temporary name."""

    file_id: str
    temporary: Path
    final: Path
    purpose: str
    phi: bool


class Act:
    """Built up by a use case, written by ``Ledger.write``. ``kind`` and ``ops`` are sealed under the ops key.

    ``ops`` is plain JSON without floats that matter: nothing of one patient may stand in it.
    """

    def __init__(self, kind: str, ops: Mapping[str, object]) -> None:
        """Name the act (``run``, ``review.import``) and say what a manager may know of it."""
        self.kind = kind
        self.ops: dict[str, Any] = to_json(dict(ops))
        self.record_kind = Kind.ACT
        self.clear: Mapping[str, Any] | None = None
        self.parts: list[Part] = []
        self.files: list[LeftFile] = []
        self.new_cases: set[str] = set()
        self.shredded: tuple[bytes, ...] = ()

    @classmethod
    def of_rights(cls, kind: Kind, clear: Mapping[str, Any], ops: Mapping[str, object]) -> Act:
        """Return an act that changes members or keys; ``clear`` is what a verifier without keys must see."""
        act = cls(kind.label, ops)
        act.record_kind, act.clear = kind, clear
        return act

    def seal_case(self, case_id: str | None, name: str, payload: bytes) -> str:
        """Add content of one case, sealed under the case's key; None begins a new case. Returns the case id."""
        if case_id is None:
            case_id = secrets.token_hex(_ID_BYTES)
            self.new_cases.add(case_id)
        self.parts.append(Part(compartment=Compartment.PHI, name=name, case_id=case_id, payload=payload))
        return case_id

    def seal_ops(self, name: str, payload: bytes) -> None:
        """Add content that every member may read."""
        self.parts.append(Part(compartment=Compartment.OPS, name=name, case_id=None, payload=payload))

    def file(self, temporary: Path, final: Path, *, purpose: str, phi: bool) -> None:
        """Add a file that is complete under ``temporary`` and gets its name once the entry is committed."""
        file_id = secrets.token_hex(_ID_BYTES)
        self.files.append(
            LeftFile(file_id=file_id, temporary=temporary.resolve(), final=final.resolve(), purpose=purpose, phi=phi)
        )
