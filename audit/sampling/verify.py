"""Proving a draw: made again from its frame and its seed, it must be the same draw."""

from __future__ import annotations

from collections.abc import Sequence

from audit.domain.sample import Draw, FrameUnit
from audit.errors import CheckFailedError
from audit.sampling.draw import PLAIN, Design, SizeError, draw, unit_key
from audit.sampling.frame import frame_csv, frame_digest


class FrameChangedError(CheckFailedError):
    """The frame is not the one the sample was drawn from."""


class UnitNotInFrameError(CheckFailedError):
    """The sample holds a unit that the frame does not."""


class WrongKeyError(CheckFailedError):
    """A drawn unit carries a key that seed and unit do not give."""


class WrongUnitsError(CheckFailedError):
    """The units are not the ones that frame, seed and size give."""


class NotAsCommittedError(CheckFailedError):
    """The draw used another seed than was committed before the frame was read."""


def verify(
    drawn: Draw,
    units: Sequence[FrameUnit],
    *,
    seed: str | None = None,
    size: int | None = None,
    design: Design = PLAIN,
) -> None:
    """Return if ``drawn`` is what its frame and seed give, else raise the first reason why not.

    ``seed`` and ``size`` are what plan or trail committed; left out, the draw's own are used (a draw per stratum must
    then at least be of one size). Rows of the sample are counted from 1 in its own order.

    Raises:
        NotAsCommittedError, FrameChangedError, UnitNotInFrameError, WrongKeyError, WrongUnitsError: the reason.
    """
    if seed is not None and drawn.seed != seed:
        raise NotAsCommittedError("sample: the seed is not the committed one", hint="the draw cannot be relied on")
    if frame_digest(frame_csv(units)) != drawn.frame_digest:
        raise FrameChangedError("sample: the frame has changed since the draw", hint="verify with the frame as drawn")
    _check_rows(drawn, units)
    if _again(drawn, units, size, design) != drawn:
        raise WrongUnitsError(
            "sample: the units are not those that frame, seed and size give", hint="draw again with sample draw"
        )


def _again(drawn: Draw, units: Sequence[FrameUnit], size: int | None, design: Design) -> Draw | None:
    try:
        return draw(drawn.method, units, drawn.seed, _size(drawn, design) if size is None else size, design)
    except SizeError:  # the sample is empty, or longer than its frame: no size gives it
        return None


def _check_rows(drawn: Draw, units: Sequence[FrameUnit]) -> None:
    known = {unit.unit for unit in units}
    for row, unit in enumerate(drawn.units, start=1):
        if unit.unit not in known:
            raise UnitNotInFrameError(
                f"sample: row {row}: the unit is not in the frame", hint="no unit may be replaced"
            )
        if unit.key != unit_key(drawn.seed, unit.unit):
            raise WrongKeyError(f"sample: row {row}: the key is not that of seed and unit", hint="draw again")


def _size(drawn: Draw, design: Design) -> int:
    if drawn.method == "cluster":
        return sum(stratum.drawn > 0 for stratum in drawn.strata)
    open_ = [stratum.drawn for stratum in drawn.strata if stratum.name not in design.take_all]
    # A draw per stratum takes the same number of each that has it, so the largest number drawn is the size.
    if drawn.method == "per_coder" or (drawn.method == "stratified" and design.allocation == "fixed"):
        return max(open_, default=0)
    return sum(open_)
