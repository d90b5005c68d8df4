"""A blind second review: some of the sampled encounters, drawn by key, named without anything found or decided."""

from __future__ import annotations

from audit.domain.canonical import canonical_bytes, sha256_hex
from audit.domain.membership import MemberRole
from audit.domain.sample import DrawnUnit, FrameUnit
from audit.flow.act import Act
from audit.flow.audits import find_audit, load_cases
from audit.flow.ledger import open_ledger
from audit.flow.workspace import Unlocked, Workspace
from audit.sampling.draw import draw

SECOND = "sample.second"


def draw_second_review(name: str, size: int, workspace: Workspace, unlocked: Unlocked) -> tuple[DrawnUnit, ...]:
    """Draw ``size`` encounters of an audit's sample for a second auditor, from its seed; a larger size keeps them.

    Strata are left out, so that nothing but the encounter is named. How far the auditors agree stands beside scores
    and never changes one. Raises SizeError with more encounters asked than were sampled.
    """
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        audit = find_audit(ledger, name)
        cases = load_cases(ledger, audit, purpose="second review").values()
        units = [FrameUnit(one.case.encounter.encounter_id, "") for one in cases]
        drawn = draw("simple", units, f"{audit.run.ops['seed']} second review", size)
        digest = sha256_hex(canonical_bytes([unit.unit for unit in drawn.units]))
        facts = {"size": size, "frame_digest": drawn.frame_digest, "sample_digest": digest}
        ledger.write(Act(SECOND, {"audit": audit.name, "audit_id": audit.audit_id, **facts}))
    return drawn.units
