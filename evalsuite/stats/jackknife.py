"""Delete-block jackknife for scores of a set, where a bootstrap would be biased by its repeated members."""

from __future__ import annotations

from math import cos, isnan, pi, sin, sqrt, tan
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.types import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

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
    ``SE**2 = (b - 1) / b * sum((v_i - mean(v))**2)`` over the b values v_i without block i [1]_. The t quantile
    inverts the finite sums 26.7.3 and 26.7.4 of [2]_, exact for any number of degrees of freedom.

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
    """Return the quantile of Student's t, for p in [0.5, 1), by bisection of its angle atan(t / sqrt(degrees))."""
    low, high = 0.0, pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if _within(middle, degrees) < 2 * p - 1:
            low = middle
        else:
            high = middle
    return tan((low + high) / 2) * sqrt(degrees)


def _within(angle: float, degrees: int) -> float:
    """Return the probability that t lies between plus and minus ``tan(angle) * sqrt(degrees)``."""
    odd = degrees % 2
    term = cos(angle) if odd else 1.0
    total = 0.0
    for k in range(1 + odd, degrees, 2):
        total += term
        term *= cos(angle) ** 2 * k / (k + 1)
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
