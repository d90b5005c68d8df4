"""A second person's word: a cosignature on a checkpoint, given after checking the trail."""

from __future__ import annotations

from datetime import UTC, datetime

from audit.domain.membership import MemberRole
from audit.errors import NotPermittedError
from audit.flow.ledger import open_ledger
from audit.flow.trail_view import verify_workspace
from audit.flow.workspace import Unlocked, Workspace
from audit.trail.damage import Damage, DamagedTrailError
from audit.trail.note import cosign_note, cosigner_of


class OwnCheckpointError(NotPermittedError):
    """Whoever wrote the last entry cannot be the second person."""


def cosign(workspace: Workspace, unlocked: Unlocked) -> str:
    """Return the latest checkpoint with the officer's cosignature. The whole trail is verified first.

    It must contain the checkpoint the officer has seen last. Raises DamagedTrailError, RoleError, OwnCheckpointError.
    """
    found = verify_workspace(workspace, None)
    if found["damage"] is not None:
        raise DamagedTrailError(Damage(found["damage"]), found["first_bad"])
    with open_ledger(workspace, unlocked, need=MemberRole.OFFICER) as ledger:
        note = ledger.checkpoint()
        if ledger.walk.epochs[ledger.walk.last_epoch].actor == ledger.member_id:
            raise OwnCheckpointError("the last entries are your own", hint="another officer cosigns them")
        name = cosigner_of(workspace.trail_id, ledger.member_id)
    identity = unlocked.identity
    return cosign_note(note, name, identity.public.sign, identity.sign, int(datetime.now(UTC).timestamp()))
