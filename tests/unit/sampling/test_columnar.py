"""The draw from a long frame is the draw that anyone makes with a hash and a sort."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from audit.domain.sample import FrameUnit
from audit.errors import InputError
from audit.flow.columnar import draw_from_parquet
from audit.sampling.columnar import KeysDifferError, draw_of, parameters
from audit.sampling.draw import SizeError, draw
from audit.sampling.frame import DuplicateUnitError, EmptyFrameError, EmptyUnitError


def frame_file(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "frame.parquet"
    duckdb.sql(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
    return path


def test_the_long_way_and_the_short_way_draw_the_same_units(tmp_path: Path) -> None:
    rows = "SELECT 'Ü' || i AS unit, 'h' || (i % 3) AS stratum FROM range(700) r(i) UNION ALL SELECT 'x1', 'tiny'"
    path = frame_file(tmp_path, rows)
    frame = [FrameUnit(unit, stratum) for unit, stratum in duckdb.sql(rows).fetchall()]

    long, short = draw_from_parquet(path, "sëed", 40), draw("stratified", frame, "sëed", 40)

    assert (long.units, long.strata) == (short.units, short.strata)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ("SELECT 'a' AS unit, 's' AS stratum WHERE false", EmptyFrameError),
        ("SELECT unnest(['a', '', 'b']) AS unit, 's' AS stratum", EmptyUnitError),
        ("SELECT unnest(['a', NULL, 'b']) AS unit, 's' AS stratum", EmptyUnitError),
        ("SELECT unnest(['a', 'b', 'a']) AS unit, 's' AS stratum", DuplicateUnitError),
    ],
)
def test_a_frame_that_cannot_be_drawn_from_is_refused(tmp_path: Path, rows: str, error: type[InputError]) -> None:
    with pytest.raises(error):
        draw_from_parquet(frame_file(tmp_path, rows), "s", 5)


def test_a_file_that_is_no_frame_is_refused(tmp_path: Path) -> None:
    (tmp_path / "frame.parquet").write_text("unit,stratum\n")

    with pytest.raises(InputError):
        draw_from_parquet(tmp_path / "frame.parquet", "s", 5)
    with pytest.raises(InputError):
        draw_from_parquet(tmp_path / "none.parquet", "s", 5)
    with pytest.raises(InputError):
        draw_from_parquet(frame_file(tmp_path, "SELECT 1 AS id"), "s", 5)


def test_nothing_rests_on_the_hash_of_the_database() -> None:
    right = draw("stratified", [FrameUnit(f"E{n}", "") for n in range(9)], "s", 3)
    units = [unit.unit for unit in right.units]

    with pytest.raises(KeysDifferError):
        draw_of([("", 9, 0, units[::-1])], "s", 3, "")
    with pytest.raises(SizeError):
        parameters("s", 0)
