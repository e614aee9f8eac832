"""How far the shape and a horizon can be from their best values before the data speak against them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.horizon.goodness import mean_design_effect
from evalsuite.horizon.law import DepthLaws, fit_laws
from evalsuite.kernels.horizon import SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from evalsuite.horizon.records import DepthTable
    from evalsuite.types import Interval

__all__ = ["LEAST_INSIDE", "Profile", "hull"]

LEAST_INSIDE = 3
"""Depths with right and with wrong outputs from which on resamples alone may say how sure the shape is."""
_LEAST_WIDTH = 0.8
_HALVINGS = 20
_SHAPES = np.geomspace(*SHAPES, 61)
_ZOOMS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The log-likelihood of one law with one number held, and the other at its best.

    Parameters
    ----------
    table : DepthTable
    laws : DepthLaws
        One law, fitted to the table, with a shape.
    floor : float, default 0
    level : float, default 0.95

    Notes
    -----
    Twice the drop of the log-likelihood from its summit, divided by the design effect, is a chi-square of one degree
    of freedom: an interval of 95 % holds what drops by 1.92 at most [1]_. Where k is known by few depths the summit is
    a plateau, on which resamples stay where each of their fits happened to stop; the drop tells its width.

    References
    ----------
    .. [1] Venzon and Moolgavkar, "A method for computing profile-likelihood-based confidence intervals", Applied
       Statistics 37, 1988.
    """

    table: DepthTable
    laws: DepthLaws
    floor: float = 0.0
    level: float = 0.95

    @property
    def n_inside(self) -> int:
        """Depths that have right outputs, and wrong ones."""
        totals = self.table.totals
        return len(np.unique(self.table.depths[(totals > 0).all(axis=1)]))

    def of_shape(self, shape: float) -> float:
        """Return the log-likelihood at a shape: with depths to that power, the law is the one with k = 1."""
        scaled = np.clip((self.table.depths / np.median(self.table.depths)) ** shape, 1e-150, 1e150)
        laws = fit_laws(replace(self.table, depths=scaled), self.table.totals[None], floor=self.floor)
        return float(laws.constant_log_likelihood[0])

    def of_horizon(self, depth: float, share: float) -> float:
        """Return the log-likelihood where a share survives to a depth."""
        shapes = _SHAPES
        values = self._at(depth, share, shapes)
        for _ in range(_ZOOMS):
            best = int(values.argmax())
            shapes = np.geomspace(shapes[max(best - 1, 0)], shapes[min(best + 1, len(shapes) - 1)], 9)
            values = self._at(depth, share, shapes)
        return float(values.max())

    def shape_interval(self) -> tuple[float, float]:
        """Return the least and the greatest shape the data allow, at most `SHAPES`: there they limit it no further."""
        best = float(np.clip(self.laws.shape[0], *SHAPES))
        low, high = (self._end(self.of_shape, best, bound) for bound in SHAPES)
        return low, high

    def horizon_interval(self, share: float) -> tuple[float, float]:
        """Return the least and the greatest depth that a share may survive to, within the depths tested."""
        assert self.table.reach is not None
        best = float(np.clip(self.laws.horizon(share)[0], *self.table.reach))
        low, high = (self._end(lambda depth: self.of_horizon(depth, share), best, bound) for bound in self.table.reach)
        return low, high

    def is_wider(self, interval: Interval) -> bool:
        """Whether resamples vary by less than the data allow: by less than 0.8, in roots of the drop."""
        drops = (max(0.0, self._summit - self.of_shape(end)) for end in (interval.low, interval.high))
        return sum(sqrt(drop) for drop in drops) < _LEAST_WIDTH * 2.0 * sqrt(self._most_drop)

    def is_open(self) -> bool:
        """Whether the data allow every shape above some, or every shape below some."""
        return any(self._summit - self.of_shape(bound) <= self._most_drop for bound in SHAPES)

    @property
    def _summit(self) -> float:
        return float(self.laws.log_likelihood[0])

    @property
    def _most_drop(self) -> float:
        return NormalDist().inv_cdf(0.5 + self.level / 2) ** 2 / 2 * mean_design_effect(self.table)

    def _end(self, value: Callable[[float], float], best: float, bound: float) -> float:
        """Return where the log-likelihood has dropped as far as it may, between the best value and a bound."""
        least = self._summit - self._most_drop
        if value(bound) >= least:
            return bound
        inside, outside = log(best), log(bound)
        if value(best) < least:  # the best value lies beyond what may be told, and all of the interval with it
            return best
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            if value(exp(middle)) >= least:
                inside = middle
            else:
                outside = middle
        return exp(inside)

    def _at(self, depth: float, share: float, shapes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-likelihood of each shape with the horizon held: float64, shape (n_shapes,)."""
        table = self.table
        floor = np.where(table.answered, self.floor, 0.0)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            risk = -log(share) * np.exp(shapes[:, None] * np.log(table.depths / depth)[None, :])
            right = np.log(floor + (1.0 - floor) * np.exp(-risk))
            wrong = np.log((1.0 - floor) * -np.expm1(-risk))
            counts = table.totals
            # None of an impossible kind is no evidence: 0 times minus infinity is 0 here.
            parts = np.where(counts[:, 0] > 0, counts[:, 0] * right, 0.0)
            parts += np.where(counts[:, 1] > 0, counts[:, 1] * wrong, 0.0)
        return np.asarray(parts.sum(axis=1), dtype=np.float64)


def hull(interval: Interval | None, ends: tuple[float, float], level: float) -> Interval:
    """Return an interval of resamples widened to one of the profile likelihood."""
    from evalsuite.types import Interval

    if interval is None:
        return Interval(low=ends[0], high=ends[1], level=level, method="profile likelihood")
    low, high = min(interval.low, ends[0]), max(interval.high, ends[1])
    return replace(interval, low=low, high=high, method=f"{interval.method}; at least profile likelihood")
