"""What an attacker with the database in his hands can do, and what ``trail verify`` says of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.domain.membership import Compartment, MemberRole
from audit.flow.keyring import WriterEpoch, body_sealer, entry_plaintext, epoch_opening, new_epoch
from audit.flow.ledger import Act
from audit.flow.membership import revoke_user
from audit.flow.trail_view import verify_workspace
from audit.store import rows
from audit.store.database import expected_schema, open_store, read_schema
from audit.trail.append import Place, epoch_record, sealed_record, sign_checkpoint
from audit.trail.damage import DamagedTrailError
from audit.trail.form import Kind
from audit.trail.mark import mark_path
from audit.trail.rights import Member, Roster
from audit.trail.verify import Stored, verify_trail
from audit.vault.identity import Identity, new_identity
from audit.vault.seal import pad
from audit.vault.wrap import new_key

if TYPE_CHECKING:
    from tests.unit.flow_ledger.conftest import MakeOffice, Office

Attack = Callable[[sqlite3.Connection], object]


def verdict_of(office: Office, **options: Any) -> tuple[str, str | None, int | None]:
    found = verify_workspace(office.workspace, options.get("checkpoint"))
    return found["verdict"], found["damage"], found["first_bad"]


def forget_mark(office: Office) -> None:
    mark_path(office.workspace.trail_id).unlink()


def script(sql: str) -> Attack:
    return lambda database: database.executescript(sql)


def flip(table: str, column: str, place: int, where: str) -> Attack:
    def attack(database: sqlite3.Connection) -> None:
        (value,) = database.execute(f"SELECT {column} FROM {table} WHERE {where}").fetchone()
        changed = bytearray(value)
        changed[place] ^= 1
        database.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (bytes(changed),))

    return attack


def swap(database: sqlite3.Connection) -> None:
    database.executescript(
        "UPDATE entry SET seq = -3 WHERE seq = 3; UPDATE entry SET seq = 3 WHERE seq = 4;"
        "UPDATE entry SET seq = 4 WHERE seq = -3;"
    )


def renumber_from(seq: int, by: int) -> str:
    return (
        f"UPDATE entry SET seq = -(seq + {by}) WHERE seq >= {seq}; UPDATE entry SET seq = -seq WHERE seq < 0;"
        f"UPDATE checkpoint SET size = -(size + {by}) WHERE size > {seq}; "
        f"UPDATE checkpoint SET size = -size WHERE size < 0; UPDATE head SET size = size + {by};"
    )


# genesis 0, epoch.open 1 | epoch.open 2, one 3 | two 4 | three 5
ATTACKS: dict[str, tuple[Attack, str, int | None]] = {
    "a byte of a body is changed": (flip("entry", "record", -1, "seq = 4"), "edited", 4),
    "a byte of a header is changed": (flip("entry", "record", 60, "seq = 4"), "edited", 4),
    "an epoch's opening is changed": (flip("entry", "record", 200, "seq = 2"), "edited", 2),
    "the entry behind an epoch's opening is changed": (flip("entry", "record", -1, "seq = 3"), "edited", 3),
    "the genesis record is changed": (flip("entry", "record", 100, "seq = 0"), "edited", 0),
    "an entry becomes text": (script("UPDATE entry SET record = 'x' WHERE seq = 4"), "edited", 4),
    "the kind column lies": (script("UPDATE entry SET kind = 'user.add' WHERE seq = 4"), "edited", 4),
    "the last entry is deleted": (script("DELETE FROM entry WHERE seq = 5"), "removed", 5),
    "the last two entries are deleted": (script("DELETE FROM entry WHERE seq > 3"), "removed", 4),
    "an entry in the middle is deleted": (script("DELETE FROM entry WHERE seq = 4"), "removed", 4),
    "the first entry is deleted": (script("DELETE FROM entry WHERE seq = 0"), "removed", 0),
    "all is deleted": (script("DELETE FROM entry; DELETE FROM checkpoint; UPDATE head SET size = 0"), "removed", 0),
    "an entry is deleted and the rest renumbered": (
        script("DELETE FROM entry WHERE seq = 4; DELETE FROM checkpoint WHERE size = 5;" + renumber_from(5, -1)),
        "removed",
        4,
    ),
    "two entries change places": (swap, "reordered", 3),
    "an entry is written twice": (
        script(
            renumber_from(5, 1)
            + "INSERT INTO entry SELECT 5, kind, record FROM entry WHERE seq = 4;"
            + "INSERT INTO checkpoint SELECT 6, note FROM checkpoint WHERE size = 5"
        ),
        "inserted",
        5,
    ),
    "an unsigned entry is put at the end": (
        script("INSERT INTO entry SELECT 6, kind, record FROM entry WHERE seq = 5"),
        "inserted",
        6,
    ),
    "a checkpoint is deleted": (script("DELETE FROM checkpoint WHERE size = 5"), "removed", 4),
    "a checkpoint is added": (
        script("INSERT INTO checkpoint SELECT 3, note FROM checkpoint WHERE size = 4"),
        "inserted",
        3,
    ),
    "a checkpoint is changed": (
        script("UPDATE checkpoint SET note = replace(note, char(10) || '5' || char(10), char(10) || '6' || char(10))"),
        "edited",
        4,
    ),
    "the head is moved back": (script("UPDATE head SET size = 3"), "edited", None),
    "the head is moved on": (script("UPDATE head SET size = 9"), "removed", 6),
    "a sealed object is changed": (script("UPDATE object SET sealed = zeroblob(400)"), "edited", 3),
    "a sealed object is deleted": (script("DELETE FROM object WHERE rowid = 3"), "removed", 4),
    "a sealed object is added": (script("INSERT INTO object VALUES (zeroblob(16), zeroblob(400))"), "inserted", None),
    "a case key is changed": (script("UPDATE case_key SET wrapped = zeroblob(60)"), "edited", 3),
    "the case keys are deleted": (script("DELETE FROM case_key"), "removed", 3),
    "a case key is moved to another epoch": (script("UPDATE case_key SET epoch = zeroblob(16)"), "removed", 3),
    "a table is added": (script("CREATE TABLE more (x)"), "schema", None),
    "an index is added": (script("CREATE INDEX more ON entry (kind)"), "schema", None),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_named_with_its_first_bad_entry(office: Office, name: str) -> None:
    attack, damage, first_bad = ATTACKS[name]
    office.write("one", "two", "three")
    assert verdict_of(office) == ("intact", None, None)
    with office.raw() as database:
        attack(database)
    assert verdict_of(office) == ("damaged", damage, first_bad)


def test_every_command_but_the_verifier_stops_at_a_damaged_trail(office: Office) -> None:
    office.write("one", "two")
    with office.raw() as database:
        flip("entry", "record", -1, "seq = 4")(database)
    with pytest.raises(DamagedTrailError) as stopped, office.ledger():
        pass
    assert stopped.value.exit_code == 1


@pytest.mark.parametrize("name", ["entry_no_delete", "entry_continues", "object_no_update"])
def test_a_dropped_trigger_is_seen(office: Office, name: str) -> None:
    office.write("one")
    with sqlite3.connect(office.database) as database:
        database.execute(f"DROP TRIGGER {name}")
    database.close()
    assert verdict_of(office) == ("damaged", "schema", None)


def test_a_missing_database_is_damage_not_emptiness(office: Office) -> None:
    office.database.unlink()
    assert verdict_of(office)[:2] == ("damaged", "removed")


def test_the_database_of_another_workspace_is_not_taken_for_this_one(office: Office, make_office: MakeOffice) -> None:
    other = make_office("other")
    other.write("one", "two", "three")
    shutil.copy(other.database, office.database)
    assert verdict_of(office) == ("damaged", "edited", 0)
    with pytest.raises(DamagedTrailError), office.ledger():
        pass


def test_an_older_copy_with_its_own_checkpoint_is_seen_through_the_mark(office: Office, tmp_path: Path) -> None:
    office.write("one")
    shutil.copy(office.database, tmp_path / "old.db")
    office.write("two")
    shutil.copy(tmp_path / "old.db", office.database)
    assert verdict_of(office) == ("damaged", "rolled_back", 4)
    with pytest.raises(DamagedTrailError), office.ledger():
        pass
    forget_mark(office)
    found = verify_workspace(office.workspace, None)
    assert (found["verdict"], found["anchor"], found["since"]) == ("intact", "none", None)


def test_an_act_of_a_command_that_still_runs_cannot_be_rolled_back_unseen(office: Office, tmp_path: Path) -> None:
    shutil.copy(office.database, tmp_path / "old.db")
    with office.ledger() as ledger:
        ledger.write(Act("read and killed", {}))
        kept = mark_path(office.workspace.trail_id).read_text()
    mark_path(office.workspace.trail_id).write_text(kept)
    shutil.copy(tmp_path / "old.db", office.database)
    assert verdict_of(office) == ("damaged", "rolled_back", 2)


def test_a_history_rewritten_after_a_rollback_is_a_fork(office: Office, tmp_path: Path) -> None:
    office.write("one")
    shutil.copy(office.database, tmp_path / "old.db")
    office.write("two")
    kept = mark_path(office.workspace.trail_id).read_text()
    shutil.copy(tmp_path / "old.db", office.database)
    forget_mark(office)
    office.write("other", "more", "still more")
    assert verdict_of(office) == ("intact", None, None)
    mark_path(office.workspace.trail_id).write_text(kept)
    assert verdict_of(office) == ("damaged", "forked", 4)
    checkpoint = tmp_path / "kept.txt"
    checkpoint.write_text(kept)
    forget_mark(office)
    assert verdict_of(office, checkpoint=checkpoint) == ("damaged", "forked", 4)


def test_a_checkpoint_kept_elsewhere_proves_growth(office: Office, tmp_path: Path) -> None:
    office.write("one")
    checkpoint = tmp_path / "kept.txt"
    with office.ledger() as ledger:
        checkpoint.write_text(ledger.checkpoint())
    office.write("two")
    found = verify_workspace(office.workspace, checkpoint)
    assert (found["verdict"], found["anchor"], found["since"]) == ("intact", "checkpoint", 4)


# -- entries without the right -------------------------------------------------------------------------------------


def forge(
    office: Office,
    identity: Identity,
    *,
    kind: Kind = Kind.ACT,
    clear: dict[str, Any] | None = None,
    change: Callable[[WriterEpoch, dict[str, Any]], None] = lambda _epoch, _opening: None,
) -> None:
    """Append an epoch and an entry by ``identity`` as a program without any checks would."""
    workspace = office.workspace
    with office.ledger() as ledger:
        walk = ledger.walk
    public = identity.public
    actor = Member(name="mallory", role=MemberRole.OFFICER, hpke=public.hpke, sign=public.sign, since=0)
    epoch = new_epoch(actor, Roster(members=walk.roster.members))
    opening = epoch_opening(epoch, actor, workspace.trail_id)
    change(epoch, opening)
    seal = body_sealer(epoch.keys[Compartment.OPS])
    place = Place(trail=walk.trail_id, epoch=epoch.id, commit=walk.size, seq=walk.size)
    text = pad(entry_plaintext("x", {}, [], []))
    records = [
        epoch_record(place, opening, text, seal, identity.sign),
        sealed_record(replace(place, seq=walk.size + 1), kind, text, seal, clear=clear),
    ]
    with open_store(workspace.store_url, workspace.root) as store, store.writing() as connection:
        labels = (Kind.EPOCH_OPEN.label, kind.label)
        rows.insert_entries(connection, [(walk.size + n, labels[n], data) for n, data in enumerate(records)])
        size, note = sign_checkpoint(
            workspace.trail_id, walk.frontier, records, public=epoch.public, sign=epoch.signing.sign
        )
        rows.insert_checkpoint(connection, size, note)


def new_member(role: str) -> dict[str, str]:
    public = new_identity().public
    return {"name": "mallory", "role": role, "hpke": public.hpke.hex(), "sign": public.sign.hex()}


def test_the_forging_hand_itself_writes_entries_that_hold(office: Office) -> None:
    forge(office, office.officer.identity, kind=Kind.USER_ADD, clear=new_member("auditor"))
    assert verdict_of(office) == ("intact", None, None)


def test_an_entry_by_a_stranger_is_unauthorised(office: Office) -> None:
    office.write("one")
    forge(office, new_identity())
    assert verdict_of(office) == ("damaged", "unauthorised", 4)


def test_an_entry_by_a_revoked_member_is_unauthorised(office: Office) -> None:
    auditor = office.join("ada", MemberRole.AUDITOR)
    revoke_user(office.workspace, office.officer, "ada")
    forge(office, auditor.identity)
    assert verdict_of(office) == ("damaged", "unauthorised", 6)


@pytest.mark.parametrize("role", ["manager", "auditor"])
def test_only_an_officer_makes_members(office: Office, role: str) -> None:
    member = office.join("max", MemberRole(role))

    def without_phi(_epoch: WriterEpoch, opening: dict[str, Any]) -> None:
        if role == "manager":
            opening["commit"].pop("phi")
            opening["wraps"] = [wrap for wrap in opening["wraps"] if wrap[0] == "ops"]

    forge(office, member.identity, kind=Kind.USER_ADD, clear=new_member("officer"), change=without_phi)
    assert verdict_of(office) == ("damaged", "unauthorised", 5)


def test_a_patients_key_wrapped_to_a_manager_is_unauthorised(office: Office) -> None:
    manager = office.join("max", MemberRole.MANAGER)
    public = manager.identity.public
    holder = Member(name="max", role=MemberRole.MANAGER, hpke=public.hpke, sign=public.sign, since=3).id

    def leak(_epoch: WriterEpoch, opening: dict[str, Any]) -> None:
        opening["wraps"].append(["phi", holder, "AAAA"])

    forge(office, office.officer.identity, change=leak)
    assert verdict_of(office) == ("damaged", "unauthorised", 4)


def test_a_manager_holds_no_patients_key_of_his_own(office: Office) -> None:
    manager = office.join("max", MemberRole.MANAGER)
    forge(office, manager.identity)
    assert verdict_of(office) == ("damaged", "unauthorised", 4)


def test_an_epoch_in_someone_elses_name_is_unauthorised(office: Office) -> None:
    def borrow(_epoch: WriterEpoch, opening: dict[str, Any]) -> None:
        opening["actor"] = actor

    with office.ledger() as ledger:
        actor = ledger.member_id
    forge(office, new_identity(), change=borrow)
    assert verdict_of(office) == ("damaged", "unauthorised", 2)


def test_a_checkpoint_signed_with_another_key_is_unauthorised(office: Office) -> None:
    def other_key(epoch: WriterEpoch, _opening: dict[str, Any]) -> None:
        epoch.signing = Ed25519PrivateKey.from_private_bytes(new_key())

    forge(office, office.officer.identity, change=other_key)
    assert verdict_of(office) == ("damaged", "unauthorised", 2)


# -- every byte ----------------------------------------------------------------------------------------------------


def stored_of(office: Office) -> Stored:
    """Return the database as lists, so that single bytes can be changed quickly."""
    with open_store(office.workspace.store_url, office.workspace.root) as store, store.reading() as connection:
        return Stored(
            entries=partial(iter, list(rows.read_entries(connection))),
            notes=rows.read_notes(connection),
            objects=partial(iter, list(rows.read_objects(connection))),
            case_keys=partial(iter, list(rows.read_case_keys(connection))),
            head=rows.read_head(connection),
            schema=read_schema(connection),
            expected_schema=expected_schema(connection, store.revision),
            nodes=partial(set, rows.read_all_nodes(connection)),
        )


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ (1 << place % 8)]) + data[place + 1 :]


def test_no_flipped_byte_of_any_entry_goes_unseen(office: Office) -> None:
    office.write("one", "two")
    stored, trail = stored_of(office), office.workspace.trail_id
    assert verify_trail(stored, trail).damage is None
    entries = list(stored.entries())
    missed = []
    for number, (seq, kind, record) in enumerate(entries):
        step = 1 if seq == 4 else 9
        for place in [*range(85), *range(85, len(record), step)]:
            changed = [*entries]
            changed[number] = (seq, kind, flipped(record, place))
            verdict = verify_trail(replace(stored, entries=partial(iter, changed)), trail)
            if verdict.damage is None or verdict.first_bad != seq:
                missed.append((seq, place, verdict.damage, verdict.first_bad))
    assert missed == []


def test_no_flipped_byte_of_a_checkpoint_object_or_case_key_goes_unseen(office: Office) -> None:
    office.write("one")
    stored, trail = stored_of(office), office.workspace.trail_id
    (size, note) = max(stored.notes.items())
    objects, keys = list(stored.objects()), list(stored.case_keys())
    changes: list[dict[str, Any]] = []
    for place in range(0, len(note.encode()), 3):
        text = flipped(note.encode(), place).decode("utf-8", "surrogateescape")
        changes.append({"notes": {**stored.notes, size: text}})
    (object_id, sealed), *others = objects
    changes += [
        {"objects": partial(iter, [(object_id, flipped(sealed, place)), *others])} for place in range(0, len(sealed), 7)
    ]
    for case_id, epoch, wrap in keys:
        rest = keys[1:]
        changes += [{"case_keys": partial(iter, [(flipped(case_id, n), epoch, wrap), *rest])} for n in range(16)]
        changes += [{"case_keys": partial(iter, [(case_id, flipped(epoch, n), wrap), *rest])} for n in range(16)]
        changes += [{"case_keys": partial(iter, [(case_id, epoch, flipped(wrap, n)), *rest])} for n in range(len(wrap))]
    missed = [change for change in changes if verify_trail(replace(stored, **change), trail).damage is None]
    assert missed == []


def test_a_flipped_byte_of_the_file_is_seen_or_changes_nothing(office: Office) -> None:
    office.write("one", "two")
    good = stored_of(office)
    data = office.database.read_bytes()
    for place in range(7, len(data), len(data) // 120):
        office.database.write_bytes(flipped(data, place))
        for end in ("-wal", "-shm"):
            office.database.with_name(f"chartassay.db{end}").unlink(missing_ok=True)
        if verdict_of(office)[0] == "intact":
            same = stored_of(office)
            assert [list(same.entries()), same.notes] == [list(good.entries()), good.notes], place
            assert sorted(same.objects()) == sorted(good.objects()), place
            assert sorted(same.case_keys()) == sorted(good.case_keys()), place
