"""Limits of a share by profile likelihood, digit for digit as the R package *survey* prints them.

The deviance of a logistic model with a constant alone, scaled to the design's variance (Rao & Scott 1984), is followed
on both sides of the fit and inverted by interpolation. Stopping rule of the fit, steps of the profile and the spline
are those of R's ``glm``, ``profile`` and ``spline(method = "fmm")``: an expert who runs R must find these very limits,
although solving the equation itself would differ from them after the sixth digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum, log, log1p, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_STEPS = 9
_CONVERGED = 1e-8
_ROUNDS = 25
_FINER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """Rows of 0 and 1 with weights of mean 1; ``ones`` is the weighted sum of y."""

    y: tuple[float, ...]
    weights: tuple[float, ...]
    size: float
    ones: float

    def deviance(self, constant: float) -> float:
        """Return the deviance at a constant on the logit scale."""
        return 2 * (self.ones * log1p(exp(-constant)) + (self.size - self.ones) * log1p(exp(constant)))

    def fit(self) -> tuple[float, float]:
        """Return the fitted constant, and the information of the last round but one, which R's variance rests on."""
        means = [(weight * one + 0.5) / (weight + 1) for weight, one in zip(self.weights, self.y, strict=True)]
        last = -2 * fsum(
            weight * log(mean if one else 1 - mean)
            for weight, one, mean in zip(self.weights, self.y, means, strict=True)
        )
        constant, information = 0.0, self.size
        for _ in range(_ROUNDS):
            working = [weight * mean * (1 - mean) for weight, mean in zip(self.weights, means, strict=True)]
            information = fsum(working)
            steps = (
                part * (log(mean / (1 - mean)) + (one - mean) / (mean * (1 - mean)))
                for part, mean, one in zip(working, means, self.y, strict=True)
            )
            constant = fsum(steps) / information
            means = [1 / (1 + exp(-constant))] * len(means)
            found = self.deviance(constant)
            if abs(found - last) / (abs(found) + 0.1) < _CONVERGED:
                break
            last = found
        return constant, information


def profile_limits(
    y: Sequence[float], weights: Sequence[float], *, se: float, freedom: int, level: float
) -> list[float]:
    """Return the two-sided limits of the mean of ``y`` (each 0 or 1, not all alike) with design standard error ``se``.

    ``freedom`` are the design's degrees of freedom; at least five rows.
    """
    from scipy.special import ndtr, stdtrit

    scale = len(weights) / fsum(weights)
    even = tuple(weight * scale for weight in weights)
    model = _Model(
        y=tuple(y), weights=even, size=fsum(even), ones=fsum(w * one for w, one in zip(even, y, strict=True))
    )
    share = model.ones / model.size
    constant, information = model.fit()
    curve = share * (1 - share)
    effect = se**2 * information / curve**2  # design variance over that of independent rows
    reach = float(stdtrit(freedom, (1 + level) / 2)) * sqrt(effect)
    farthest = -float(stdtrit(len(y) - 1, float(ndtr(-reach)) / 4))
    path = _path(model, constant, farthest, farthest / 5 * se / curve, _dispersion(model, constant))
    return [1 / (1 + exp(-_invert(path, z))) for z in (-reach, reach)]


def _dispersion(model: _Model, constant: float) -> float:
    mean = 1 / (1 + exp(-constant))
    spread = sqrt(mean * (1 - mean))
    residuals = [(one - mean) / spread for one in model.y]
    middle = fsum(w * r for w, r in zip(model.weights, residuals, strict=True)) / model.size
    square = fsum(w * (r - middle) ** 2 for w, r in zip(model.weights, residuals, strict=True)) / model.size
    return square * len(model.y) / (len(model.y) - 1)


def _path(model: _Model, fit: float, farthest: float, step: float, dispersion: float) -> list[tuple[float, float]]:
    least = model.deviance(fit)
    points = [(fit, 0.0)]
    for sign in (-1, 1):
        for number in range(1, _MOST_STEPS + 1):
            at = fit + sign * number * step
            z = sqrt(max(0.0, model.deviance(at) - least) / dispersion)
            points.append((at, sign * z))
            if z >= farthest:
                break
    return sorted(points)


def _invert(path: Sequence[tuple[float, float]], z: float) -> float:
    import numpy as np

    x, heights = np.array(path).T
    grid = np.linspace(x[0], x[-1], _FINER * len(x))
    return float(np.interp(z, _spline(x, heights, grid), grid))


def _spline(x: NDArray[np.float64], y: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evaluate the cubic spline of Forsythe, Malcolm and Moler (1977): end pieces bend as the outer four points do."""
    import numpy as np

    h, slopes = np.diff(x), np.diff(y) / np.diff(x)
    matrix = np.diag(np.r_[-h[0], 2 * (h[:-1] + h[1:]), -h[-1]])
    matrix += np.diag(h, 1) + np.diag(h, -1)
    ends = [_third(x[:4], y[:4]) * h[0] ** 2, -_third(x[-4:], y[-4:]) * h[-1] ** 2]
    bends = np.linalg.solve(matrix, np.r_[ends[0], 6 * np.diff(slopes), ends[1]])
    piece = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(h) - 1)
    right = (at - x[piece]) / h[piece]
    left = 1 - right
    bent = (left**3 - left) * bends[piece] + (right**3 - right) * bends[piece + 1]
    straight = left * y[piece] + right * y[piece + 1]
    return np.asarray(straight + bent * h[piece] ** 2 / 6, dtype=np.float64)


def _third(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the third derivative of the cubic through four points."""
    import numpy as np

    return 6 * float(sum(y[i] / np.prod([x[i] - x[j] for j in range(4) if j != i]) for i in range(4)))
