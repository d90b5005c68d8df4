"""Shares as people read them: rounded so that no coder is lifted over a target he has not reached."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

NARROW_SPACE = "\u202f"
_MOST_DIGITS = 6


def percent(share: float, target: float | None = None) -> str:
    """Return a share of 1 in per cent with one decimal, rounded down: 0.9499 is not shown as 95.0.

    With a ``target``, with as many decimals more as it takes to stay on its own side of it.
    """
    return _percent(share, ROUND_FLOOR, target)


def percent_up(share: float, target: float | None = None) -> str:
    """Return an upper limit in per cent, rounded up, so that the interval printed holds the true one; else the same."""
    return _percent(share, ROUND_CEILING, target)


def whole_percent(share: float) -> str:
    """Return a target in per cent with as many decimals as it was set with: 0.95 is 95 %."""
    return f"{format((Decimal(repr(share)) * 100).normalize(), 'f')}{NARROW_SPACE}%"


def _percent(share: float, rounding: str, target: float | None) -> str:
    # repr gives the shortest decimal of the double, so 0.57 is 57.0 and not 56.99…
    exact = Decimal(repr(float(share))) * 100
    aim = None if target is None else Decimal(repr(float(target))) * 100
    steps = (exact.quantize(Decimal(1).scaleb(-digits), rounding=rounding) for digits in range(1, _MOST_DIGITS))
    shown = next((step for step in steps if aim is None or (step >= aim) == (exact >= aim)), exact)
    return f"{shown:f}{NARROW_SPACE}%".replace("-", "\u2212")
