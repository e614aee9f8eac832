"""Which depths to ask next, so that the horizon is known from as few items as may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from evalsuite.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from evalsuite.horizon.records import DepthTable

__all__ = ["DepthChoice", "choose_depths"]

_START_DEPTHS: Final = 8
_HORIZONS: Final = 201
_BEYOND: Final = 8.0  # horizons that are thought possible: so many times outside the depths that can be asked
_SHAPES: Final = np.exp(np.linspace(-1.2, 1.2, 25))
_WORTH_ASKING: Final = 0.02
_SHAPE_SPREAD: Final = 0.5  # standard deviation of log k before anything is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthChoice:
    """What to ask next.

    Parameters
    ----------
    depths : tuple of int
        One an item, in rising order; a depth may come several times. Empty when there is no more to ask.
    reason : {"start", "information", "precise", "above", "below", "most items", "used up"}
        Why these depths, or why none. "used up": the depths that tell of the horizon have no more items.
    h50 : float, optional
        Median of what the horizon is thought to be; None at the start.
    relative_width : float, optional
        Width of its interval over the median.
    """

    depths: tuple[int, ...]
    reason: Literal["start", "information", "precise", "above", "below", "most items", "used up"]
    h50: float | None = None
    relative_width: float | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is no more to ask."""
        return not self.depths


def choose_depths(
    table: DepthTable,
    available: Sequence[int],
    *,
    batch: int = 16,
    floor: float = 0.0,
    law: Literal["weibull", "constant"] = "weibull",
    relative_width: float | None = None,
    level: float = 0.95,
    most_items: int | None = None,
    remaining: Mapping[int, int] | None = None,
) -> DepthChoice:
    """Choose the depths of the next batch of items.

    Parameters
    ----------
    table : DepthTable
        Results so far; empty at the start.
    available : sequence of int
        Depths that can be asked, above 0.
    batch : int, default 16
        Items to ask at once, at least 1.
    floor : float, default 0
        Share of right answers among guesses.
    law : {"weibull", "constant"}, default "weibull"
        Whether the shape is unknown, or known to be 1. The second asks deeper, where a constant step error is seen
        best, and needs fewer items; a fit by Weibull's law gains less from them.
    relative_width : float, optional
        Stop when the interval is at most this many times as wide as the horizon is long.
    level : float, default 0.95
    most_items : int, optional
        Stop at so many answers, at least 1.
    remaining : mapping of int to int, optional
        Items that are left at each available depth, 0 where it has none here; as many as are wanted by default. No more
        is asked where the best of what is left tells less than a fiftieth of what the best depth of all would.

    Returns
    -------
    DepthChoice

    Raises
    ------
    UsageError
        If an argument is out of range.

    Notes
    -----
    The first batch is spread over up to eight depths in equal ratios. From then on each item goes where it is expected
    to lower the variance of log H50 most, ``p (1 - p) (E[log H | right] - E[log H | wrong])**2``, under what is thought
    of the horizon: a grid over log H50, flat before anything is seen, and over log k, normal about 0 with standard
    deviation 0.5. Within a batch an item that was chosen counts as if it had been answered as expected.

    The interval here is of items that are independent. What is reported is the cluster bootstrap of `fit_horizon`,
    which may be wider: to be sure of its width, stop by it. Depths chosen by results leave the maximum likelihood fit
    as it is, since the choice depends on what was seen alone.

    References
    ----------
    .. [1] Chaloner and Verdinelli, "Bayesian experimental design: a review", Statistical Science 10, 1995.

    Examples
    --------
    >>> from evalsuite.horizon import count_records
    >>> choose_depths(count_records([], []), [1, 2, 4, 8, 16, 32], batch=6).depths
    (1, 2, 4, 8, 16, 32)
    >>> seen = count_records([1] * 9 + [4] * 9 + [16] * 9, [1] * 9 + [1] * 8 + [0] + [1] * 2 + [0] * 7)
    >>> choose_depths(seen, range(1, 33), batch=3).depths
    (23, 26, 30)
    """
    depths = _checked(available, batch, floor, level, relative_width, most_items)
    totals = table.totals
    n_items = float(totals.sum())
    left = batch if most_items is None else min(batch, int(most_items - n_items))
    stock = np.array([batch if remaining is None else remaining.get(int(depth), 0) for depth in depths])
    if n_items == 0 and stock.any():
        return DepthChoice(depths=_start(depths, left, stock), reason="start")
    belief = _Belief(depths, floor, law)
    belief.learn(table)
    low, middle, high = belief.quantiles((1 - level) / 2, 0.5, (1 + level) / 2)
    width = (high - low) / middle
    if low > depths[-1]:
        return DepthChoice(depths=(), reason="above", h50=middle, relative_width=width)
    if high < depths[0]:
        return DepthChoice(depths=(), reason="below", h50=middle, relative_width=width)
    if relative_width is not None and width <= relative_width:
        return DepthChoice(depths=(), reason="precise", h50=middle, relative_width=width)
    if left <= 0:
        return DepthChoice(depths=(), reason="most items", h50=middle, relative_width=width)
    gains = belief.gains()
    if gains[stock > 0].max(initial=0.0) < _WORTH_ASKING * gains.max():
        return DepthChoice(depths=(), reason="used up", h50=middle, relative_width=width)
    chosen: list[int] = []
    for _ in range(min(left, int(stock.sum()))):
        column = int(np.argmax(np.where(stock > 0, belief.gains(), -1.0)))
        belief.expect(column)
        stock[column] -= 1
        chosen.append(int(depths[column]))
    return DepthChoice(depths=tuple(sorted(chosen)), reason="information", h50=middle, relative_width=width)


