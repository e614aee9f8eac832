"""Nearest neighbours: how far the k-th one of each member is, and which one of another set is nearest."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked
from evalsuite.distances.strips import check_pair, exact_squared, places, strips

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["nearest", "neighbour_distances"]


def neighbour_distances(features: NDArray[np.floating], k: int) -> NDArray[np.float64]:
    """Squared distance of each member of a set to its k-th nearest other member.

    Parameters
    ----------
    features : float, shape (n, d)
        More than k of them. A member that occurs twice is another member.
    k : int
        At least 1.

    Returns
    -------
    float64, shape (n,)

    Raises
    ------
    ValueError
        If there are no more than `k` members, or a value is not finite.
    """
    checked(features)
    if not 1 <= k < len(features):
        raise ValueError(f"the {k}. nearest of the other members needs at least {k + 1} of them, got {len(features)}")
    found = np.zeros(len(features))
    # Of a vector that is there more than k times nothing need be computed, however many pairs of them there are.
    open_rows = np.flatnonzero(_multiplicity(features) <= k)
    for start, strip, error in strips(features[open_rows], features):
        here = np.arange(len(strip))
        own = open_rows[start : start + len(strip)]
        strip[here, own] = np.inf
        bound = np.partition(strip, k - 1, axis=1)[:, k - 1] + 2 * error
        rows, columns = places(strip <= bound[:, None])
        exact = exact_squared(features, own[rows], features, columns)
        order = np.lexsort((exact, rows))
        firsts = np.searchsorted(rows, here)
        found[own] = exact[order][firsts + k - 1]
    return found


def nearest(
    features: NDArray[np.floating], others: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nearest member of another set: its index (the first of several), and the squared distance to it.

    Parameters
    ----------
    features, others : float, shapes (n, d) and (m, d)

    Returns
    -------
    tuple of int64 and float64, shape (n,)

    Raises
    ------
    ValueError
        If `others` is empty, or a value is not finite.
    """
    check_pair(features, others)
    if not len(others):
        raise ValueError("there is no nearest member of an empty set")
    index = np.empty(len(features), dtype=np.int64)
    squared = np.empty(len(features))
    for start, strip, error in strips(features, others):
        rows, columns = places(strip <= (strip.min(axis=1) + 2 * error)[:, None])
        exact = exact_squared(features, start + rows, others, columns)
        firsts = np.searchsorted(rows, np.arange(len(strip)))
        chosen = np.lexsort((columns, exact, rows))[firsts]
        index[start : start + len(strip)] = columns[chosen]
        squared[start : start + len(strip)] = exact[chosen]
    return index, squared


def _multiplicity(features: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return how often each vector is there, told by its bytes."""
    counts: dict[bytes, int] = {}
    keys = [blake2b(row.tobytes(), digest_size=16).digest() for row in features]
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return np.array([counts[key] for key in keys], dtype=np.int64)
