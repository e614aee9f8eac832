"""Delete-block jackknife for scores of a set, where a bootstrap would be biased by its repeated members."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from evalsuite.types import Interval

__all__ = ["MAX_BLOCKS", "jackknife_interval"]

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
        Labels 0..G-1. Cluster g is in block g modulo the number of blocks, of which there are at most 50.
    value : callable
        Features of shape (m, d) to a score.
    value_range : tuple of float
        The interval is cut off here.

    Returns
    -------
    Interval, optional
        The value of all features plus or minus the t quantile of (blocks - 1) degrees of freedom times the standard
        error. None with fewer than two clusters, or where leaving out a block leaves no value.

    Notes
    -----
    ``SE**2 = (b - 1) / b * sum((v_i - mean(v))**2)`` over the b values v_i without block i [1]_. The t quantile is
    the expansion 26.7.5 of [2]_, good to 1e-3 from 6 degrees of freedom on.

    References
    ----------
    .. [1] Shao and Tu, "The Jackknife and Bootstrap", Springer 1995, section 2.3.
    .. [2] Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964.
    """
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    if n_clusters < 2:
        return None
    n_blocks = min(MAX_BLOCKS, n_clusters)
    blocks = clusters % n_blocks
    centre = value(features)
    values = np.asarray([value(features[blocks != block]) for block in range(n_blocks)], dtype=np.float64)
    if isnan(centre) or np.isnan(values).any():
        return None
    error = sqrt((n_blocks - 1) / n_blocks * float(((values - values.mean()) ** 2).sum()))
    half = _student_t(0.5 + level / 2, n_blocks - 1) * error
    low, high = max(value_range[0], centre - half), min(value_range[1], centre + half)
    return Interval(low=low, high=high, level=level, method=f"delete-block jackknife, {n_blocks} blocks")


def _student_t(p: float, degrees: int) -> float:
    z = NormalDist().inv_cdf(p)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / degrees ** (i + 1) for i, term in enumerate(terms))
