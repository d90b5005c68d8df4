"""The seed, committed before the frame is read; the draw, counted among all draws of the workspace."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from audit.domain.canonical import canonical_bytes, sha256_hex
from audit.domain.sample import Draw
from audit.errors import CheckFailedError, UsageError
from audit.flow.audits import RUN
from audit.flow.frame import design_facts, design_notices, draw_units
from audit.flow.ledger import Act, Ledger, OvertakenError, TrailEntry
from audit.flow.plan import Plan
from audit.flow.population import Population
from audit.flow.summaries import Drawn
from audit.sampling.draw import EXTENDABLE

SEED = "sample.seed"
DRAW = "sample.draw"


class NotDrawnError(UsageError):
    """The trail holds no draw of this plan and these inputs."""


class DrawDiffersError(CheckFailedError):
    """The draw that frame and seed give is not the one the trail holds."""


def committed_seed(ledger: Ledger, plan: Plan, audit_id: str) -> str:
    """Return the seed of this audit, writing it to the trail first if it is not there.

    A killed run leaves its seed in the trail, and the next one must take that very seed: otherwise seeds could be
    tried until one draws a pleasant sample.
    """
    written = _first(ledger, SEED, audit_id)
    if written is not None:
        return str(written.ops["seed"])
    seed = plan.seed or secrets.token_hex(32)
    origin = "plan" if plan.seed else "drawn by the tool"
    act = Act(SEED, {"audit": plan.name, "audit_id": audit_id, "seed": seed, "origin": origin})
    try:
        ledger.write(act, unless=_is(SEED, audit_id))
    except OvertakenError:  # by the same plan run at the same time: both take the seed that came first
        return committed_seed(ledger, plan, audit_id)
    return seed


def draw_sample(ledger: Ledger, plan: Plan, audit_id: str, population: Population, seed: str) -> Drawn:
    """Draw, and record the draw unless the trail holds this very one."""
    made = draw_units(population.database, plan.sampling, seed)
    entries = list(ledger.entries(DRAW))
    own = next((entry for entry in entries if entry.ops["audit_id"] == audit_id), None)
    earlier = [entry for entry in entries if own is None or entry.seq < own.seq]
    quarters = _quarters(population.period())
    overlapping = tuple(e.seq for e in earlier if _overlaps(e, made.frame_digest, quarters))
    if own is None:
        with suppress(OvertakenError):  # the same plan run at the same time has written this very draw
            act = Act(DRAW, _record(plan, audit_id, made, population.period()))
            ledger.write(act, unless=_is(DRAW, audit_id))
    elif own.ops["sample_digest"] != sample_digest(made):
        raise DrawDiffersError("sample: the draw differs from the one in the trail", hint="chartassay trail verify")
    facts = design_facts(population.database, plan.sampling)
    return Drawn(
        draw=made,
        number=len(overlapping) + 1,
        earlier=overlapping,
        size=plan.sampling.size,
        notices=(*_notices(earlier, made), *design_notices(plan.sampling, facts)),
        facts=facts,
    )


def draw_owner(ledger: Ledger, audit_id: str) -> str:
    """Return the id of the audit whose draw this one uses: its own, or the one that it revises."""
    run = _first(ledger, RUN, audit_id)
    return audit_id if run is None else str(run.ops["draw_of"])


def recorded_draw(ledger: Ledger, audit_id: str) -> TrailEntry:
    """Return the trail's entry of the draw that this audit uses. Raises NotDrawnError."""
    entry = _first(ledger, DRAW, draw_owner(ledger, audit_id))
    if entry is not None:
        return entry
    raise NotDrawnError("sample: the trail holds no draw of this plan and these inputs", hint="chartassay sample draw")


def overlapping_draws(ledger: Ledger, drawn: TrailEntry) -> list[int]:
    """Return the trail entries of earlier draws from the frame of this one, or from one that may overlap it."""
    quarters = _quarters(str(drawn.ops["period"]))
    before = (entry for entry in ledger.entries(DRAW) if entry.seq < drawn.seq)
    return [entry.seq for entry in before if _overlaps(entry, str(drawn.ops["frame_digest"]), quarters)]


def sample_digest(made: Draw) -> str:
    """Return the SHA-256 of the drawn units in their order."""
    return sha256_hex(canonical_bytes([[unit.stratum, unit.unit] for unit in made.units]))


def _is(kind: str, audit_id: str) -> Callable[[TrailEntry], bool]:
    return lambda entry: entry.kind == kind and entry.ops["audit_id"] == audit_id


def _first(ledger: Ledger, kind: str, audit_id: str) -> TrailEntry | None:
    return next(filter(_is(kind, audit_id), ledger.entries(kind)), None)


def _record(plan: Plan, audit_id: str, made: Draw, period: str) -> dict[str, Any]:
    return {
        "audit": plan.name,
        "audit_id": audit_id,
        "method": made.method,
        "size": plan.sampling.size,
        "unit": plan.sampling.unit,
        "allocation": plan.sampling.design.allocation,
        "seed": made.seed,
        "frame_digest": made.frame_digest,
        "frame_units": sum(stratum.size for stratum in made.strata),
        "drawn_units": len(made.units),
        "sample_digest": sample_digest(made),
        "period": period,
    }


def _overlaps(entry: TrailEntry, frame_digest: str, quarters: range) -> bool:
    """Whether an earlier frame is this one or may share encounters with it: it shares a quarter of service.

    The trail keeps no unit of a frame, so frames of one quarter count as overlapping: too many
    rather than too few.
    """
    theirs = _quarters(str(entry.ops["period"]))
    shared = theirs.start < quarters.stop and quarters.start < theirs.stop
    return entry.ops["frame_digest"] == frame_digest or shared


def _quarters(period: str) -> range:
    """Turn ``2026 Q1 to 2026 Q3`` into a range of quarters counted from year 0."""
    ends = [4 * int(text[:4]) + int(text[-1]) for text in period.split(" to ")]
    return range(ends[0], ends[-1] + 1)


def _notices(earlier: Sequence[TrailEntry], made: Draw) -> tuple[str, ...]:
    notices = []
    for entry in earlier:
        if entry.ops["seed"] != made.seed:
            continue
        if entry.ops["frame_digest"] != made.frame_digest:
            notices.append(f"the seed was used before on another frame (trail entry {entry.seq})")
        elif entry.ops["drawn_units"] == len(made.units):
            notices.append(f"this draw repeats the draw of trail entry {entry.seq}: same frame, same seed")
        elif made.method not in EXTENDABLE:
            notices.append(f"this draw replaces the draw of trail entry {entry.seq}: its steps change with the size")
        else:
            notices.append(f"this draw extends or cuts the draw of trail entry {entry.seq}: same frame, same seed")
    return tuple(notices)
