"""Precision, recall, density and coverage of a set, in one pass over its distances from a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.neighbours import neighbour_distances, strips_of_hits

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Neighbourhoods", "leave_out_coverage", "neighbourhoods"]


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
