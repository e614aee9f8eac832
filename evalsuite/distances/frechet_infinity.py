"""Fréchet distance at infinitely many members on both sides, from halves of the sets at hand."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.frechet import frechet_distance
from evalsuite.distances.hashed_order import hashed_order
from evalsuite.distances.moments import Moments, merged, moments
from evalsuite.stats.curved_jackknife import curved_variance

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

__all__ = ["ExtrapolatedFrechet", "frechet_infinity"]


@dataclass(frozen=True, slots=True, eq=False)
class ExtrapolatedFrechet:
    """A distance between populations, estimated from samples of them.

    Parameters
    ----------
    value : float
        May be below 0 by chance where the populations are alike.
    at_size : float
        The distance of the samples themselves, which is above it on average.
    from_features, from_reference : float
        What the size of each side adds to ``at_size``, as estimated.
    variances : tuple of float
        Of the value over other features, and over other reference members; empty if not asked for.
    """

    value: float
    at_size: float
    from_features: float
    from_reference: float
    variances: tuple[float, ...]

    @property
    def error(self) -> float:
        """Standard error over other samples of either side, by the jackknife; NaN where that was not asked for."""
        return sqrt(sum(self.variances)) if self.variances else float("nan")


def frechet_infinity(
    features: NDArray[np.floating],
    reference: NDArray[np.floating],
    *,
    n_blocks: int = 20,
    seed: int = 0,
    clusters: NDArray[np.int64] | None = None,
    jackknife: bool = True,
) -> ExtrapolatedFrechet:
    """Estimate the Fréchet distance between the populations that two sets were drawn from.

    Parameters
    ----------
    features, reference : float, shapes (n, d) and (m, d)
        At least ``2 * n_blocks`` each, and more than twice as many as dimensions if the estimate is to be of use.
    n_blocks : int, default 20
        Parts that each side is cut into; even, and at least 4.
    seed : int, default 0
        Of the cut: members go to parts by keyed hashes of their features, whatever their order. In [0, 2**128).
    clusters : int64, shape (n,), optional
        Labels 0..G-1 of features that belong together: a cut goes between them. Each on its own where None.
    jackknife : bool, default True
        Compute variances, from values without one block and two at a time; that takes most of the time.

    Returns
    -------
    ExtrapolatedFrechet

    Raises
    ------
    ValueError
        If a side has too few members or values that are not finite, or the two differ in dimension.

    Notes
    -----
    The distance of n and m members is above that of the populations by about ``b / n + c / m`` [1]_. Of half as many
    features the first term is twice as great, so that their mean distance, over both halves and several cuts into
    halves, shows b; and so for c:

    ``3 F(n, m) - F(n / 2, m) - F(n, m / 2)``

    Others extrapolate the generated side only, by a line through distances of ever smaller subsets [1]_. Moments of
    parts add up, so that a half takes no further pass over features.

    References
    ----------
    .. [1] Chong and Forsyth, "Effectively unbiased FID and Inception Score and where to find them", CVPR 2020.
    """
    if n_blocks < 4 or n_blocks % 2:
        raise ValueError(f"`n_blocks` must be even and at least 4; found {n_blocks}")
    sides = [_cut(features, clusters, n_blocks, seed), _cut(reference, None, n_blocks, seed)]
    if sides[0][0].dimension != sides[1][0].dimension:
        raise ValueError(
            f"the two sets must have one dimension, got {sides[0][0].dimension} and {sides[1][0].dimension}"
        )
    value, at_size, first, second = _extrapolate(*sides)
    variances = tuple(_variance(value, sides, side) for side in ((0, 1) if jackknife else ()))
    return ExtrapolatedFrechet(value, at_size, first, second, variances)


def _variance(value: float, sides: list[list[Moments]], side: int) -> float:
    """Return the variance of a value over other samples of one side."""

    def without(groups: NDArray[np.int64]) -> NDArray[np.float64]:
        gone = [np.flatnonzero(groups == group).tolist() for group in range(int(groups.max()) + 1)]
        return np.array([_extrapolate(*sides, side=side, gone=one)[0] for one in gone])

    return curved_variance(value, without(np.arange(len(sides[side]))), without)


def _cut(features: NDArray[np.floating], clusters: NDArray[np.int64] | None, n_blocks: int, seed: int) -> list[Moments]:
    """Return the moments of parts, cut by what the features are and not by where they stand."""
    labels = np.arange(len(features)) if clusters is None else clusters
    n_clusters = int(labels.max(initial=-1)) + 1
    if n_clusters < 2 * n_blocks:
        raise ValueError(
            f"an extrapolated distance needs at least {2 * n_blocks} independent feature vectors, got {n_clusters}"
        )
    # Of a cluster the member that comes first stands for all.
    order = list(dict.fromkeys(labels[hashed_order(features, seed)].tolist()))
    blocks = np.empty(n_clusters, dtype=np.int64)
    blocks[order] = np.arange(n_clusters) % n_blocks
    return [moments(features[blocks[labels] == block]) for block in range(n_blocks)]


def _extrapolate(
    features: list[Moments], reference: list[Moments], *, side: int | None = None, gone: Collection[int] = ()
) -> tuple[float, float, float, float]:
    """Return the value, the distance at size, and what either size adds; without some blocks of a side if asked for."""
    left_out = [gone if side == one else () for one in (0, 1)]
    (whole, *parts), (real, *real_parts) = (
        _whole_and_halves(given, out) for given, out in zip((features, reference), left_out, strict=True)
    )
    at_size = frechet_distance(whole, real)
    first = float(np.mean([frechet_distance(half, real) for half in parts])) - at_size
    second = float(np.mean([frechet_distance(whole, half) for half in real_parts])) - at_size
    return at_size - first - second, at_size, first, second


def _whole_and_halves(parts: list[Moments], left_out: Collection[int]) -> list[Moments]:
    """Return all parts together, then the halves of two cuts: odd places against even ones, first against last.

    A part that is left out is missing from its halves, and no other part changes sides: the cuts would else be others
    with each, and their noise would be taken for the samples'.
    """
    n = len(parts)
    chosen = [range(n), range(0, n, 2), range(1, n, 2), range(n // 2), range(n // 2, n)]
    return [merged([parts[i] for i in places if i not in left_out]) for places in chosen]
