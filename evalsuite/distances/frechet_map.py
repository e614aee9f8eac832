"""The map that takes one set's Gaussian to another's, from which derivatives of the Fréchet distance are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import Moments, moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FrechetMap", "frechet_map"]


@dataclass(frozen=True, slots=True, eq=False)
class FrechetMap:
    """From the Gaussian of a set, of mean m1 and covariance S1, to that of a reference, of m2 and S2.

    Parameters
    ----------
    own, other : Moments
    linear : float64, shape (d, d)
        T with ``T S1 T = S2``: ``S2^½ A^-½ S2^½`` with ``A = S2^½ S1 S2^½``, the inverse on the range only: where
        members are fewer than dimensions, directions that the set lacks have none.
    whitening : float64, shape (d, r)
        ``S2^½ U / L`` with the eigenvectors U of A and the roots L of its eigenvalues.
    roots : float64, shape (r,)
        L.
    """

    own: Moments
    other: Moments
    linear: NDArray[np.float64]
    whitening: NDArray[np.float64]
    roots: NDArray[np.float64]


def frechet_map(features: NDArray[np.floating], reference: NDArray[np.floating] | Moments) -> FrechetMap:
    """Compute the map between the Gaussians of two sets.

    Parameters
    ----------
    features : float, shape (n, d)
        At least two.
    reference : float of shape (m, d), or Moments

    Raises
    ------
    ValueError
        If a side has fewer than two members or values that are not finite, or the two differ in dimension.
    """
    own = moments(features)
    other = reference if isinstance(reference, Moments) else moments(np.asarray(reference))
    if own.dimension != other.dimension:
        raise ValueError(f"the two sets must have one dimension, got {own.dimension} and {other.dimension}")
    for side in (own, other):
        if side.n < 2:
            raise ValueError(f"a Fréchet distance needs at least 2 feature vectors on each side, got {side.n}")
    values, vectors = _on_range(other.covariance)
    root = (vectors * np.sqrt(values)) @ vectors.T
    values, vectors = _on_range(root @ own.covariance @ root)
    turned = root @ vectors
    return FrechetMap(
        own=own,
        other=other,
        linear=np.asarray((turned / np.sqrt(values)) @ turned.T),
        whitening=np.asarray(turned / np.sqrt(values)),
        roots=np.asarray(np.sqrt(values)),
    )


def _on_range(matrix: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the eigenvalues above 0 of a symmetric matrix without negative ones, and their vectors."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    kept = values > max(values[-1], 0.0) * len(values) * np.finfo(np.float64).eps
    return values[kept], vectors[:, kept]
