"""Nearest neighbours: how far the k-th one of each member is, and which one of another set is nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked
from evalsuite.distances.sketch import sketch_of
from evalsuite.distances.tiles import SketchedSet, check_pair, own_tiles, tiles
from evalsuite.kernels.neighbours import keep_nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Lists = tuple[NDArray[np.float64], NDArray[np.int64]]

__all__ = ["nearest", "nearest_members", "nearest_others", "neighbour_distances"]


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
    sketch = sketch_of(features, n_pairs=len(features) ** 2 // 2)
    return nearest_others(SketchedSet(features, sketch), k)[0][:, k - 1].copy()


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
    sketch = sketch_of(features, others, n_pairs=len(features) * len(others))
    squared, members = nearest_members(SketchedSet(features, sketch), SketchedSet(others, sketch), 1)
    return members.ravel(), squared.ravel()


def nearest_others(x: SketchedSet, k: int) -> Lists:
    """Return squared distances of each member's k nearest others, in order, and which they are: shapes (n, k)."""
    squared, members = lists = _empty_lists(len(x), k)
    for rows, columns, tile in own_tiles(x):
        above = None if rows == columns else (squared[columns], members[columns])
        sides = x.side(rows, x), x.side(columns, x)
        keep_nearest(tile, x.sketch.scale, sides[0], (squared[rows], members[rows]), sides[1], above, same=True)
    return lists


def nearest_members(x: SketchedSet, y: SketchedSet, k: int, *, same: bool = False) -> Lists:
    """Return the like of members of `y`; where `same`, the two are parts of one set, and none is its own neighbour."""
    squared, members = lists = _empty_lists(len(x), k)
    for rows, columns, tile in tiles(x, y):
        sides = x.side(rows, y), y.side(columns, x)
        keep_nearest(tile, x.sketch.scale, sides[0], (squared[rows], members[rows]), sides[1], same=same)
    return lists


def _empty_lists(n: int, k: int) -> Lists:
    return np.full((n, k), np.inf), np.full((n, k), np.iinfo(np.int64).max)
