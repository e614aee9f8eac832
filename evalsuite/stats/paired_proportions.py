"""Interval of the difference of two proportions of the same trials."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.types import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["paired_proportion_interval"]


def paired_proportion_interval(
    differences: NDArray[np.float64], clusters: NDArray[np.int64], *, level: float = 0.95
) -> Interval | None:
    """Agresti and Min's interval [1]_ of a mean difference, with the number of pairs divided by the design effect.

    Parameters
    ----------
    differences : float64, shape (n,)
        Of each pair, in [-1, 1]: 1, 0 or -1 for single trials, anything between for shares.
    clusters : int64, shape (n,)
        Labels 0..G-1 of pairs that depend on one another.
    level : float, default 0.95
        Nominal coverage, in (0, 1).

    Returns
    -------
    Interval, optional
        Within [-1, 1]; None with fewer than two clusters.

    Notes
    -----
    Half a trial is added to each cell of the table of pairs, which is to add a pair that differs by 1 and one that
    differs by -1 with half the square of each. With n pairs, their mean m and mean square q,

    ``c = n m / (n + 2), (c - z s, c + z s), s**2 = ((n q + 1) / (n + 2) - c**2) / (n + 2)``.

    So it has a width where no pair differs, and where few do and all in one direction, it is not as sure as a bootstrap
    is, which never draws the other. The design effect is the variance of the mean over clusters, over that of as many
    independent pairs, and at least 1.

    References
    ----------
    .. [1] Agresti and Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in
       Medicine 24, 2005.

    Examples
    --------
    Of 144 pairs four differ, all in one direction; the exact test of McNemar has p = 0.125.

    >>> found = paired_proportion_interval(np.array([-1.0] * 4 + [0.0] * 140), np.arange(144))
    >>> round(found.low, 3), round(found.high, 3)
    (-0.057, 0.002)
    """
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    if n_clusters < 2:
        return None
    n, mean, square = float(len(differences)), float(differences.mean()), float((differences**2).mean())
    totals = np.bincount(clusters, weights=differences - mean, minlength=n_clusters)
    independent = n / (n - 1) * n * max(square - mean**2, 0.0)
    clustered = n_clusters / (n_clusters - 1) * float((totals**2).sum())
    if independent > 0.0:
        n /= max(1.0, clustered / independent)
    centre = n * mean / (n + 2)
    half = NormalDist().inv_cdf(0.5 + level / 2) * sqrt(((n * square + 1) / (n + 2) - centre**2) / (n + 2))
    return Interval(
        low=max(-1.0, centre - half),
        high=min(1.0, centre + half),
        level=level,
        method="agresti-min, n over the design effect",
    )
