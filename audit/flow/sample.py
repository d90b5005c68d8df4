"""Drawing on its own, and proving a draw from the tables and the trail alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from audit.domain.membership import MemberRole
from audit.flow.drawing import DrawDiffersError, committed_seed, draw_sample, recorded_draw, sample_digest
from audit.flow.frame import draw_units
from audit.flow.ledger import Ledger, open_ledger
from audit.flow.plan import Plan, read_plan
from audit.flow.population import Population, open_population
from audit.flow.sources import audit_id_of, find_sources
from audit.flow.summaries import Drawn
from audit.flow.workspace import Unlocked, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    plan: Plan
    ledger: Ledger
    population: Population
    audit_id: str


def draw_plan(plan_path: Path, workspace: Workspace, unlocked: Unlocked, *, today: date) -> Drawn:
    """Draw the sample of a plan; ``run`` of the same plan takes this very draw."""
    with _opened(plan_path, workspace, unlocked, today) as given:
        seed = committed_seed(given.ledger, given.plan, given.audit_id)
        return draw_sample(given.ledger, given.plan, given.audit_id, given.population, seed)


def verify_plan(plan_path: Path, workspace: Workspace, unlocked: Unlocked, *, today: date) -> dict[str, Any]:
    """Derive the draw again and compare it with the trail's. Raises DrawDiffersError with the first difference."""
    with _opened(plan_path, workspace, unlocked, today) as given:
        entry = recorded_draw(given.ledger, given.audit_id)
        again = draw_units(given.population.database, given.plan.sampling, str(entry.ops["seed"]))
    if again.frame_digest != entry.ops["frame_digest"]:
        raise DrawDiffersError("sample: the frame differs from the one that was drawn from", hint="find the old tables")
    if sample_digest(again) != entry.ops["sample_digest"]:
        raise DrawDiffersError("sample: the units differ from those that frame and seed give", hint="trail verify")
    return {
        "verdict": "verified",
        "entry": entry.seq,
        "seed": entry.ops["seed"],
        "frame_digest": again.frame_digest,
        "frame_units": sum(stratum.size for stratum in again.strata),
        "drawn_units": len(again.units),
    }


@contextmanager
def _opened(plan_path: Path, workspace: Workspace, unlocked: Unlocked, today: date) -> Iterator[_Opened]:
    plan = read_plan(plan_path)
    with open_ledger(workspace, unlocked, need=MemberRole.AUDITOR) as ledger:
        sources = find_sources(plan, workspace)
        with open_population(plan, today, readable=sources.reference.files) as population:
            audit_id = audit_id_of(plan, population.digests, sources)
            yield _Opened(plan=plan, ledger=ledger, population=population, audit_id=audit_id)
