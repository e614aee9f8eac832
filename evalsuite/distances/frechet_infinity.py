"""Fréchet distance at infinitely many members on both sides, by the jackknife."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.frechet import frechet_distance
from evalsuite.distances.hashed_order import hashed_order
from evalsuite.distances.moments import Moments, merged, moments
from evalsuite.stats.two_sample_jackknife import LeftOut, freed_of_sizes, freed_variance

if TYPE_CHECKING:
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
    error : float
        Standard error over other samples of both sides; NaN if not asked for.
    """

    value: float
    at_size: float
    from_features: float
    from_reference: float
    error: float


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
        Parts that each side is cut into; at least 4.
    seed : int, default 0
        Of the cut: members go to parts by keyed hashes of their features, whatever their order. In [0, 2**128).
    clusters : int64, shape (n,), optional
        Labels 0..G-1 of features that belong together: a cut goes between them. Each on its own where None.
    jackknife : bool, default True
        Compute the error, from ``n_blocks ** 2`` distances without a block of each side and nearly as many without two
        of one: that takes most of the time.

    Returns
    -------
    ExtrapolatedFrechet

    Raises
    ------
    ValueError
        If a side has too few members or values that are not finite, or the two differ in dimension.

    Notes
    -----
    The distance of n and m members is above that of the populations by about ``b / n + c / m`` [1]_. Distances without
    a block of one side show b, of the other c, and the jackknife takes both away (`evalsuite.stats.freed_of_sizes`);
    what is left is of order ``1 / n**2``. Published FID-infinity extrapolates the generated side only, by a line
    through distances of ever smaller subsets [1]_. Moments of blocks add up, so that none takes a further pass over
    features.

    References
    ----------
    .. [1] Chong and Forsyth, "Effectively unbiased FID and Inception Score and where to find them", CVPR 2020.
    """
    if n_blocks < 4:
        raise ValueError(f"`n_blocks` must be at least 4; found {n_blocks}")
    blocks, real_blocks = _cut(features, clusters, n_blocks, seed), _cut(reference, None, n_blocks, seed)
    if blocks[0].dimension != real_blocks[0].dimension:
        raise ValueError(
            f"the two sets must have one dimension, got {blocks[0].dimension} and {real_blocks[0].dimension}"
        )
    all_of, all_real = merged(blocks), merged(real_blocks)
    fewer, fewer_real = [all_of.without(one) for one in blocks], [all_real.without(one) for one in real_blocks]
    at_size = frechet_distance(all_of, all_real)
    first = np.array([frechet_distance(one, all_real) for one in fewer])
    second = np.array([frechet_distance(all_of, one) for one in fewer_real])
    error = float("nan")
    if jackknife:
        first_pairs, second_pairs = np.zeros((2, n_blocks, n_blocks))
        for i, j in combinations(range(n_blocks), 2):
            first_pairs[i, j] = first_pairs[j, i] = frechet_distance(fewer[i].without(blocks[j]), all_real)
            second_pairs[i, j] = second_pairs[j, i] = frechet_distance(all_of, fewer_real[i].without(real_blocks[j]))
        crossed = np.array([[frechet_distance(one, real) for real in fewer_real] for one in fewer])
        error = sqrt(freed_variance(LeftOut(at_size, first, second, first_pairs, second_pairs, crossed)))
    value, from_features, from_reference = freed_of_sizes(at_size, first, second)
    return ExtrapolatedFrechet(value, at_size, from_features, from_reference, error)


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
