"""A horizon is told within the depths tested, and said to be above or below them elsewhere."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.types import Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.types import Interval, Reach

__all__ = ["clipped", "ends_within", "within_reach"]

_SAME = 1e-9


def within_reach(value: float, reach: tuple[float, float] | None) -> Estimate:
    """Return an estimate that says "beyond" where it lies outside the depths tested.

    Parameters
    ----------
    value : float
        NaN where it is not known.
    reach : tuple of float, optional
        Shallowest and deepest depth tested; None where there is none.

    Notes
    -----
    Where one depth alone was tested, the share that survives it says on which side the horizon lies: the estimate has
    that depth as its value, and a reach of one side only. Where that share is exactly the one asked for there is no
    value.

    Examples
    --------
    >>> within_reach(30.0, (1.0, 24.0))
    Estimate(value=24.0, interval=None, reach=(1.0, 24.0))
    >>> within_reach(0.0, (4.0, 4.0))
    Estimate(value=4.0, interval=None, reach=(4.0, None))
    """
    if reach is None or math.isnan(value):
        return Estimate(value=None, reach=reach)
    shallowest, deepest = reach
    if shallowest < deepest:
        return Estimate(value=float(np.clip(value, shallowest, deepest)), reach=reach)
    if math.isclose(value, deepest, rel_tol=_SAME):
        return Estimate(value=None)
    side: Reach = (None, deepest) if value > deepest else (deepest, None)
    return Estimate(value=deepest, reach=side)


def ends_within(estimate: Estimate, interval: Interval | None, reach: tuple[float, float]) -> Estimate:
    """Return the estimate with an interval that is told within the depths tested.

    Where one depth alone was tested there is an interval only if it lies on the estimate's side as a whole.
    """
    if interval is None or estimate.value is None:
        return estimate
    shallowest, deepest = reach
    if shallowest == deepest:
        is_above = estimate.reach is not None and estimate.reach[0] is None
        if (interval.low <= deepest) if is_above else (interval.high >= deepest):
            return estimate
    low, high = (float(np.clip(end, shallowest, deepest)) for end in (interval.low, interval.high))
    return replace(estimate, interval=replace(interval, low=low, high=high))


def clipped(horizons: NDArray[np.float64], reach: tuple[float, float]) -> NDArray[np.float64]:
    """Return horizons within the depths tested; of one depth alone, at half and at twice it: the side is kept."""
    low, high = reach if reach[0] < reach[1] else (reach[0] / 2, reach[1] * 2)
    return np.clip(horizons, low, high)
