"""The cluster bootstrap: which clusters a resample draws, and the sums of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import MAX_RESAMPLES, check_array, check_integer, check_not_empty, new_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["bootstrap_draws", "bootstrap_sums"]

_MAX_SEED: Final = 2**64 - 1
_MAX_FIRST: Final = 2**63
_MAX_CLUSTERS: Final = 2**32


def bootstrap_sums(
    rows: NDArray[np.float64],
    clusters: NDArray[np.int64],
    *,
    n_resamples: int,
    seed: int,
    first_resample: int = 0,
) -> NDArray[np.float64]:
    """Row sums over resamples of the cluster bootstrap.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, k), C-contiguous
        One row a sample. NaN spreads to every resample that draws it: drop unscored samples first.
    clusters : ndarray of int64, shape (n,), C-contiguous
        Cluster of each row: labels 0 to G - 1, each one present, numbered in canonical order.
        ``numpy.arange(n)`` for independent rows.
    n_resamples : int
        Number of resamples, B; 0 to 2**24.
    seed : int
        Key of the random stream, 0 to 2**64 - 1.
    first_resample : int, default 0
        Number of the first resample, so that a long run may be done in parts.

    Returns
    -------
    ndarray of float64, shape (B, k)
        Row ``i`` is resample ``b = first_resample + i``: rows are added up by cluster in their given order, then G
        clusters are drawn with replacement and their sums added in draw order.

    Raises
    ------
    TypeError
        If an array has another dtype or a number is not an int.
    ValueError
        If a shape, a layout, a label or a number is not as above.

    Notes
    -----
    Resample ``b`` depends on (seed, b, G) only: not on `n_resamples`, the number of threads, or the rows. Two models
    resampled with the same seed over the same clusters draw the same clusters, so their differences are paired.
    Draws are those of :func:`bootstrap_draws`; resampling whole clusters is section 3.8 of [1]_.

    References
    ----------
    .. [1] Davison and Hinkley, "Bootstrap Methods and their Application", Cambridge University Press 1997.

    Examples
    --------
    >>> rows = np.array([[1.0, 1.0], [0.0, 1.0], [1.0, 1.0]])
    >>> bootstrap_sums(rows, np.arange(3), n_resamples=2, seed=0)[:, 1]
    array([3., 3.])
    """
    check_array(rows, "rows", (np.float64,), 2, contiguous=True)
    check_array(clusters, "clusters", (np.int64,), 1, contiguous=True)
    check_not_empty(rows, "rows")
    if len(clusters) != len(rows):
        raise ValueError(f"`clusters` must have one label for each of the {len(rows)} rows; found {len(clusters)}")
    count, key, first = _resamples(n_resamples, seed, first_resample)
    out = new_table((count, rows.shape[1]), np.float64, "n_resamples", count)
    _rust.bootstrap_sums(rows, clusters, key, first, out)
    return out


def bootstrap_draws(n_clusters: int, *, n_resamples: int, seed: int, first_resample: int = 0) -> NDArray[np.int64]:
    """Clusters that each resample of :func:`bootstrap_sums` draws.

    Parameters
    ----------
    n_clusters : int
        Number of clusters, G; 1 to 2**32.
    n_resamples : int
        Number of resamples, B; 0 to 2**24.
    seed : int
        Key of the random stream, 0 to 2**64 - 1.
    first_resample : int, default 0
        Number of the first resample.

    Returns
    -------
    ndarray of int64, shape (B, G)
        Labels 0 to G - 1 in draw order.

    Raises
    ------
    TypeError
        If a number is not an int.
    ValueError
        If a number is out of range.

    Notes
    -----
    Draw ``j`` of resample ``b`` is ``floor(h G / 2**64)``, where ``h = mix64(start + j * step)`` is a splittable
    generator [1]_ keyed by (seed, b), all modulo 2**64: with ``g = 0x9E3779B97F4A7C15`` and
    ``key = mix64(seed + g)``, ``start = mix64(key + (2 * b + 1) * g)`` and
    ``step = mix64(key + (2 * b + 2) * g) | 1``, exclusive-or ``0xAAAAAAAAAAAAAAAA`` if fewer than 24 of the
    neighbouring bits of ``step`` differ. ``mix64`` is the finaliser of SplitMix64. The stream is part of the format
    of results and never changes.

    References
    ----------
    .. [1] Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.

    Examples
    --------
    >>> bootstrap_draws(5, n_resamples=2, seed=0).shape
    (2, 5)
    """
    size = check_integer(n_clusters, "n_clusters", 1, _MAX_CLUSTERS)
    count, key, first = _resamples(n_resamples, seed, first_resample)
    out = new_table((count, size), np.int64, "n_resamples", count)
    _rust.bootstrap_draws(key, first, out)
    return out


def _resamples(n_resamples: int, seed: int, first_resample: int) -> tuple[int, int, int]:
    return (
        check_integer(n_resamples, "n_resamples", 0, MAX_RESAMPLES),
        check_integer(seed, "seed", 0, _MAX_SEED),
        check_integer(first_resample, "first_resample", 0, _MAX_FIRST),
    )
