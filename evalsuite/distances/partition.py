"""A partition of feature space into cells: those nearest to the centres of a set's clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked
from evalsuite.distances.neighbours import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["cell_centres", "cells_of"]

_ROUNDS = 100
_ROWS = 8192


def cell_centres(features: NDArray[np.floating], n_cells: int, *, seed: int = 0) -> NDArray[np.float64]:
    """Centres of clusters, by k-means.

    Parameters
    ----------
    features : float, shape (n, d)
        At least one.
    n_cells : int
        At least 1.
    seed : int, default 0

    Returns
    -------
    float64, shape (k, d)
        As many as asked for, or fewer where fewer vectors are different.

    Raises
    ------
    ValueError
        If there is no vector, a value is not finite, or `n_cells` is below 1.

    Notes
    -----
    Lloyd's rounds [1]_, at most 100, from the draw of k-means++ [2]_: each further centre is a member, drawn by its
    squared distance to the nearest centre so far.

    References
    ----------
    .. [1] Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 28, 1982.
    .. [2] Arthur and Vassilvitskii, "k-means++: The advantages of careful seeding", SODA 2007.
    """
    x = checked(features)
    if n_cells < 1:
        raise ValueError(f"`n_cells` must be at least 1, got {n_cells}")
    if not len(x):
        raise ValueError("a partition needs at least 1 feature vector")
    draw = np.random.Generator(np.random.Philox(seed))
    centres = _row(x, int(draw.integers(len(x))))
    squared = _squared(x, centres)[:, 0]
    while len(centres) < n_cells and squared.max() > 0:
        sums = np.cumsum(squared)
        chosen = int(np.searchsorted(sums, draw.random() * sums[-1], side="right"))
        added = _row(x, min(chosen, len(x) - 1))
        centres = np.concatenate([centres, added])
        squared = np.minimum(squared, _squared(x, added)[:, 0])
    labels = np.full(len(x), -1)
    for _ in range(_ROUNDS):
        found = _squared(x, centres).argmin(axis=1)
        if (found == labels).all():
            break
        labels = found
        for cell in range(len(centres)):
            members = x[labels == cell]
            if len(members):  # else it stays where it was
                centres[cell] = members.mean(axis=0, dtype=np.float64)
    return centres


def cells_of(features: NDArray[np.floating], centres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the cell of each vector, that of the nearest centre: int64, shape (n,)."""
    if not len(features):
        return np.zeros(0, dtype=np.int64)
    return nearest(np.asarray(features, dtype=np.float64), centres)[0]


def _row(x: NDArray[np.floating], index: int) -> NDArray[np.float64]:
    return np.array(x[index : index + 1], dtype=np.float64)  # a copy: centres move


def _squared(x: NDArray[np.floating], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return squared distances, shape (n, k), with the rounding of a product."""
    found = np.empty((len(x), len(centres)))
    for start in range(0, len(x), _ROWS):
        part = np.asarray(x[start : start + _ROWS], dtype=np.float64)
        products = part @ centres.T
        found[start : start + _ROWS] = (part**2).sum(axis=1)[:, None] - 2 * products + (centres**2).sum(axis=1)
    return np.maximum(found, 0.0)
