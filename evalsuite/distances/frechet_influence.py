"""How much each member of a set moves its Fréchet distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.frechet_map import FrechetMap, frechet_map
from evalsuite.distances.moments import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.distances.moments import Moments

__all__ = ["frechet_influence", "influence_by"]


def frechet_influence(features: NDArray[np.floating], reference: NDArray[np.floating] | Moments) -> NDArray[np.float64]:
    """Influence of each member of a set on the Fréchet distance from a reference.

    Parameters
    ----------
    features : float, shape (n, d)
        At least two.
    reference : float of shape (m, d), or Moments

    Returns
    -------
    float64, shape (n,)
        To first order, the distance without member i is lower by ``influence[i] / (n - 1)``: images of high influence
        are those that the distance suffers from, and they sum to about 0.

    Raises
    ------
    ValueError
        If a side has fewer than two members or values that are not finite, or the two differ in dimension.

    Notes
    -----
    The derivative of the distance as the distribution moves towards one point x [1]_: for ``z = x - m1``,

    ``2 (m1 - m2) . z + z' (I - T) z - tr((I - T) S1)``

    with T the map that takes the one Gaussian to the other, see `FrechetMap`.

    References
    ----------
    .. [1] Hampel, "The influence curve and its role in robust estimation", JASA 69, 1974, of the distance of Dowson and
       Landau, 1982.
    """
    return influence_by(frechet_map(features, reference), features)


def influence_by(mapped: FrechetMap, features: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the influence of each member of the set that a map is of; see `frechet_influence`."""
    slope = -mapped.linear
    slope[np.diag_indices(mapped.own.dimension)] += 1.0
    towards = 2 * (mapped.own.mean - mapped.other.mean)
    found = np.empty(len(features))
    for start in range(0, len(features), BLOCK):
        z = np.asarray(features[start : start + BLOCK], dtype=np.float64) - mapped.own.mean
        found[start : start + BLOCK] = z @ towards + ((z @ slope) * z).sum(axis=1)
    # The mean of z' (I - T) z has n in the denominator, the covariance n - 1.
    return found - float((slope * mapped.own.covariance).sum())
