"""Where accuracy falls all at once, more steeply than any fitted law: there the shares at each depth tell horizons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.horizon.reach import within_reach
from evalsuite.kernels.horizon import SHAPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.horizon.law import DepthLaws
    from evalsuite.horizon.records import DepthTable
    from evalsuite.types import Estimate, Interval

__all__ = ["is_step", "over_gap", "told_horizon"]

_INSIDE = 0.001


def is_step(laws: DepthLaws) -> bool:
    """Whether the shape is as large as a fit gives: accuracy falls at once, between two of the depths tested."""
    return bool(laws.shape[0] >= SHAPES[1])


def told_horizon(table: DepthTable, laws: DepthLaws, share: float, *, floor: float) -> Estimate:
    """Return the depth that a share survives by a law fitted to a table, without an interval.

    Notes
    -----
    At the greatest shape a law still takes from depth 10.1 to 12.7 to fall from 0.99 to 0.35, where it may be that all
    is right at 12 and nothing at 13. A horizon of such a law is moved between the depths whose own shares lie on
    either side of the one asked for.
    """
    made = within_reach(float(laws.horizon(share)[0]), table.reach)
    if made.value is None or not is_step(laws):
        return made
    low, high = _gap(table, share, floor)
    return replace(made, value=float(np.clip(made.value, low, high)))


def over_gap(
    interval: Interval | None, table: DepthTable, laws: DepthLaws, share: float, *, floor: float
) -> Interval | None:
    """Widen the interval of a step to the depths on either side of it: between them any place fits equally well.

    Those are the depths between which H50 lies, for every share, and those between which its own horizon does.
    """
    if interval is None or not is_step(laws):
        return interval
    own, middle = _gap(table, share, floor), _gap(table, 0.5, floor)
    return replace(interval, low=min(interval.low, own[0], middle[0]), high=max(interval.high, own[1], middle[1]))


def _gap(table: DepthTable, share: float, floor: float) -> tuple[float, float]:
    """Return the last depth before which no smaller share survives, and the first after which no greater one does."""
    depths, survival = _survival(table, floor)
    above = survival >= share
    n_before = len(depths) if above.all() else int(np.argmin(above))
    n_after = len(depths) if not above.any() else int(np.argmax(above[::-1]))
    first, last = float(depths[0]), float(depths[-1])
    low = float(depths[n_before - 1]) if n_before else first
    high = float(depths[-n_after]) if n_after else last
    # At the shallowest or the deepest a horizon would be said to lie beyond.
    if n_before == 1:
        low = min(round(first * (1.0 + _INSIDE), 9), (first + float(depths[1])) / 2)
    if n_after == 1:
        high = max(round(last * (1.0 - _INSIDE), 9), (last + float(depths[-2])) / 2)
    return low, high


def _survival(table: DepthTable, floor: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the depths that have outputs, and the share of each that survives: right answers, less guesses."""
    right, wrong = table.totals.T
    survived = np.where(table.answered, right - wrong * floor / (1.0 - floor), right)
    depths = np.unique(table.depths[right + wrong > 0])
    columns = [table.depths == depth for depth in depths]
    shares = [float(survived[column].sum() / (right + wrong)[column].sum()) for column in columns]
    return depths, np.array(shares)
