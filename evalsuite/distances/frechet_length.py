"""A Fréchet distance as a squared length, to second order in the set's distribution, for its interval."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.frechet_influence import influence_by
from evalsuite.distances.frechet_map import frechet_map
from evalsuite.distances.hashed_order import hashed_order
from evalsuite.distances.spread_of_products import spread_of_products
from evalsuite.stats.squared_length import SquaredLength

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.distances.frechet_map import FrechetMap
    from evalsuite.distances.moments import Moments

__all__ = ["frechet_curvature", "frechet_length"]

_MEMBERS, _MEMBERS_OF_WIDE, _WIDE = 512, 128, 512


def frechet_length(
    distance: float, features: NDArray[np.floating], reference: NDArray[np.floating] | Moments
) -> tuple[SquaredLength, float]:
    """Return the squared length that a Fréchet distance is near, and the standard error of what lies between the two.

    Parameters
    ----------
    distance : float
        ``frechet_distance(features, reference)``.
    features : float, shape (n, d)
        Independent members, at least four, and more than twice as many as dimensions if second order is to be enough.
    reference : float of shape (m, d), or Moments

    Returns
    -------
    SquaredLength
        What is left of the distance without what the set's size adds to it, ``mean psi(x, x) / (2 n)``.
    float
        Standard error of that addition.

    Notes
    -----
    In a sample's distribution the distance is, but for third order, that of the population plus ``mean phi(x)`` plus
    half the mean of ``psi(x, x')`` over all pairs: phi is `frechet_influence`, psi `frechet_curvature`. So ``phi / 2``
    and ``psi / 2`` stand for the products of a member's deviation with delta and with another member's. The latter is
    taken of some members only, those of the lowest hashes: 512, or 128 of more than 512 dimensions.
    """
    mapped = frechet_map(features, reference)
    n, d = features.shape
    most = _MEMBERS if d <= _WIDE else _MEMBERS_OF_WIDE
    chosen = np.arange(n) if n <= most else hashed_order(features, 0)[:most]
    products = frechet_curvature(mapped, features[chosen]) / 2
    towards = influence_by(mapped, features) / 2
    spread = spread_of_products(products, towards[chosen], n)
    added = np.diagonal(products) / n
    length = SquaredLength(
        n=n,
        value=distance - float(added.mean()),
        along=max(float(towards.var()) - spread.square / n, 0.0),
        along_twice=spread.along_twice,
        square=spread.square,
        cube=spread.cube,
    )
    return length, float(added.std()) / sqrt(len(chosen))


def frechet_curvature(mapped: FrechetMap, features: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the second derivative of the Fréchet distance as the distribution moves towards two members at once.

    Parameters
    ----------
    mapped : FrechetMap
        From the set to the reference.
    features : float, shape (k, d)
        Members of the set.

    Returns
    -------
    float64, shape (k, k)

    Notes
    -----
    With ``z = x - m1``, its whitened ``w = z S2^½ U / L`` and T, U, L of the map,

    ``psi(x, x') = 2 z T z' + sum_ab W_ab (w_a w_b - [a = b]) (w'_a w'_b - [a = b])``, ``W_ab = L_a L_b / (L_a + L_b)``

    The first term is of the means and of what they take from the covariance, the second of ``-2 tr A^½``, whose second
    derivative has divided differences of the root's first, ``1 / (L_a L_b (L_a + L_b))`` [1]_.

    References
    ----------
    .. [1] Higham, "Functions of Matrices", SIAM 2008, section 3.2: the Daleckii-Krein theorem.
    """
    z = np.asarray(features, dtype=np.float64) - mapped.own.mean
    white = z @ mapped.whitening
    weights = np.multiply.outer(mapped.roots, mapped.roots) / np.add.outer(mapped.roots, mapped.roots)
    own = (white**2 @ mapped.roots) / 2
    found = np.asarray(2 * (z @ mapped.linear @ z.T))
    for i, row in enumerate(white):
        both = row * white
        found[i] += ((both @ weights) * both).sum(axis=1) - own[i] - own
    return np.asarray(found + mapped.roots.sum() / 2)
