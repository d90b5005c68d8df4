"""Who may do what: the three roles of a workspace and the two compartments of sealed content."""

from __future__ import annotations

from enum import StrEnum


class MemberRole(StrEnum):
    """The role of a member, in ascending order of rights."""

    MANAGER = "manager"
    AUDITOR = "auditor"
    OFFICER = "officer"

    def admits(self, need: MemberRole) -> bool:
        """Whether a member of this role may do what asks for ``need``."""
        order = list(MemberRole)
        return order.index(self) >= order.index(need)


class Compartment(StrEnum):
    """Where sealed content belongs: ``phi`` is every value of one patient, ``ops`` is what is left."""

    OPS = "ops"
    PHI = "phi"


ROLES_OF = {
    Compartment.OPS: frozenset({MemberRole.MANAGER, MemberRole.AUDITOR, MemberRole.OFFICER}),
    Compartment.PHI: frozenset({MemberRole.AUDITOR, MemberRole.OFFICER}),
}
"""The roles to which keys of a compartment are wrapped."""
