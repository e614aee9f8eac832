"""Kernel distance as it is usually reported: the mean over random subsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["kernel_subsets"]


def kernel_subsets(
    features: NDArray[np.floating],
    reference: NDArray[np.floating],
    *,
    n_subsets: int = 100,
    subset_size: int = 1000,
    seed: int = 2020,
) -> NDArray[np.float64]:
    """Kernel distances of random subsets: the same subsets, seeded, that torch-fidelity draws.

    Parameters
    ----------
    features, reference : float, shapes (n, d) and (m, d)
    n_subsets : int, default 100
    subset_size : int, default 1000
        From 2 to the smaller of n and m.
    seed : int, default 2020
        Of NumPy's ``RandomState``, which draws a subset of the features, then one of the reference, without
        replacement.

    Returns
    -------
    float64, shape (n_subsets,)
        Unbiased squared maximum mean discrepancies under ``(x . y / d + 1)**3``; see `kernel_distance`, which takes
        all pairs instead. Their mean is what others call KID. Subsets overlap, so their spread is no standard error.

    Raises
    ------
    ValueError
        If a side is smaller than a subset, has values that are not finite, or the two differ in dimension.

    Notes
    -----
    Computed in the precision of the features, as torch-fidelity 0.4 does.
    """
    x, y = checked(features), checked(reference)
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"the two sets must have one dimension, got {x.shape[1]} and {y.shape[1]}")
    most = min(len(x), len(y))
    if not 2 <= subset_size <= most:
        raise ValueError(f"`subset_size` must be from 2 to the size of the smaller set, {most}; found {subset_size}")
    if n_subsets < 1:
        raise ValueError(f"`n_subsets` must be at least 1; found {n_subsets}")
    draw = np.random.RandomState(seed)
    pairs = subset_size * (subset_size - 1)
    found = np.empty(n_subsets)
    for i in range(n_subsets):
        a = x[draw.choice(len(x), subset_size, replace=False)]
        b = y[draw.choice(len(y), subset_size, replace=False)]
        within = _off_diagonal(_cube(a, a)) + _off_diagonal(_cube(b, b))
        found[i] = within / pairs - 2 * _cube(a, b).sum(axis=0).sum() / subset_size**2
    return found


def _cube(x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray((x @ y.T * (1.0 / x.shape[1]) + 1.0) ** 3)


def _off_diagonal(kernel: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the sum, still in the precision of the features: two of them are added before they become a float64."""
    return np.asarray((kernel.sum(axis=1) - np.diagonal(kernel)).sum())
