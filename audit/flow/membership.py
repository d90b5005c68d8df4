"""Members: identities made, added, listed, revoked; keys of earlier epochs handed on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audit.domain.membership import Compartment, MemberRole
from audit.errors import InputError, UnreadableFileError
from audit.flow.act import Act
from audit.flow.keyring import wrap_to
from audit.flow.ledger import Ledger, open_ledger
from audit.flow.workspace import Unlocked, Workspace, write_private
from audit.trail.append import grant_clear
from audit.trail.form import Kind
from audit.trail.rights import RECOVERY_NAME, Member, Roster, check_name, member_id
from audit.vault.identity import lock_identity, new_identity, public_from_text, recovery_from_text


class UnknownMemberError(InputError):
    """No active member of that name."""


class MemberExistsError(InputError):
    """The name or the identity is a member already."""


class LastOfficerError(InputError):
    """The last officer cannot be revoked: nobody could change members or keys any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIdentity:
    """Where a new identity lies."""

    identity: Path
    public: Path


def make_identity(path: Path, passphrase: str) -> NewIdentity:
    """Write a new identity to ``path`` (0600) and its public half to ``path``.pub. Raises WeakPassphraseError."""
    identity = new_identity()
    public = path.with_name(f"{path.name}.pub")
    if public.exists():
        raise MemberExistsError(f"{public}: exists already", hint="choose another name")
    write_private(path, lock_identity(identity, passphrase))
    public.write_text(identity.public.text() + "\n", encoding="utf-8")
    return NewIdentity(identity=path, public=public)


def add_user(
    workspace: Workspace, unlocked: Unlocked, name: str, *, role: MemberRole, public: Path, coder: str | None
) -> dict[str, Any]:
    """Make the holder of ``public`` a member. Needs an officer. ``coder`` (the member's own coder id) is sealed."""
    check_name(name)
    keys = public_from_text(_read(public))
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        roster = ledger.walk.roster
        if roster.named(name) or member_id(keys.hpke, keys.sign) in roster.members:
            raise MemberExistsError(
                f"{name}: the name or the identity is known already", hint="see chartassay user list"
            )
        member = Member(name=name, role=role, hpke=keys.hpke, sign=keys.sign, since=0)
        seq = ledger.write(_addition(member, coder))
    return {"name": name, "role": role.value, "member": member_id(keys.hpke, keys.sign), "entry": seq}


def list_users(workspace: Workspace, unlocked: Unlocked) -> list[dict[str, Any]]:
    """Return every member, revoked ones included, with the entries that made and ended the membership."""
    with open_ledger(workspace, unlocked, need=MemberRole.MANAGER) as ledger:
        coders = {entry.seq: entry.ops.get("coder") for entry in ledger.entries(Kind.USER_ADD.label)}
        members = ledger.walk.roster.members.values()
    return [
        {
            "name": member.name,
            "role": member.role.value if member.role else RECOVERY_NAME,
            "member": member.id,
            "coder": coders.get(member.since),
            "since": member.since,
            "until": member.until,
        }
        for member in members
    ]


def revoke_user(workspace: Workspace, unlocked: Unlocked, name: str) -> dict[str, Any]:
    """End a membership. What the member could read until now stays readable to him; nothing later will be."""
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        member = _named(ledger.walk.roster, name)
        if ledger.walk.roster.officers() == [member]:
            raise LastOfficerError(f"{name} is the last officer", hint="add another officer first")
        seq = ledger.write(Act.of_rights(Kind.USER_REVOKE, {"member": member.id}, {"name": name}))
    return {"name": name, "member": member.id, "entry": seq}


def grant_keys(workspace: Workspace, unlocked: Unlocked, name: str) -> dict[str, Any]:
    """Wrap the keys of earlier epochs to a later member, as far as his role may hold them. Needs an officer."""
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        return _grant(workspace, ledger, _named(ledger.walk.roster, name))


