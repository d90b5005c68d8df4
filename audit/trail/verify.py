"""Re-read the stored bytes and decide whether the trail is whole; shares nothing with the writer but the format."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from audit.trail.commit import StoredEntry
from audit.trail.damage import Damage, DamagedTrailError
from audit.trail.form import MalformedRecordError, parse_record
from audit.trail.nodes import Node
from audit.trail.note import Checkpoint
from audit.trail.walk import Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What lies in the database, as values. The callables start a new reading each time.

    ``objects``: (object id, sealed bytes). ``case_keys``: (case id, epoch id, wrap). ``schema`` is the text of every
    table, index and trigger as found; ``expected_schema`` what the migrations make. ``nodes``: the stored roots of
    complete subtrees, None in a schema that has none.
    """

    entries: Callable[[], Iterable[StoredEntry]]
    notes: Mapping[int, str]
    objects: Callable[[], Iterable[tuple[bytes, bytes]]]
    case_keys: Callable[[], Iterable[tuple[bytes, bytes, bytes]]]
    head: int
    schema: Sequence[str]
    expected_schema: Sequence[str]
    nodes: Callable[[], AbstractSet[Node]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome: ``damage`` None means intact. ``first_bad`` is the seq of the first bad entry where there is one."""

    entries: int
    damage: Damage | None = None
    first_bad: int | None = None
    walk: Walk | None = None


def verify_trail(stored: Stored, trail_id: str, *, anchors: Sequence[Checkpoint] = ()) -> Verdict:
    """Recompute everything from the stored bytes: tree, checkpoints, signatures, rights, objects, schema."""
    walk = Walk(trail_id, anchors=anchors)
    try:
        walk.feed(stored.entries(), stored.notes)
        walk.finish(stored.head)
        _check_nodes(walk, stored)
        _check_blobs(walk, stored)
        _check_schema(stored)
    except DamagedTrailError as error:
        count = sum(1 for _ in stored.entries())
        return Verdict(entries=count, damage=_refine(error, stored), first_bad=error.seq)
    return Verdict(entries=walk.size, walk=walk)


def _check_schema(stored: Stored) -> None:
    if list(stored.schema) != list(stored.expected_schema):
        raise DamagedTrailError(Damage.SCHEMA, None)


def _check_nodes(walk: Walk, stored: Stored) -> None:
    if stored.nodes is not None and stored.nodes() != set(walk.frontier.nodes):
        raise DamagedTrailError(Damage.EDITED, None)


def _check_blobs(walk: Walk, stored: Stored) -> None:
    """Hold every stored object and case-key wrap against the digest its entry carries."""
    wanted = {key: value for key, value in walk.items.items() if key[0] != b"f"}
    bad: list[DamagedTrailError] = []
    for key, data in _blobs(stored, wanted):
        digest, seq = wanted.pop(key, (b"", None))
        if seq is None:
            bad.append(DamagedTrailError(Damage.INSERTED, None))
        elif hashlib.sha256(data).digest() != digest:
            bad.append(DamagedTrailError(Damage.EDITED, seq))
    bad += [DamagedTrailError(Damage.REMOVED, seq) for _, seq in wanted.values()]
    if bad:
        raise min(bad, key=lambda error: (error.seq is None, error.seq))


def _blobs(
    stored: Stored, wanted: Mapping[tuple[bytes, bytes, bytes], object]
) -> Iterable[tuple[tuple[bytes, bytes, bytes], bytes]]:
    for object_id, sealed in stored.objects():
        phi = (b"p", object_id, b"")
        yield phi if phi in wanted else (b"o", object_id, b""), sealed
    for case_id, epoch, wrap in stored.case_keys():
        yield (b"c", case_id, epoch), wrap


def _refine(error: DamagedTrailError, stored: Stored) -> Damage:
    """Tell reordered, inserted and removed apart by the numbers that the records themselves carry."""
    if error.damage not in (Damage.EDITED, Damage.REMOVED, Damage.REORDERED) or error.seq is None:
        return error.damage
    numbers = Counter(_own_numbers(stored))
    if numbers and max(numbers.values()) > 1:
        return Damage.INSERTED
    if error.damage is Damage.EDITED:
        return Damage.EDITED
    if error.damage is Damage.REORDERED:
        return Damage.REORDERED if error.seq in numbers else Damage.REMOVED
    return Damage.REMOVED


def _own_numbers(stored: Stored) -> Iterable[int]:
    for _, _, data in stored.entries():
        try:
            yield parse_record(data).seq
        except MalformedRecordError:
            continue
