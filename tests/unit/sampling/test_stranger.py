"""A stranger with the standalone verifier, who shares no code with the draw, gets the same units."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.sample import FrameUnit
from audit.sampling.draw import Design, draw
from audit.sampling.frame import frame_csv
from audit.trail.verify_alone import expected_draw

frames = st.lists(
    st.tuples(
        st.integers(0, 900),
        st.sampled_from(["a", "b", "ü"]),
        st.decimals(min_value="0.01", max_value="999.99", places=2),
    ),
    min_size=6,
    max_size=40,
    unique_by=lambda row: row[0],
)
METHODS = ["simple", "stratified", "systematic", "pps", "cluster", "proportional"]


@settings(max_examples=60)
@given(frames, st.sampled_from(METHODS), st.integers(1, 12), st.text(max_size=4))
def test_a_stranger_draws_the_same_units(
    rows: list[tuple[int, str, Decimal]], method: str, size: int, seed: str
) -> None:
    frame = [FrameUnit(f"E{number}", stratum, amount) for number, stratum, amount in rows]
    split = Design(allocation="proportional") if method == "proportional" else Design()
    name = "stratified" if method == "proportional" else method
    most = len({unit.stratum for unit in frame}) if method == "cluster" else len(frame)
    least = 6 if method == "proportional" else 1

    drawn = {unit.unit for unit in draw(name, frame, seed, max(least, min(size, most)), split).units}

    lines = list(csv.reader(io.StringIO(frame_csv(frame).decode(), newline="")))[1:]
    assert expected_draw(lines, seed, drawn, name) == drawn
