"""Many acts in one commit: the walk hashes them without a closer look, and still nothing passes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.domain.membership import Compartment
from audit.trail.append import Place, epoch_clear, epoch_record, genesis_record, sealed_record, sign_checkpoint
from audit.trail.damage import Damage, DamagedTrailError
from audit.trail.form import Kind
from audit.trail.rights import member_id
from audit.trail.tree import Frontier
from audit.trail.walk import StoredEntry, Walk

IDENTITY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EPOCH_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC, HPKE = IDENTITY.public_key().public_bytes_raw(), bytes(31) + b"\x09"


def seal(_seq: int, _aad: bytes, plaintext: bytes) -> bytes:
    return bytes(12) + plaintext + bytes(16)


@dataclass
class Log:
    trail_id: str
    entries: list[StoredEntry]
    notes: dict[int, str]

    def walk(self, **changes: object) -> Walk:
        changed = replace(self, **changes)  # type: ignore[arg-type]  # the fields by name
        walk = Walk(changed.trail_id)
        walk.feed(changed.entries, changed.notes)
        return walk


def batch(size: int = 6) -> Log:
    """Return a log of genesis, epoch.open and, in a second commit, ``size`` acts."""
    officer = {"name": "olga", "hpke": HPKE.hex(), "sign": PUBLIC.hex()}
    genesis = genesis_record({"at": "", "nonce": "", "officer": officer, "recovery": None}, IDENTITY.sign)
    trail_id = hashlib.sha256(genesis).hexdigest()
    key = EPOCH_KEY.public_key().public_bytes_raw()
    opening = epoch_clear(actor=member_id(HPKE, PUBLIC), key=key, commitments={Compartment.OPS: bytes(32)}, wraps={})
    place = Place(trail=bytes.fromhex(trail_id), epoch=b"e" * 16, commit=0, seq=1)
    first = [genesis, epoch_record(place, opening, b"x", seal, IDENTITY.sign)]
    acts = [sealed_record(replace(place, commit=2, seq=2 + n), Kind.ACT, b"%d" % n, seal) for n in range(size)]
    tree = Frontier()
    notes = [sign_checkpoint(trail_id, tree, first, public=key, sign=EPOCH_KEY.sign)]
    tree.extend(first)
    notes.append(sign_checkpoint(trail_id, tree, acts, public=key, sign=EPOCH_KEY.sign))
    kinds = ["genesis", "epoch.open", *["act"] * size]
    return Log(trail_id, [(n, kinds[n], data) for n, data in enumerate(first + acts)], dict(notes))


def damage_of(log: Log, **changes: object) -> tuple[Damage, int | None] | None:
    try:
        log.walk(**changes)
    except DamagedTrailError as error:
        return error.damage, error.seq
    return None


def test_a_batch_is_walked_to_its_end() -> None:
    walk = batch().walk()
    assert walk.size == 8
    whole = Frontier()
    whole.extend(data for _, _, data in batch().entries)
    assert walk.frontier.root() == whole.root()


def test_no_flipped_byte_in_a_batch_goes_unseen() -> None:
    log = batch()
    missed = []
    for number in range(2, 8):
        seq, kind, data = log.entries[number]
        for place in range(len(data)):
            flipped = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            found = damage_of(log, entries=[*log.entries[:number], (seq, kind, flipped), *log.entries[number + 1 :]])
            if found is None:
                missed.append((seq, place))
    assert missed == []


@pytest.mark.parametrize("number", range(2, 8))
def test_an_act_cannot_leave_its_batch(number: int) -> None:
    log = batch()
    rest = log.entries[:number] + log.entries[number + 1 :]
    found = damage_of(log, entries=rest)
    assert found is not None
    assert found[0] in (Damage.REMOVED, Damage.EDITED)


def test_acts_cannot_change_places_in_a_batch() -> None:
    log = batch()
    (three, kind, a), (four, _, b) = log.entries[3:5]
    swapped = [*log.entries[:3], (three, kind, b), (four, kind, a), *log.entries[5:]]
    assert damage_of(log, entries=swapped) == (Damage.REORDERED, 3)


def test_another_kind_cannot_hide_behind_the_kind_column() -> None:
    log = batch()
    seq, _, data = log.entries[5]
    assert damage_of(log, entries=[*log.entries[:5], (seq, "user.add", data), *log.entries[6:]]) == (Damage.EDITED, 5)
    changed = data[:4] + bytes([Kind.USER_ADD]) + data[5:]
    assert damage_of(log, entries=[*log.entries[:5], (seq, "act", changed), *log.entries[6:]]) == (Damage.EDITED, 5)


def test_a_batch_without_its_checkpoint_is_unsigned() -> None:
    log = batch()
    assert damage_of(log, notes={2: log.notes[2]}) == (Damage.INSERTED, 2)
    assert damage_of(log, entries=log.entries[:6]) == (Damage.REMOVED, 6)
