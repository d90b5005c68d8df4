"""The geometry of the interval chart: one scale for all coders, positions in per cent of its width."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_STEPS = ((0.12, 0.02), (0.3, 0.05), (0.6, 0.1), (1.0, 0.2))
_ROOM = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The shares the axis runs from ``low`` to 1, with ``ticks`` to label."""

    low: float
    ticks: tuple[float, ...]

    def at(self, share: float) -> float:
        """Return the place of ``share`` in per cent of the width, held inside the axis."""
        inside = min(1.0, max(self.low, share))
        return round(100 * (inside - self.low) / (1 - self.low), 2)


def scale_for(scores: Iterable[Mapping[str, Any]], target: float) -> Scale:
    """Return the scale that shows every value, worst case and limit of ``scores``, and the target with room below."""
    lowest = min((_lowest(score) for score in scores), default=target)
    reach = 1 - max(0.0, min(lowest, target - _ROOM))
    step = next(step for widest, step in _STEPS if reach <= widest + 1e-9)
    count = math.ceil(round(reach / step, 6))
    low = max(0.0, round(1 - count * step, 6))
    return Scale(low=low, ticks=tuple(round(low + i * step, 6) for i in range(count + 1)))


def _lowest(score: Mapping[str, Any]) -> float:
    values = [score["value"], score["value_if_review_stands"], *(score["interval"] or ())]
    return min((value for value in values if value is not None), default=1.0)
