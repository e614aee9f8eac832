"""Wilson's interval for a proportion, made wider where samples come in clusters."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.types import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["design_effect", "proportion_interval"]


def design_effect(rows: NDArray[np.float64], clusters: NDArray[np.int64]) -> float:
    """How many times larger the variance of a proportion is than that of as many independent trials; at least 1.

    Parameters
    ----------
    rows : float64, shape (n, 2)
        Successes and trials of each sample.
    clusters : int64, shape (n,)
        Labels 0..G-1.

    Notes
    -----
    The variance of the ratio of cluster totals is linearised [1]_:
    ``G / (G - 1) * sum((s_g - p * t_g)**2) / T**2``, over ``p * (1 - p) / T``. Where p is 0 or 1 the data say nothing
    about it: then the trials of a sample count as one.

    References
    ----------
    .. [1] Miller, "Adding error bars to evals", arXiv 2411.00640, section 2.2.
    """
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    successes = np.bincount(clusters, weights=rows[:, 0], minlength=n_clusters)
    trials = np.bincount(clusters, weights=rows[:, 1], minlength=n_clusters)
    total = trials.sum()
    if n_clusters < 2 or total == 0:
        return 1.0
    p = successes.sum() / total
    independent = p * (1.0 - p) / total
    if independent <= 0.0:
        return max(1.0, float(total / np.count_nonzero(rows[:, 1])))
    clustered = n_clusters / (n_clusters - 1) * float(((successes - p * trials) ** 2).sum()) / total**2
    return max(1.0, float(clustered / independent))


def proportion_interval(
    rows: NDArray[np.float64], clusters: NDArray[np.int64], *, level: float = 0.95
) -> Interval | None:
    """Wilson's interval [1]_ with the number of trials divided by the design effect.

    Parameters
    ----------
    rows : float64, shape (n, 2)
        Successes and trials of each sample.
    clusters : int64, shape (n,)
        Labels 0..G-1.
    level : float, default 0.95
        Nominal coverage, in (0, 1).

    Returns
    -------
    Interval, optional
        None with no trials or fewer than two clusters.

    References
    ----------
    .. [1] Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    """
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    trials = float(rows[:, 1].sum())
    if n_clusters < 2 or trials <= 0:
        return None
    p = float(rows[:, 0].sum()) / trials
    n = trials / design_effect(rows, clusters)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low = 0.0 if p == 0.0 else max(0.0, centre - half)
    high = 1.0 if p == 1.0 else min(1.0, centre + half)
    return Interval(low=low, high=high, level=level, method="wilson, n over the design effect")