class _Belief:
    """What is thought of the horizon and the shape: weights over a grid, shape (horizons, shapes)."""

    def __init__(self, depths: NDArray[np.float64], floor: float, law: str) -> None:
        self.floor = floor
        self.log_h = np.linspace(np.log(depths[0] / _BEYOND), np.log(depths[-1] * _BEYOND), _HORIZONS)
        self.shapes = _SHAPES if law == "weibull" else np.ones(1)
        self.log_weights = np.broadcast_to(
            -0.5 * (np.log(self.shapes) / _SHAPE_SPREAD) ** 2, (_HORIZONS, len(self.shapes))
        ).copy()
        self.log_right, self.log_wrong = self._logs(depths, floor)
        self.right = np.exp(self.log_right).reshape(len(depths), -1)

    def _logs(self, depths: NDArray[np.float64], floor: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Logarithms of the chance of right and wrong: shape (depths, horizons, shapes)."""
        ratio = np.log(depths)[:, None, None] - self.log_h[None, :, None]
        z = np.log(2.0) * np.exp(np.clip(ratio * self.shapes, -60.0, 6.0))
        right = floor + (1.0 - floor) * np.exp(-z)
        wrong = -(1.0 - floor) * np.expm1(-z)
        return np.log(right), np.log(wrong)

    def learn(self, table: DepthTable) -> None:
        for is_answered in (True, False):
            columns = table.answered == is_answered
            if columns.any():
                logs = self._logs(table.depths[columns], self.floor if is_answered else 0.0)
                for log_share, counts in zip(logs, table.totals[columns].T, strict=True):
                    self.log_weights += np.tensordot(counts, log_share, axes=1)

    def weights(self) -> NDArray[np.float64]:
        weights = np.exp(self.log_weights - self.log_weights.max())
        return np.asarray(weights / weights.sum(), dtype=np.float64)

    def quantiles(self, *shares: float) -> list[float]:
        """Quantiles of the horizon, between points of the grid by their cumulated weights."""
        weights = self.weights().sum(axis=1)
        cumulated = np.cumsum(weights) - weights / 2
        return [float(np.exp(np.interp(share, cumulated, self.log_h))) for share in shares]

    def gains(self) -> NDArray[np.float64]:
        """By how much an item of each depth is expected to lower the variance of log H50."""
        weights = self.weights()
        by_horizon = weights * self.log_h[:, None]
        chance = self.right @ weights.reshape(-1)
        if_right = self.right @ by_horizon.reshape(-1)
        mean = float(by_horizon.sum())
        # E[h | right] - E[h | wrong] = (E[h; right] - p E[h]) / (p (1 - p)).
        return np.asarray(
            (if_right - chance * mean) ** 2 / np.maximum(chance * (1.0 - chance), 1e-12), dtype=np.float64
        )

    def expect(self, column: int) -> None:
        """Count an item as if it had been answered as expected."""
        chance = float(self.right[column] @ self.weights().reshape(-1))
        self.log_weights += chance * self.log_right[column] + (1.0 - chance) * self.log_wrong[column]


def _start(depths: NDArray[np.float64], batch: int, stock: NDArray[np.int64]) -> tuple[int, ...]:
    """Spread a batch over depths in equal ratios, as near to them as can be asked."""
    wanted = np.geomspace(depths[0], depths[-1], min(_START_DEPTHS, len(depths), batch))
    left = stock.copy()
    chosen: list[int] = []
    for i in range(min(batch, int(stock.sum()))):
        distance = np.abs(np.log(depths / wanted[i % len(wanted)]))
        column = int(np.argmin(np.where(left > 0, distance, np.inf)))
        left[column] -= 1
        chosen.append(int(depths[column]))
    return tuple(sorted(chosen))


def _checked(
    available: Sequence[int],
    batch: int,
    floor: float,
    level: float,
    relative_width: float | None,
    most_items: int | None,
) -> NDArray[np.float64]:
    depths = np.unique(np.asarray(list(available), dtype=np.float64))
    if not len(depths) or depths[0] <= 0 or (depths != np.floor(depths)).any() or not np.isfinite(depths).all():
        raise UsageError("adaptive depth: `available` must hold at least one depth, whole numbers above 0")
    if batch < 1:
        raise UsageError(f"adaptive depth: `batch` must be at least 1, got {batch}")
    if not 0.0 <= floor < 1.0:
        raise UsageError(f"adaptive depth: `floor` must be a share of at least 0 and below 1, got {floor}")
    if not 0.0 < level < 1.0:
        raise UsageError(f"adaptive depth: `level` must be between 0 and 1, got {level}")
    if relative_width is not None and relative_width <= 0.0:
        raise UsageError(f"adaptive depth: `relative_width` must be above 0, got {relative_width}")
    if most_items is not None and most_items < 1:
        raise UsageError(f"adaptive depth: `most_items` must be at least 1, or None for no limit, got {most_items}")
    return depths
