"""The frame as files for an outsider: the canonical ``frame.csv``, and every unit left out, with its reason."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

from audit.flow.act import Act
from audit.flow.drawing import DrawDiffersError, recorded_draw
from audit.flow.frame import excluded_units, frame_dollars, frame_units
from audit.flow.outputs import staged_files
from audit.flow.sample import OpenedPlan, opened_plan
from audit.flow.workspace import Unlocked, Workspace
from audit.sampling.frame import frame_csv, frame_digest

FRAME = "sample.frame"


def write_frame(
    plan_path: Path, folder: Path, workspace: Workspace, unlocked: Unlocked, *, today: date
) -> dict[str, Any]:
    """Write ``frame.csv`` and ``excluded.csv`` of a plan that was drawn; both hold PHI and are for their owner alone.

    ``frame.csv`` has no line that says so, because its very bytes are what the draw is proven by; ``excluded.csv`` has.

    Raises:
        NotDrawnError: the trail holds no draw of it yet.
        DrawDiffersError: the tables give another frame than was drawn from.
    """
    with opened_plan(plan_path, workspace, unlocked, today) as given, staged_files() as staged:
        drawn = recorded_draw(given.ledger, given.audit_id)
        frame = frame_csv(frame_units(given.population.database, given.plan.sampling))
        if frame_digest(frame) != drawn.ops["frame_digest"]:
            raise DrawDiffersError(
                "sample: the frame differs from the one that was drawn from", hint="find the old tables"
            )
        left_out = excluded_units(given.population.database)
        staged.write(folder / "frame.csv", frame, phi=True, own_folder=False)
        staged.write(folder / "excluded.csv", _excluded_csv(left_out), phi=True, own_folder=False)
        facts = _facts(given, frame_digest(frame), len(left_out))
        act = Act(FRAME, {"audit": given.plan.name, "audit_id": given.audit_id, "draw": drawn.seq, **facts})
        staged.hand_to(act, "frame")
        given.ledger.write(act)
        return {**facts, "files": [str(path) for path in staged.paths]}


def _facts(given: OpenedPlan, digest: str, left_out: int) -> dict[str, Any]:
    return {
        "frame_digest": digest,
        "encounters": given.population.encounters,
        "paid": frame_dollars(given.population.database),
        "excluded": left_out,
    }


def _excluded_csv(rows: list[tuple[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    text.write("# protected health information: for the owner of this file alone\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([("encounter_id", "reason"), *rows])
    return text.getvalue().encode()
