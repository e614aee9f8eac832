"""Precision, recall, density and coverage of a set, in one pass over its distances from a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.neighbours import neighbour_distances
from evalsuite.distances.strips import check_pair, scale_of, strips, strips_of_hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Neighbourhoods", "leave_out_coverage", "leave_out_recall", "neighbourhoods"]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhoods:
    """Which members of a set and a reference lie in one another's balls, each of which reaches to the k-th neighbour.

    Parameters
    ----------
    k : int
    counts : int64, shape (n,)
        Balls around the reference's members that each member of the set lies in.
    recalled : bool, shape (m,)
        Whether a member of the reference lies in a ball around any of the set.
    hit : bool, shape (m,)
        Whether the ball around a member of the reference holds any member of the set.
    """

    k: int
    counts: NDArray[np.int64]
    recalled: NDArray[np.bool_]
    hit: NDArray[np.bool_]

    @property
    def precision(self) -> float:
        """Share of the set that lies in any ball around the reference [1]_."""
        return float((self.counts > 0).mean())

    @property
    def recall(self) -> float:
        """Share of the reference that lies in any ball around the set [1]_."""
        return float(self.recalled.mean())

    @property
    def density(self) -> float:
        """Mean number of balls around the reference that a member of the set lies in, over k [2]_."""
        return float(self.counts.mean()) / self.k

    @property
    def coverage(self) -> float:
        """Share of the balls around the reference that hold any member of the set [2]_."""
        return float(self.hit.mean())


def neighbourhoods(
    features: NDArray[np.floating],
    reference: NDArray[np.floating],
    k: int,
    *,
    reference_radii: NDArray[np.float64] | None = None,
) -> Neighbourhoods:
    """Find what precision, recall, density and coverage are made of.

    Parameters
    ----------
    features, reference : float, shapes (n, d) and (m, d)
        More than `k` of each.
    k : int
        At least 1. A ball around a member reaches to its k-th nearest other member, its surface included.
    reference_radii : float64, shape (m,), optional
        ``neighbour_distances(reference, k)``, where it is known already.

    Returns
    -------
    Neighbourhoods

    Raises
    ------
    ValueError
        If a side has no more than `k` members or values that are not finite, or the two differ in dimension.

    Notes
    -----
    Distances are computed in strips of rows, in float32; those too close to a radius to tell, once more as sums of
    squared differences in float64. So ties and copies are decided as exact arithmetic would.

    References
    ----------
    .. [1] Kynkäänniemi et al., "Improved precision and recall metric for assessing generative models", NeurIPS 2019.
    .. [2] Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020.
    """
    radii = neighbour_distances(features, k)
    if reference_radii is None:
        reference_radii = neighbour_distances(reference, k)
    counts = np.zeros(len(features), dtype=np.int64)
    recalled, hit = np.zeros((2, len(reference)), dtype=np.bool_)
    for rows, inside, around in strips_of_hits(features, reference, reference_radii, radii):
        counts[rows] = inside.sum(axis=1)
        hit |= inside.any(axis=0)
        recalled |= around.any(axis=0)
    return Neighbourhoods(k, counts, recalled, hit)


def leave_out_coverage(
    features: NDArray[np.floating],
    blocks: NDArray[np.int64],
    reference: NDArray[np.floating],
    reference_radii: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Coverage of a set without one of its blocks at a time, for a jackknife.

    Parameters
    ----------
    features, reference : float, shapes (n, d) and (m, d)
    blocks : int64, shape (n,)
        The block of each feature vector, 0..b-1.
    reference_radii : float64, shape (m,)
        ``neighbour_distances(reference, k)``.

    Returns
    -------
    float64, shape (b,)
    """
    n_blocks = int(blocks.max()) + 1 if len(blocks) else 0
    member = np.equal(blocks[:, None], np.arange(n_blocks)).astype(np.float32)
    held = np.zeros((len(reference), n_blocks), dtype=np.bool_)
    for rows, inside, _ in strips_of_hits(features, reference, reference_radii):
        held |= inside.T.astype(np.float32) @ member[rows] > 0.5
    # A ball is lost with a block where no other block has a member in it.
    lost = held[held.sum(axis=1) == 1].sum(axis=0)
    return np.asarray((held.any(axis=1).sum() - lost) / len(held))


def leave_out_recall(
    points: NDArray[np.floating], features: NDArray[np.floating], blocks: NDArray[np.int64], k: int
) -> NDArray[np.float64]:
    """Share of points in a ball around any of the features, to its k-th neighbour, without one block at a time.

    Parameters
    ----------
    points, features : float, shapes (m, d) and (n, d)
    blocks : int64, shape (n,)
        The block of each feature vector, 0..b-1.
    k : int

    Returns
    -------
    float64, shape (b,)
        NaN where no more than `k` features are left. In float32, which a jackknife does not feel: points within
        rounding of a ball's surface may fall on either side.

    Notes
    -----
    Leaving out a block widens only the balls of features with a member of it among their k nearest. Each feature thus
    has one radius for most blocks, and one for each of the at most k blocks of its neighbours.
    """
    check_pair(points, features)
    n_blocks = int(blocks.max()) + 1 if len(blocks) else 0
    left = len(features) - np.bincount(blocks, minlength=n_blocks)
    if not n_blocks or left.min() <= k:
        return np.full(n_blocks, np.nan)
    radii, near_blocks, wider = _radii_without_blocks(features, blocks, k, scale_of(points, features))
    member = np.equal(blocks[:, None], np.arange(n_blocks)).astype(np.float32)
    # Of feature i in column s: the block without which it has radius wider[i, s], unless i itself is in it.
    gains = [
        np.equal(near_blocks[:, s, None], np.arange(n_blocks)).astype(np.float32) * (1.0 - member) for s in range(k)
    ]
    hits = np.zeros(n_blocks)
    for _, strip, _ in strips(points, features):
        base = strip <= radii
        inside = base.astype(np.float32)
        counts = inside.sum(axis=1, keepdims=True) - inside @ member
        for s, gain in enumerate(gains):
            counts += ((strip <= wider[:, s]) & ~base).astype(np.float32) @ gain
        hits += (counts > 0.5).sum(axis=0)
    return hits / len(points)


def _radii_without_blocks(
    features: NDArray[np.floating], blocks: NDArray[np.int64], k: int, scale: float
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Return squared radii, shape (n,); the blocks of the k neighbours, and the radii without those, both (n, k)."""
    n = len(features)
    radii = np.empty(n, dtype=np.float32)
    near_blocks = np.empty((n, k), dtype=np.int64)
    wider = np.empty((n, k), dtype=np.float32)
    own_scale = np.float32((scale / scale_of(features, features)) ** 2)
    for start, strip, _ in strips(features, features):
        here = np.arange(len(strip))
        there = slice(start, start + len(strip))
        strip[here, start + here] = np.inf
        near = np.argpartition(strip, k - 1, axis=1)[:, :k]
        radii[there] = strip[here[:, None], near].max(axis=1)
        near_blocks[there] = blocks[near]
        for s in range(k):
            rest = np.where(blocks == near_blocks[there, s, None], np.float32(np.inf), strip)
            wider[there, s] = np.partition(rest, k - 1, axis=1)[:, k - 1]
    return radii * own_scale, near_blocks, wider * own_scale
