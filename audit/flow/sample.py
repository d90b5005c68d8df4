"""Drawing on its own, and proving a draw from the tables and the trail alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from audit.domain.membership import MemberRole
from audit.domain.sample import Draw
from audit.errors import UsageError
from audit.flow.drawing import (
    DrawDiffersError,
    committed_seed,
    draw_owner,
    draw_sample,
    overlapping_draws,
    recorded_draw,
    sample_digest,
)
from audit.flow.frame import draw_units
from audit.flow.ledger import Ledger, TrailEntry, open_ledger
from audit.flow.plan import Plan, read_plan
from audit.flow.population import Population, open_population
from audit.flow.sources import audit_id_of, find_sources
from audit.flow.workspace import Unlocked, Workspace


class OtherDesignError(UsageError):
    """The plan draws in another way than the draw that its audit has kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPlan:
    """A plan with its trail and its population, both open."""

    plan: Plan
    ledger: Ledger
    population: Population
    audit_id: str


def draw_plan(plan_path: Path, workspace: Workspace, unlocked: Unlocked, *, today: date) -> Draw:
    """Draw the sample of a plan; ``run`` of the same plan takes this very draw.

    A plan that revised an audit has the draw of that audit. Raises DrawDiffersError where its tables do not give it.
    """
    with opened_plan(plan_path, workspace, unlocked, today) as given:
        if draw_owner(given.ledger, given.audit_id) != given.audit_id:
            return _drawn_again(given, recorded_draw(given.ledger, given.audit_id))
        seed = committed_seed(given.ledger, given.plan, given.audit_id)
        return draw_sample(given.ledger, given.plan, given.audit_id, given.population, seed).draw


def verify_plan(plan_path: Path, workspace: Workspace, unlocked: Unlocked, *, today: date) -> dict[str, Any]:
    """Derive the draw again and compare it with the trail's. Raises DrawDiffersError with the first difference."""
    with opened_plan(plan_path, workspace, unlocked, today) as given:
        entry = recorded_draw(given.ledger, given.audit_id)
        again = _drawn_again(given, entry)
        earlier = overlapping_draws(given.ledger, entry)
    return {
        "verdict": "verified",
        "entry": entry.seq,
        "seed": entry.ops["seed"],
        "frame_digest": again.frame_digest,
        "frame_units": sum(stratum.size for stratum in again.strata),
        "drawn_units": len(again.units),
        "draw_number": len(earlier) + 1,
        "earlier_draws": earlier,
    }


def _drawn_again(given: OpenedPlan, entry: TrailEntry) -> Draw:
    sampling, recorded = given.plan.sampling, entry.ops
    if (sampling.method, sampling.size, sampling.unit) != (recorded["method"], recorded["size"], recorded["unit"]):
        raise OtherDesignError(
            f"plan, [sample]: is not what the draw of trail entry {entry.seq} was made by, and that draw was kept",
            hint="use the plan as it was then",
        )
    again = draw_units(given.population.database, sampling, str(recorded["seed"]))
    if again.frame_digest != recorded["frame_digest"]:
        raise DrawDiffersError("sample: the frame differs from the one that was drawn from", hint="find the old tables")
    if sample_digest(again) != recorded["sample_digest"]:
        raise DrawDiffersError("sample: the units differ from those that frame and seed give", hint="trail verify")
    return again


@contextmanager
def opened_plan(plan_path: Path, workspace: Workspace, unlocked: Unlocked, today: date) -> Iterator[OpenedPlan]:
    """Open what a plan names for an auditor, for the time of the block."""
    plan = read_plan(plan_path)
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        sources = find_sources(plan, workspace)
        with open_population(plan, today, readable=sources.reference.files) as population:
            audit_id = audit_id_of(plan, population.digests, sources)
            yield OpenedPlan(plan=plan, ledger=ledger, population=population, audit_id=audit_id)
