"""Cluster bootstrap over rows, by the seeded kernel: intervals of scores and of differences."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels import bootstrap_draws, bootstrap_sums
from evalsuite.stats.clusters import dense_labels, sum_in_blocks
from evalsuite.stats.expanded import expanded_ends, fewest_units
from evalsuite.stats.proportion import proportion_interval
from evalsuite.stats.student import student_interval
from evalsuite.types import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = [
    "CURVE_RESAMPLES",
    "ROW_RESAMPLES",
    "curve_interval",
    "paired_interval",
    "row_interval",
    "row_resamples",
    "share_interval",
]

ROW_RESAMPLES = 10_000
_MANY_DRAWS = 300_000_000
_FEWEST_RESAMPLES = 1_000
CURVE_RESAMPLES = 2_000
_LEAST_BEYOND = 2  # resamples beyond an end that is to be read off them


def row_interval(
    rows: NDArray[np.float64],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.float64]], NDArray[np.floating]],
    *,
    seed: int,
    level: float = 0.95,
    n_resamples: int | None = None,
) -> Interval | None:
    """Return the expanded percentile interval of a score of sums of rows; see `evalsuite.stats.expanded`.

    Parameters
    ----------
    rows : float64, shape (n, k), without NaN
    clusters : int64, shape (n,)
        Labels 0..G-1.
    value : callable
        Sums of shape (m, k) to scores of shape (m,).
    seed : int
        In [0, 2**64). The same seed and clusters draw the same resamples, so that models pair.
    n_resamples : int, optional
        `row_resamples` of the clusters where None.

    Returns
    -------
    Interval, optional
        None with fewer clusters than `evalsuite.stats.expanded.fewest_units`, or where a resample has no value.
    """
    n_clusters = _n_clusters(clusters)
    if n_clusters < fewest_units(level):
        return None
    n_resamples = n_resamples or row_resamples(n_clusters)
    sums = bootstrap_sums(rows, clusters, n_resamples=n_resamples, seed=seed)
    return _percentiles(
        np.asarray(value(sums), dtype=np.float64),
        level,
        n_clusters,
        "cluster bootstrap",
        float(value(sum_in_blocks(rows)[None])[0]),
    )


def share_interval(
    rows: NDArray[np.float64],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.float64]], NDArray[np.floating]],
    *,
    seed: int,
) -> Interval | None:
    """Interval of a share whose rows are numbers from 0 to as many as count: `row_interval`, but where all are alike.

    Resamples of nothing but zeros, or of nothing but ones, are all alike, too. Of numbers from 0 to 1 those vary most
    that are one or the other: there a proportion's interval is wide enough.

    Parameters
    ----------
    rows : float64, shape (n, 2), without NaN
        ``[part, all that count]``; rows without any are left out.
    clusters : int64, shape (n,)
        Labels 0..G-1.
    value : callable
        Sums of shape (m, 2) to shares of shape (m,).
    seed : int
        In [0, 2**64).
    """
    share = float(value(sum_in_blocks(rows)))
    if share not in (0.0, 1.0):
        return row_interval(rows, clusters, value, seed=seed)
    counted = rows[:, 1] != 0
    alike = np.tile([share, 1.0], (int(np.count_nonzero(counted)), 1))
    return proportion_interval(alike, dense_labels(clusters[counted]))


def curve_interval(
    rows: NDArray[np.float64],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.float64]], float],
    *,
    seed: int,
    level: float = 0.95,
    n_resamples: int = CURVE_RESAMPLES,
) -> Interval | None:
    """Return the interval of a score of the rows themselves; parameters and method as of `row_interval`."""
    n_clusters = _n_clusters(clusters)
    if n_clusters < fewest_units(level):
        return None
    order = np.argsort(clusters, kind="stable")
    sizes = np.bincount(clusters, minlength=n_clusters)
    members = np.split(order, np.cumsum(sizes)[:-1])
    is_alone = bool((sizes == 1).all())  # each row a cluster of its own, which needs no joining
    values = np.empty(n_resamples, dtype=np.float64)
    chunk = max(1, (1 << 22) // n_clusters)  # draws held at a time: 32 MiB
    for first in range(0, n_resamples, chunk):
        count = min(chunk, n_resamples - first)
        draws = bootstrap_draws(n_clusters, n_resamples=count, seed=seed, first_resample=first)
        for i, draw in enumerate(draws):
            chosen = order[draw] if is_alone else np.concatenate([members[cluster] for cluster in draw])
            values[first + i] = value(rows[chosen])
    return _percentiles(values, level, n_clusters, "cluster bootstrap", value(rows))


def paired_interval(
    rows_a: NDArray[np.float64],
    rows_b: NDArray[np.float64],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.float64]], NDArray[np.floating]],
    *,
    seed: int,
    level: float = 0.95,
    n_resamples: int | None = None,
) -> Interval | None:
    """Return the interval of score(a) - score(b), on the same samples; parameters and method as of `row_interval`.

    Raises
    ------
    ValueError
        If the two have different shapes.
    """
    if rows_a.shape != rows_b.shape:
        raise ValueError(f"`rows_a` and `rows_b` must have one shape, got {rows_a.shape} and {rows_b.shape}")
    n_clusters = _n_clusters(clusters)
    if n_clusters < fewest_units(level):
        return None
    k = rows_a.shape[1]
    n_resamples = n_resamples or row_resamples(n_clusters)
    sums = bootstrap_sums(np.hstack([rows_a, rows_b]), clusters, n_resamples=n_resamples, seed=seed)
    difference = np.asarray(value(sums[:, :k]) - value(sums[:, k:]), dtype=np.float64)
    centre = float(value(sum_in_blocks(rows_a)[None])[0] - value(sum_in_blocks(rows_b)[None])[0])
    return _percentiles(difference, level, n_clusters, "paired cluster bootstrap", centre)


def row_resamples(n_clusters: int) -> int:
    """Return how many resamples to draw: 10,000, fewer above 30,000 clusters, at least 1,000.

    Of so many clusters the quantiles of 1,000 resamples are off by some 3% of the interval's width, and the time for
    10,000 would be minutes.
    """
    return max(_FEWEST_RESAMPLES, min(ROW_RESAMPLES, _MANY_DRAWS // max(n_clusters, 1)))


def _n_clusters(clusters: NDArray[np.int64]) -> int:
    return int(clusters.max()) + 1 if len(clusters) else 0


def _percentiles(
    values: NDArray[np.float64], level: float, n_clusters: int, method: str, centre: float
) -> Interval | None:
    if np.isnan(values).any():
        return None
    method = f"{method}, {len(values)}"
    ends = expanded_ends(level, n_clusters)
    if ends[0] * len(values) < _LEAST_BEYOND:
        # So far out there are no resamples; a normal law's width goes on.
        error = float(np.std(values)) * sqrt(n_clusters / (n_clusters - 1))
        return student_interval(centre, error, n_clusters - 1, level=level, method=f"{method}, Student's t")
    low, high = np.quantile(values, ends)
    return Interval(low=float(low), high=float(high), level=level, method=f"{method}, expanded percentiles")
