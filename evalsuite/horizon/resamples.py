"""Resamples of clusters, and percentiles of what was fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels import bootstrap_sums
from evalsuite.stats import student_t
from evalsuite.types import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.horizon.records import DepthTable

__all__ = ["Resamples", "expanded_ends", "percentile_interval"]

_LEAST_KNOWN = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Resamples:
    """Which clusters are drawn: a pure function of the seed and the number of clusters."""

    n_clusters: int
    n: int
    seed: int

    def counts(self, table: DepthTable) -> NDArray[np.float64]:
        """Return the counts of each resample: float64, shape (n, m, 2)."""
        m = len(table.depths)
        rows = np.ascontiguousarray(table.counts.reshape(self.n_clusters, 2 * m))
        sums = bootstrap_sums(rows, np.arange(self.n_clusters), n_resamples=self.n, seed=self.seed)
        return np.asarray(sums.reshape(self.n, m, 2), dtype=np.float64)


def expanded_ends(level: float, n_units: int) -> tuple[float, float]:
    """Return which quantiles of resamples make an interval of a level.

    Notes
    -----
    Resamples of n units vary by (n - 1) / n of what samples do, and know nothing of how uncertain that itself is: the
    plain percentiles of 48 clusters hold the truth in 94 % where 95 % are meant. The expanded percentile interval [1]_
    goes to ``Phi(-sqrt(n / (n - 1)) t)`` and its mirror, with Student's t of n - 1 degrees of freedom.

    References
    ----------
    .. [1] Hesterberg, "What teachers should know about the bootstrap", The American Statistician 69, 2015, section 5.3.
    """
    t = student_t(0.5 + level / 2, n_units - 1) * sqrt(n_units / (n_units - 1))
    low = NormalDist().cdf(-t)
    return low, 1.0 - low


def percentile_interval(
    values: NDArray[np.float64], level: float, *, n_units: int, method: str = "cluster bootstrap"
) -> Interval | None:
    """Return expanded percentiles of the values that are numbers; None where fewer than nine in ten are.

    Parameters
    ----------
    values : float64, shape (b,)
        One a resample.
    level : float
    n_units : int
        Clusters, or families, that were resampled: at least 2.
    method : str
        How the resamples were made, for readers.
    """
    known = values[~np.isnan(values)]
    if len(known) < _LEAST_KNOWN * len(values) or not len(known):
        return None
    low, high = np.quantile(known, expanded_ends(level, n_units))
    return Interval(
        low=float(low), high=float(high), level=level, method=f"{method}, {len(values)}, expanded percentiles"
    )
