"""Radii to the k-th nearest neighbour when a block of the set is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.neighbours import nearest_members, nearest_others
from evalsuite.distances.tiles import SketchedSet

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["radii_without_blocks"]

_MORE = 3


def radii_without_blocks(
    x: SketchedSet, blocks: NDArray[np.int64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find how far each member's k-th nearest other is, without the block of any of its k nearest.

    Parameters
    ----------
    x : SketchedSet
        Of n members, more than `k` of them outside any one block.
    blocks : int64, shape (n,)
        The block of each member.
    k : int

    Returns
    -------
    tuple of int64, shape (n, k), and float64, shape (n, k + 1)
        The blocks of the k nearest others; and squared radii without each of those, the last one with all. Without
        the member's own block there is no radius: it is that with all.
    """
    n = len(x)
    squared, members = nearest_others(x, min(k + _MORE, n - 1))
    near_blocks = blocks[members[:, :k]]
    wider = np.empty((n, k + 1))
    wider[:, k] = squared[:, k - 1]
    open_rows = np.arange(n)
    while len(open_rows):
        unfinished = np.zeros(len(open_rows), dtype=np.bool_)
        around = blocks[members]
        for s in range(k):
            left_out = near_blocks[open_rows, s]
            left = np.cumsum(around != left_out[:, None], axis=1)
            found = squared[np.arange(len(open_rows)), (left < k).sum(axis=1).clip(max=squared.shape[1] - 1)]
            own = left_out == blocks[open_rows]
            wider[open_rows, s] = np.where(own, wider[open_rows, k], found)
            unfinished |= (left[:, -1] < k) & ~own
        # Where a list held too few of other blocks, a longer one.
        open_rows = open_rows[unfinished]
        if len(open_rows):
            longer = min(4 * squared.shape[1], n - 1)
            rows = SketchedSet(x.features, x.sketch, x.members[open_rows])
            squared, members = nearest_members(rows, x, longer, same=True)
    return near_blocks, wider
