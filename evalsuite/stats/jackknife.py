"""Delete-block jackknife for scores of a set, where a bootstrap would be biased by its repeated members."""

from __future__ import annotations

from math import isnan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels.jackknife import jackknife_sums
from evalsuite.stats.student import student_interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from evalsuite.types import Interval

__all__ = [
    "MAX_BLOCKS",
    "interval_of_left_out",
    "jackknife_blocks",
    "jackknife_interval",
    "jackknife_row_interval",
    "left_out_rows",
]

MAX_BLOCKS = 50


def jackknife_interval(
    features: NDArray[np.floating],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.floating]], float],
    *,
    level: float = 0.95,
    value_range: tuple[float, float] = (-float("inf"), float("inf")),
) -> Interval | None:
    """Interval of a score of a set of features, by leaving out one block of clusters at a time.

    Parameters
    ----------
    features : float, shape (n, d), without NaN
    clusters : int64, shape (n,)
        Labels 0..G-1; see `jackknife_blocks`.
    value : callable
        Features of shape (m, d) to a score.
    value_range : tuple of float
        The interval is cut off here.

    Returns
    -------
    Interval, optional
        See `interval_of_left_out`. None with fewer than two clusters.
    """
    blocks = jackknife_blocks(clusters)
    if blocks is None:
        return None
    left_out = [value(features[blocks != block]) for block in range(int(blocks.max()) + 1)]
    return interval_of_left_out(
        value(features), np.asarray(left_out, dtype=np.float64), level=level, value_range=value_range
    )


def jackknife_row_interval(
    rows: NDArray[np.float64],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.float64]], NDArray[np.floating]],
    *,
    most_blocks: int | None = None,
    level: float = 0.95,
    value_range: tuple[float, float] = (-float("inf"), float("inf")),
) -> Interval | None:
    """Interval of a score of sums of rows, by leaving out one cluster at a time, or one block of clusters.

    Parameters
    ----------
    rows : float64, shape (n, k), without NaN
    clusters : int64, shape (n,)
        Labels 0..G-1; see `jackknife_blocks`.
    value : callable
        Sums of shape (m, k) to scores of shape (m,).
    most_blocks : int, optional
        Delete blocks, at most so many; None to delete one cluster at a time.
    value_range : tuple of float
        The interval is cut off here.

    Returns
    -------
    Interval, optional
        See `interval_of_left_out`. None with fewer than two clusters.
    """
    left_out = left_out_rows(rows, clusters, value, most_blocks=most_blocks)
    if left_out is None:
        return None
    rows = np.ascontiguousarray(rows, dtype=np.float64)
    centre = float(np.asarray(value(rows.sum(axis=0)[None]))[0])
    return interval_of_left_out(centre, left_out, level=level, value_range=value_range)


def left_out_rows(
    rows: NDArray[np.float64],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.float64]], NDArray[np.floating]],
    *,
    most_blocks: int | None = None,
) -> NDArray[np.float64] | None:
    """Return the scores of sums of rows without one cluster or block of clusters at a time, float64 of shape (b,).

    Parameters and None as in `jackknife_row_interval`.
    """
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    blocks = jackknife_blocks(clusters, n_clusters if most_blocks is None else most_blocks)
    if blocks is None:
        return None
    rows = np.ascontiguousarray(rows, dtype=np.float64)
    return np.asarray(value(jackknife_sums(rows, np.ascontiguousarray(blocks))), dtype=np.float64)


def jackknife_blocks(clusters: NDArray[np.int64], most: int = MAX_BLOCKS) -> NDArray[np.int64] | None:
    """Put clusters, labelled 0..G-1, into at most so many blocks: cluster g into g modulo their number.

    Returns
    -------
    int64, shape (n,), optional
        None with fewer than two clusters.
    """
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    return None if n_clusters < 2 else clusters % min(most, n_clusters)


def interval_of_left_out(
    centre: float,
    left_out: NDArray[np.float64],
    *,
    level: float = 0.95,
    value_range: tuple[float, float] = (-float("inf"), float("inf")),
) -> Interval | None:
    """Interval of a score from its values without one block at a time.

    Parameters
    ----------
    centre : float
        The score of the whole.
    left_out : float64, shape (b,)
        The scores v_i without block i, of at least two blocks.

    Returns
    -------
    Interval, optional
        The centre plus or minus the t quantile of (b - 1) degrees of freedom times the standard error. None where a
        score is NaN.

    Notes
    -----
    ``SE**2 = (b - 1) / b * sum((v_i - mean(v))**2)`` [1]_. Over independent blocks its expectation is never below the
    variance of the score of b - 1 of them, whatever the score [2]_.

    References
    ----------
    .. [1] Shao and Tu, "The Jackknife and Bootstrap", Springer 1995, section 2.3.
    .. [2] Efron and Stein, "The jackknife estimate of variance", Annals of Statistics 9, 1981.
    """
    n_blocks = len(left_out)
    if isnan(centre) or np.isnan(left_out).any():
        return None
    error = sqrt((n_blocks - 1) / n_blocks * float(((left_out - left_out.mean()) ** 2).sum()))
    return student_interval(
        centre,
        error,
        n_blocks - 1,
        method=f"delete-block jackknife, {n_blocks} blocks",
        level=level,
        value_range=value_range,
    )
