"""The main job on a synthetic quarter of 2,000 encounters: the whole process, then its parts one by one."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import environment
from audit.edits import VOCABULARY as EDIT_KINDS
from audit.engine.duck import open_database
from audit.flow.checking import find_edits, read_chart
from audit.flow.plan import Plan, read_plan
from audit.flow.population import open_population
from audit.flow.sources import Sources, find_sources
from audit.flow.workspace import find_workspace
from audit.intake.cases import read_cases
from audit.intake.tables import sample_lines
from product import Product

ENCOUNTERS = 2000
RUNS = 3


def figures() -> dict[str, Any]:
    """Return wall time, peak memory and rates of the main job."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        hospital = folder / "hospital"
        make = [sys.executable, str(environment.ROOT / "scripts" / "make_hospital.py")]
        subprocess.run([*make, "--encounters", str(ENCOUNTERS), "--seed", "1", "--out", str(hospital)], check=True)
        product = Product.start(folder)
        wall, _ = _timed(lambda: product.run("run", str(hospital / "plan.toml")))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        parts = _parts(product, hospital)
    figures = {"run.wall_s": wall, "run.peak_mb": peak, **parts}
    ratio = parts["intake.rows_per_s"] / parts["intake.bare_read_rows_per_s"]
    return {"figures": figures, "ratios": {"intake.against_bare_read": ratio}}


def _parts(product: Product, hospital: Path) -> dict[str, float]:
    """Time intake, edits and chart reading in this process, over all encounters; the median of a few runs."""
    plan, workspace = read_plan(hospital / "plan.toml"), find_workspace(product.workspace)
    sources, today = find_sources(plan, workspace), datetime.now(UTC).date()
    rounds = [_round(plan, sources, today) for _ in range(RUNS)]
    bare = sorted(_bare_read(list(plan.tables.values())) for _ in range(RUNS))[RUNS // 2]
    rows, encounters = rounds[0]["rows"], rounds[0]["encounters"]
    middle = {name: sorted(one[name] for one in rounds)[RUNS // 2] for name in ("intake", "edits", "chart")}
    return {
        "intake.rows_per_s": rows / middle["intake"],
        "intake.bare_read_rows_per_s": rows / bare,
        "edits.encounters_per_s": encounters / middle["edits"],
        "chart.encounters_per_s": encounters / middle["chart"],
    }


def _round(plan: Plan, sources: Sources, today: date) -> dict[str, float]:
    """Read the tables, run the edits, read the charts, once, each timed."""
    terms = sources.terms
    start = time.perf_counter()
    with open_population(plan, today, readable=sources.reference.files) as population:
        read = time.perf_counter()
        database = population.database
        rows = sum(database.rows(f"SELECT count(*) FROM raw_{table}")[0][0] for table in plan.tables)
        loaded = sources.reference.load(database)
        rules = sources.rules(*population.days())
        chart_rules = [rule for rule in rules if rule.check not in EDIT_KINDS]
        before = time.perf_counter()
        sample_lines(database, [row[0] for row in database.rows("SELECT encounter_id FROM auditable")])
        find_edits(database, rules, loaded)
        edited = time.perf_counter()
        cases = read_cases(database, plan.tables["documents"].parent)
        charted, _ = _timed(lambda: [read_chart(chart_rules, case, terms) for case in cases])
    return {
        "rows": rows,
        "encounters": len(cases),
        "intake": read - start,
        "edits": edited - before,
        "chart": charted,
    }


def _bare_read(paths: list[Path]) -> float:
    """The yardstick of intake: the same files through one bare DuckDB read each."""
    with open_database(paths) as database:
        return _timed(
            lambda: [
                database.rows(f"SELECT count(*), max(columns(*)) FROM read_csv('{p}', all_varchar=true)") for p in paths
            ]
        )[0]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result
