"""Paired tests of two models on the same samples, cluster by cluster, by the seeded kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels import bootstrap_sums
from evalsuite.kernels.paired_trials import trial_sums

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["TRIALS", "bootstrap_test", "randomisation_test"]

TRIALS = 10_000
# Sums in another order differ in the last bits: two equal differences must count as equal.
_SLACK = 1e-12


def randomisation_test(
    rows_a: NDArray[np.float64],
    rows_b: NDArray[np.float64],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.float64]], NDArray[np.floating]],
    *,
    seed: int,
    n_trials: int = TRIALS,
) -> float | None:
    """Two-sided p-value of score(a) - score(b), by approximate randomisation over clusters.

    Parameters
    ----------
    rows_a, rows_b : float64, shape (n, k), without NaN
        The same samples, in the same order.
    clusters : int64, shape (n,)
        Labels 0..G-1; the outputs of a cluster are swapped together.
    value : callable
        Sums of shape (m, k) to scores of shape (m,).
    seed : int
        In [0, 2**64).
    n_trials : int, default 10000
        Trials, B; at least 1.

    Returns
    -------
    float, optional
        In [1 / (B + 1), 1]. None with fewer than two clusters, or where a trial has no value.

    Raises
    ------
    ValueError
        If the two have different shapes.

    Notes
    -----
    Under the null hypothesis it does not matter which model an output came from. ``p = (c + 1) / (B + 1)`` [1]_, where
    c counts the trials whose difference is at least as large as the real one [2]_.

    References
    ----------
    .. [1] Phipson and Smyth, "Permutation P-values Should Never Be Zero", SAGMB 9, 2010.
    .. [2] Noreen, "Computer-Intensive Methods for Testing Hypotheses", Wiley 1989.
    """
    sums = _cluster_sums(rows_a, rows_b, clusters)
    if sums is None:
        return None
    sums_a, sums_b = sums
    totals = np.vstack([sums_a.sum(axis=0), sums_b.sum(axis=0)])
    moved = trial_sums(np.ascontiguousarray(sums_a - sums_b), n_trials=n_trials, seed=seed)
    difference = _difference(value, totals[:1], totals[1:])[0]
    shuffled = _difference(value, totals[1] + moved, totals[0] - moved)
    return _p_value(np.abs(shuffled), abs(difference))


def bootstrap_test(
    rows_a: NDArray[np.float64],
    rows_b: NDArray[np.float64],
    clusters: NDArray[np.int64],
    value: Callable[[NDArray[np.float64]], NDArray[np.floating]],
    *,
    seed: int,
    n_resamples: int = TRIALS,
) -> float | None:
    """Two-sided p-value of score(a) - score(b), by the paired cluster bootstrap; parameters as `randomisation_test`.

    Notes
    -----
    The bootstrap's differences lie around the real one, d; moved to lie around zero they show what chance does [1]_:
    ``p = (c + 1) / (B + 1)``, where c counts the resamples with ``|d_b - d| >= |d|``.

    References
    ----------
    .. [1] Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman and Hall 1993, section 16.4.
    """
    sums = _cluster_sums(rows_a, rows_b, clusters)
    if sums is None:
        return None
    both = np.ascontiguousarray(np.hstack(sums))
    k = rows_a.shape[1]
    resampled = bootstrap_sums(both, np.arange(len(both)), n_resamples=n_resamples, seed=seed)
    total = both.sum(axis=0)[None]
    difference = _difference(value, total[:, :k], total[:, k:])[0]
    differences = _difference(value, resampled[:, :k], resampled[:, k:])
    return _p_value(np.abs(differences - difference), abs(difference))


def _cluster_sums(
    rows_a: NDArray[np.float64], rows_b: NDArray[np.float64], clusters: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    if rows_a.shape != rows_b.shape:
        raise ValueError(f"`rows_a` and `rows_b` must have one shape, got {rows_a.shape} and {rows_b.shape}")
    n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
    if n_clusters < 2:
        return None
    sums = np.zeros((2, n_clusters, rows_a.shape[1]), dtype=np.float64)
    for total, rows in zip(sums, (rows_a, rows_b), strict=True):
        np.add.at(total, clusters, rows)
    return sums[0], sums[1]


def _difference(
    value: Callable[[NDArray[np.float64]], NDArray[np.floating]],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
) -> NDArray[np.float64]:
    return np.asarray(value(first), dtype=np.float64) - np.asarray(value(second), dtype=np.float64)


def _p_value(found: NDArray[np.float64], difference: float) -> float | None:
    if np.isnan(difference) or np.isnan(found).any():
        return None
    return (int((found >= difference - _SLACK * (1.0 + difference)).sum()) + 1) / (len(found) + 1)
