"""Intervals of the difference of two scores: of independent sets, or of sets for the same samples."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.stats.jackknife import interval_of_left_out
from evalsuite.types import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["difference_interval", "difference_of_left_out"]


def difference_interval(first: float, first_interval: Interval, second: float, second_interval: Interval) -> Interval:
    """Interval of ``second - first`` for two scores of independent sets, from their own intervals.

    Parameters
    ----------
    first, second : float
    first_interval, second_interval : Interval
        Of one level, which the difference's has too.

    Raises
    ------
    ValueError
        If the levels differ.

    Notes
    -----
    Zou and Donner's recovery of variances [1]_: each end of the difference takes from either score the half of the
    interval that lies on its side, and adds the two in squares. For intervals that lie even about their scores these
    are the usual standard errors, added in squares.

    References
    ----------
    .. [1] Zou and Donner, "Construction of confidence limits about effect measures: a general approach", Statistics in
       Medicine 27, 2008.

    Examples
    --------
    >>> one, other = (Interval(low=v - 3, high=v + 4, level=0.95, method="") for v in (0, 10))
    >>> found = difference_interval(0, one, 10, other)
    >>> found.low, found.high
    (5.0, 15.0)
    """
    if first_interval.level != second_interval.level:
        raise ValueError(
            f"the intervals must be of one level; found {first_interval.level} and {second_interval.level}"
        )
    difference = second - first
    below = sqrt((second - second_interval.low) ** 2 + (first_interval.high - first) ** 2)
    above = sqrt((second_interval.high - second) ** 2 + (first - first_interval.low) ** 2)
    return Interval(
        low=difference - below,
        high=difference + above,
        level=first_interval.level,
        method="both intervals, as of independent sets",
    )


def difference_of_left_out(
    difference: float, first: NDArray[np.float64], second: NDArray[np.float64]
) -> Interval | None:
    """Interval of a difference of two scores of outputs for the same samples, from the scores without each block.

    Parameters
    ----------
    difference : float
        The second score less the first.
    first, second : float64, shape (b,)
        Each score without block i, which holds the same samples for both.

    Returns
    -------
    Interval, optional
        See `interval_of_left_out`.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    if first.shape != second.shape:
        raise ValueError(f"both must have a score for each block; found shapes {first.shape} and {second.shape}")
    return interval_of_left_out(difference, np.asarray(second - first, dtype=np.float64))
