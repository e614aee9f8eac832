"""Resamples of clusters, and percentiles of what was fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels import bootstrap_sums
from evalsuite.stats import expanded_ends
from evalsuite.types import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.horizon.records import DepthTable

__all__ = ["Resamples", "percentile_interval"]

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
