"""Who is a member, in which role, since when: the state that the entries of kinds genesis and user.* build up."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from audit.domain.membership import ROLES_OF, Compartment, MemberRole
from audit.errors import CheckFailedError, UsageError

PUBLIC_BYTES = 32
RECOVERY_NAME = "recovery"
_LONGEST_NAME = 64


class RightsError(CheckFailedError):
    """An entry that gives or uses a right that its writer did not have."""


class MemberNameError(UsageError):
    """A member's name that cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One holder of keys. ``role`` None is the recovery identity, which reads everything and only makes an officer."""

    name: str
    role: MemberRole | None
    hpke: bytes
    sign: bytes
    since: int
    until: int | None = None

    @property
    def id(self) -> str:
        """The member's id: 16 bytes of the hash of both public keys, in hex."""
        return member_id(self.hpke, self.sign)

    def may_hold(self, compartment: Compartment) -> bool:
        """Whether keys of ``compartment`` may be wrapped to this member."""
        return self.role is None or self.role in ROLES_OF[compartment]


def check_name(name: str) -> str:
    """Return a member's name, or raise UsageError: 1 to 64 printable characters, not ``recovery``."""
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable() or name == RECOVERY_NAME:
        raise MemberNameError(
            f"a member's name has 1 to {_LONGEST_NAME} printable characters and is not {RECOVERY_NAME}"
        )
    return name


def member_id(hpke: bytes, sign: bytes) -> str:
    """Return the id of the holder of these two raw public keys."""
    return hashlib.sha256(hpke + sign).digest()[:16].hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All members so far, by id, revoked ones included."""

    members: Mapping[str, Member] = field(default_factory=dict)

    def active(self) -> list[Member]:
        """Return the members who have not been revoked, oldest first."""
        return [member for member in self.members.values() if member.until is None]

    def find(self, member: str) -> Member | None:
        """Return the active member of that id."""
        found = self.members.get(member)
        return found if found and found.until is None else None

    def named(self, name: str) -> Member | None:
        """Return the active member of that name."""
        return next((member for member in self.active() if member.name == name), None)

    def officers(self) -> list[Member]:
        """Return the active officers."""
        return [member for member in self.active() if member.role is MemberRole.OFFICER]


def founded(clear: Mapping[str, Any]) -> Roster:
    """Return the roster after genesis. Raises RightsError when the record is not of that shape."""
    officer = _member(clear.get("officer"), MemberRole.OFFICER, 0)
    recovery = clear.get("recovery")
    members = [officer]
    if recovery is not None:
        members.append(_member(recovery, None, 0))
    return Roster(members={member.id: member for member in members})


def added(roster: Roster, clear: Mapping[str, Any], seq: int) -> Roster:
    """Return the roster after a user.add. Raises RightsError for a known key, a taken name or an unknown role."""
    try:
        role = MemberRole(clear.get("role", ""))
    except ValueError as error:
        raise RightsError("a member is added with an unknown role") from error
    member = _member(clear, role, seq)
    if member.id in roster.members or roster.named(member.name):
        raise RightsError("a member is added twice")
    return Roster(members={**roster.members, member.id: member})


def revoked(roster: Roster, clear: Mapping[str, Any], seq: int) -> Roster:
    """Return the roster after a user.revoke. Raises RightsError when no such member is active or no officer is left."""
    member = roster.find(str(clear.get("member", "")))
    if member is None or member.role is None or roster.officers() == [member]:
        raise RightsError("a member is revoked who cannot be")
    return Roster(members={**roster.members, member.id: replace(member, until=seq)})


def _member(clear: object, role: MemberRole | None, since: int) -> Member:
    try:
        hpke, sign = (bytes.fromhex(clear[key]) for key in ("hpke", "sign"))  # type: ignore[index]  # any shape may come
        name = RECOVERY_NAME if role is None else str(clear["name"])  # type: ignore[index]  # as above
        member = Member(name=name, role=role, hpke=hpke, sign=sign, since=since)
    except (TypeError, KeyError, ValueError) as error:
        raise RightsError("a member's entry is incomplete") from error
    if len(member.hpke) != PUBLIC_BYTES or len(member.sign) != PUBLIC_BYTES or not member.name:
        raise RightsError("a member's entry is incomplete")
    return member
