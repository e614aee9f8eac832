"""Nearest neighbours: how far the k-th one of each member is, and which one of another set is nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked
from evalsuite.distances.sketch import sketch_of
from evalsuite.distances.tiles import SketchedSet, check_pair, own_tiles, scout_tiles, tiles
from evalsuite.kernels.neighbours import enter_pairs, keep_nearest, keep_smallest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Lists = tuple[NDArray[np.float64], NDArray[np.int64]]

# Coordinates to look at first, and the most vectors that are then computed for each member.
_SCOUTED = 64
_MOST_SCOUTS = 128

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
    squared, members = lists = _first_lists(x, x, k, same=True)
    for rows, columns, tile in own_tiles(x):
        above = None if rows == columns else (squared[columns], members[columns])
        sides = x.side(rows, x), x.side(columns, x)
        keep_nearest(tile, x.sketch.scale, sides[0], (squared[rows], members[rows]), sides[1], above, same=True)
    return lists


def nearest_members(x: SketchedSet, y: SketchedSet, k: int, *, same: bool = False) -> Lists:
    """Return the like of members of `y`; where `same`, the two are parts of one set, and none is its own neighbour."""
    squared, members = lists = _first_lists(x, y, k, same=same)
    for rows, columns, tile in tiles(x, y):
        sides = x.side(rows, y), y.side(columns, x)
        keep_nearest(tile, x.sketch.scale, sides[0], (squared[rows], members[rows]), sides[1], same=same)
    return lists


def _first_lists(x: SketchedSet, y: SketchedSet, k: int, *, same: bool) -> Lists:
    """Return lists of neighbours that look nearest by a few coordinates, so that few pairs can still be nearer.

    Only where sketches have directions, of which the leading ones come first; else lists are empty.
    """
    squared, members = lists = _empty_lists(len(x), k)
    looked_at = min(2 * k + 1, len(y))
    if x.sketch.basis is None or looked_at > _MOST_SCOUTS:
        return lists
    bounds, candidates = _empty_lists(len(x), looked_at)
    for rows, columns, tile in scout_tiles(x, y, min(_SCOUTED, x.sketch.width)):
        keep_smallest(tile, (bounds[rows], candidates[rows]), y.members[columns])
    for rows in x.rows():
        sides = x.side(rows, y), y.side(slice(0, 0), x)
        enter_pairs(sides[0], (squared[rows], members[rows]), sides[1], candidates[rows], same=same)
    return lists


def _empty_lists(n: int, k: int) -> Lists:
    return np.full((n, k), np.inf), np.full((n, k), np.iinfo(np.int64).max)
