"""How much each member of a set moves its Fréchet distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import BLOCK, Moments, moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["frechet_influence"]


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

    with T the map that takes the one Gaussian to the other, ``T S1 T = S2``: ``S2^½ (S2^½ S1 S2^½)^-½ S2^½``, with the
    inverse on the range only: where members are fewer than dimensions, directions that the set lacks have none.

    References
    ----------
    .. [1] Hampel, "The influence curve and its role in robust estimation", JASA 69, 1974, of the distance of Dowson and
       Landau, 1982.
    """
    own = moments(features)
    other = reference if isinstance(reference, Moments) else moments(np.asarray(reference))
    if own.dimension != other.dimension:
        raise ValueError(f"the two sets must have one dimension, got {own.dimension} and {other.dimension}")
    for side in (own, other):
        if side.n < 2:
            raise ValueError(f"a Fréchet distance needs at least 2 feature vectors on each side, got {side.n}")
    root = _power(other.covariance, 0.5)
    slope = -root @ _power(root @ own.covariance @ root, -0.5) @ root
    slope[np.diag_indices(own.dimension)] += 1.0
    towards = 2 * (own.mean - other.mean)
    found = np.empty(len(features))
    for start in range(0, len(features), BLOCK):
        z = np.asarray(features[start : start + BLOCK], dtype=np.float64) - own.mean
        found[start : start + BLOCK] = z @ towards + ((z @ slope) * z).sum(axis=1)
    # The mean of z' (I - T) z has n in the denominator, the covariance n - 1.
    return found - float((slope * own.covariance).sum())


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Return a power of a symmetric matrix without negative eigenvalues, on its range."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    kept = values > max(values[-1], 0.0) * len(values) * np.finfo(np.float64).eps
    return np.asarray((vectors[:, kept] * values[kept] ** exponent) @ vectors[:, kept].T)
