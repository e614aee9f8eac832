"""Delete-block jackknife whose variance is freed of what interactions of blocks count twice."""

from __future__ import annotations

from math import isnan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.stats.student import student_interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from evalsuite.types import Interval

__all__ = ["curved_interval", "curved_variance"]


def curved_variance(
    centre: float, left_out: NDArray[np.float64], without: Callable[[NDArray[np.int64]], NDArray[np.float64]]
) -> float:
    """Variance of a score by the jackknife, without the second count of what blocks do in pairs.

    Parameters
    ----------
    centre : float
        The score of the whole.
    left_out : float64, shape (b,)
        The scores without one block, of at least two.
    without : callable
        Takes the group of each block, int64 of shape (b,) with labels 0..g-1, and returns the scores without one group
        at a time, shape (g,).

    Returns
    -------
    float
        NaN where a score is.

    Notes
    -----
    A score is a constant and sums of what its blocks do alone, in pairs, and so on, each uncorrelated with the others.
    Of the variance that k blocks together make the jackknife has k times as much [1]_. Without both blocks of a pair,

    ``Q = b v - (b - 1) (v_i + v_j) + (b - 2) v_ij``

    is what the pair does, and half the variance of Q is subtracted [1]_: here that of neighbouring blocks, of which
    there are b. Where more than two act together, as in neighbourhoods, that takes away too much: at least half the
    jackknife's variance is left, which is what pairs alone would leave.

    References
    ----------
    .. [1] Efron and Stein, "The jackknife estimate of variance", Annals of Statistics 9, 1981, sections 2 and 5.
    """
    b = len(left_out)
    whole = (b - 1) / b * float(((left_out - left_out.mean()) ** 2).sum())
    if b < 4:
        return whole
    found: list[float] = []
    for shift in (0, 1):
        groups = (np.arange(b) + shift) % b // 2
        values = without(groups)
        for group, value in enumerate(values):
            members = np.flatnonzero(groups == group)
            if len(members) == 2:
                found.append(b * centre - (b - 1) * float(left_out[members].sum()) + (b - 2) * float(value))
    pairs = float(np.var(found)) / 2
    return float("nan") if isnan(pairs) else max(whole - pairs, whole / 2)


def curved_interval(
    centre: float,
    left_out: NDArray[np.float64],
    without: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    *,
    level: float = 0.95,
    value_range: tuple[float, float] = (-float("inf"), float("inf")),
) -> Interval | None:
    """Interval of a score, Student's t with `curved_variance`; None where a score is NaN.

    Parameters
    ----------
    centre, left_out, without
        See `curved_variance`.
    level : float, default 0.95
    value_range : tuple of float
        The interval is cut off here.
    """
    if isnan(centre) or np.isnan(left_out).any():
        return None
    variance = curved_variance(centre, left_out, without)
    if isnan(variance):
        return None
    return student_interval(
        centre,
        sqrt(variance),
        len(left_out) - 1,
        method=f"delete-block jackknife, {len(left_out)} blocks, corrected by pairs",
        level=level,
        value_range=value_range,
    )
