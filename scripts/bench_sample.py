"""The stratified SHA-256 draw from a long Parquet frame, against the bare DuckDB query of the same run.

Every run is a process of its own, so that its peak memory is its own. ``CHARTASSAY_BENCH_ROWS`` sets the length of the
frame (100 million unless said otherwise).
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS = int(os.environ.get("CHARTASSAY_BENCH_ROWS", "100000000"))
STRATA, SIZE, SEED = 12, 500, "bench"
RUNS = 3


def figures() -> dict[str, Any]:
    """Return seconds and peak memory of the draw and of the bare query, and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        frame = Path(name) / "frame.parquet"
        _make(frame)
        runs = [(_child("bare", frame), _child("draw", frame)) for _ in range(RUNS)]
        size = frame.stat().st_size
    bare, drawn = (sorted(run[n]["seconds"] for run in runs)[RUNS // 2] for n in (0, 1))
    peak = max(run[1]["peak_gb"] for run in runs)
    return {
        "figures": {
            "sample.rows": ROWS,
            "sample.frame_gb": size / 1e9,
            "sample.bare_s": bare,
            "sample.draw_s": drawn,
            "sample.peak_gb": peak,
            "sample.bare_peak_gb": max(run[0]["peak_gb"] for run in runs),
        },
        "ratios": {"sample.against_bare_query": drawn / bare},
        "targets": {"sample.against_bare_query": {"max": 1.3}, "sample.peak_gb": {"max": 0.5}},
    }


def _make(frame: Path) -> None:
    import duckdb

    duckdb.sql("SET enable_progress_bar=false")
    duckdb.sql(
        f"COPY (SELECT 'E' || lpad(i::VARCHAR, 9, '0') AS unit, 'stratum ' || (i * 7919 % {STRATA}) AS stratum"
        f" FROM range({ROWS}) r(i)) TO '{frame}' (FORMAT parquet)"
    )


def _child(what: str, frame: Path) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, what, str(frame)], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _bare(frame: Path) -> None:
    import duckdb

    duckdb.sql(
        f"SELECT stratum, arg_min(unit, sha256('{SEED}' || chr(10) || unit), {SIZE})"
        f" FROM read_parquet('{frame}') GROUP BY stratum"
    ).fetchall()


def _draw(frame: Path) -> None:
    from audit.flow.columnar import draw_from_parquet

    drawn = draw_from_parquet(frame, SEED, SIZE)
    if len(drawn.units) != STRATA * SIZE:
        raise SystemExit("the draw is not of the size asked")


if __name__ == "__main__":
    start = time.perf_counter()
    {"bare": _bare, "draw": _draw}[sys.argv[1]](Path(sys.argv[2]))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
