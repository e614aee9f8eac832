"""Precision, recall, density and coverage of a set, in one pass over its distances from a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.balls import hits
from evalsuite.distances.neighbours import nearest_others
from evalsuite.distances.radii_without_blocks import radii_without_blocks
from evalsuite.distances.sketch import sketch_of
from evalsuite.distances.tiles import SketchedSet, check_pair

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
    Nearly all pairs are decided by bounds in float32, those of the vectors' leading directions where that is cheaper;
    what they cannot decide is computed as sums of squared differences in float64. So ties and copies are decided as
    exact arithmetic would.

    References
    ----------
    .. [1] Kynkäänniemi et al., "Improved precision and recall metric for assessing generative models", NeurIPS 2019.
    .. [2] Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020.
    """
    check_pair(features, reference)
    for part in (features, reference):
        if not 1 <= k < len(part):
            raise ValueError(f"the {k}. nearest of the other members needs at least {k + 1} of them, got {len(part)}")
    n, m = len(features), len(reference)
    own_pairs = n**2 // 2 + (m**2 // 2 if reference_radii is None else 0)
    sketch = sketch_of(features, reference, n_pairs=n * m + own_pairs)
    points, centres = SketchedSet(features, sketch), SketchedSet(reference, sketch)
    radii = nearest_others(points, k)[0][:, k - 1]
    if reference_radii is None:
        reference_radii = nearest_others(centres, k)[0][:, k - 1]
    counts = np.zeros(n, dtype=np.int64)
    recalled, hit = np.zeros((2, m), dtype=np.bool_)
    for found in hits(points, centres, reference_radii, radii, settled=recalled):
        held, holders = found.inside
        counts += np.bincount(held, minlength=n)
        hit[holders] = True
        recalled[found.around[1]] = True
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
    check_pair(features, reference)
    n_blocks = int(blocks.max()) + 1 if len(blocks) else 0
    sketch = sketch_of(features, reference, n_pairs=len(features) * len(reference))
    held = np.zeros((len(reference), n_blocks), dtype=np.bool_)
    for found in hits(SketchedSet(features, sketch), SketchedSet(reference, sketch), reference_radii):
        held_points, holders = found.inside
        held[holders, blocks[held_points]] = True
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
        NaN where no more than `k` features are left.

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
    sketch = sketch_of(points, features, n_pairs=len(features) * (len(points) + len(features) // 2))
    centres = SketchedSet(features, sketch)
    near_blocks, wider = radii_without_blocks(centres, blocks, k)
    counts = np.zeros((len(points), n_blocks), dtype=np.int32)
    for found in hits(SketchedSet(points, sketch), centres, wider.max(axis=1), lesser_radii=wider[:, k]):
        held, holders = found.inside
        own = blocks[holders]
        base = found.squared <= wider[holders, k]
        # In a ball as it is: whichever block is left out, but the ball's own.
        of_point = np.bincount(held[base], minlength=len(points)).astype(np.int32)
        counts += of_point[:, None]
        np.subtract.at(counts, (held[base], own[base]), 1)
        for s in range(k):  # else in the wider ball without the block of a neighbour
            gained = ~base & (found.squared <= wider[holders, s]) & (near_blocks[holders, s] != own)
            np.add.at(counts, (held[gained], near_blocks[holders[gained], s]), 1)
    return np.asarray((counts > 0).mean(axis=0))