def rotate_keys(workspace: Workspace, unlocked: Unlocked, name: str, public: Path) -> dict[str, Any]:
    """Give a member a new identity in place of his old one, with every key the old one held. Needs an officer.

    One commit ends the old membership, begins the new one and hands over the keys. The last officer cannot be replaced
    so: another one is to be added first.
    """
    keys = public_from_text(_read(public))
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        roster = ledger.walk.roster
        old = _named(roster, name)
        if roster.officers() == [old]:
            raise LastOfficerError(f"{name} is the last officer", hint="add another officer first")
        if member_id(keys.hpke, keys.sign) in roster.members:
            raise MemberExistsError(f"{name}: this identity is known already", hint="make one: identity new")
        new = replace(old, hpke=keys.hpke, sign=keys.sign)
        coders = {entry.seq: entry.ops.get("coder") for entry in ledger.entries(Kind.USER_ADD.label)}
        wraps = _wraps(workspace, ledger, new, only=old)
        acts = [
            Act.of_rights(Kind.USER_REVOKE, {"member": old.id}, {"name": name}),
            _addition(new, coders.get(old.since)),
        ]
        if wraps:
            acts.append(_granting(new, wraps))
        seq = ledger.write_all(acts)
    return {"name": name, "member": new.id, "granted": len(wraps), "entry": seq}


def recover(workspace: Workspace, recovery: Path, name: str, public: Path) -> dict[str, Any]:
    """Make an officer with the recovery identity and hand him every key. It stays visible until acknowledged."""
    check_name(name)
    keeper = Unlocked(recovery_from_text(_read(recovery)))
    keys = public_from_text(_read(public))
    with open_ledger(workspace, keeper, need=MemberRole.OFFICER, recovering=True) as ledger:
        roster = ledger.walk.roster
        if roster.named(name) or member_id(keys.hpke, keys.sign) in roster.members:
            raise MemberExistsError(f"{name}: the name or the identity is known already", hint="choose another name")
        new = Member(name=name, role=MemberRole.OFFICER, hpke=keys.hpke, sign=keys.sign, since=0)
        ledger.write(_addition(new, None))
        granted = _grant(workspace, ledger, _named(ledger.walk.roster, name))
    return {**granted, "member": new.id}


def acknowledge_recovery(workspace: Workspace, unlocked: Unlocked) -> dict[str, Any]:
    """Say that the use of the recovery identity was seen; until then ``trail verify`` lists it. Needs an officer."""
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        seen = list(ledger.walk.recoveries)
        if not seen:
            return {"seen": [], "entry": None}
        seq = ledger.write(Act.of_rights(Kind.RECOVERY_SEEN, {"entries": seen}, {"entries": seen}))
    return {"seen": seen, "entry": seq}


def _addition(member: Member, coder: object) -> Act:
    role = MemberRole(member.role or MemberRole.OFFICER).value
    clear = {"name": member.name, "role": role, "hpke": member.hpke.hex(), "sign": member.sign.hex()}
    return Act.of_rights(Kind.USER_ADD, clear, {"name": member.name, "role": role, "coder": coder})


def _wraps(
    workspace: Workspace, ledger: Ledger, member: Member, only: Member | None = None
) -> dict[tuple[bytes, Compartment], bytes]:
    """Wrap what ``member`` may hold and does not: every key in reach, or those that ``only`` holds."""
    return {
        (epoch, compartment): wrap_to(member, key, workspace.trail_id, epoch, compartment)
        for (epoch, compartment), key in ledger.epoch_keys().items()
        if member.may_hold(compartment)
        and (epoch, compartment, member.id) not in ledger.walk.wraps
        and (only is None or (epoch, compartment, only.id) in ledger.walk.wraps)
    }


def _granting(member: Member, wraps: Mapping[tuple[bytes, Compartment], bytes]) -> Act:
    return Act.of_rights(Kind.KEYS_GRANT, grant_clear(member.id, wraps), {"name": member.name, "keys": len(wraps)})


def _grant(workspace: Workspace, ledger: Ledger, member: Member) -> dict[str, Any]:
    wraps = _wraps(workspace, ledger, member)
    if not wraps:
        return {"name": member.name, "granted": 0, "entry": None}
    return {"name": member.name, "granted": len(wraps), "entry": ledger.write(_granting(member, wraps))}


def _named(roster: Roster, name: str) -> Member:
    member = roster.named(name)
    if member is None or member.role is None:
        raise UnknownMemberError(f"{name}: no such member", hint="see chartassay user list")
    return member


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UnreadableFileError.at(os.fspath(path), error) from error
