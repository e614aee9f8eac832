"""Fréchet distance between the Gaussians that have two sets' means and covariances: the one core of all of its kind.

``|m1 - m2|**2 + tr S1 + tr S2 - 2 tr (S1 S2)**(1/2)``, where the last trace is the sum of the singular values of
``R1.T @ R2`` for any factors ``S1 = R1 @ R1.T`` and ``S2 = R2 @ R2.T``. Which factors are at hand decides the form:

* more members than dimensions, on both sides: the roots of the eigenvalues of the symmetric ``R1.T @ S2 @ R1``;
* fewer on one side or both: its deviations from the mean are a factor themselves, with as many columns as members, and
  no covariance of that side is made (the Gram form).

Eigenvalues lose half the digits of their small ones when the root is taken. Where that could matter, the singular
values are computed instead. Nothing here is complex, and rounding below 0 is cut off at 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import Moments, checked, moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["frechet_distance", "leave_out_frechet"]

# Largest error of the distance, over the two covariances' traces, at which eigenvalues are trusted.
_TOLERANCE = 1e-9
_BLOCK = 256


def frechet_distance(features: NDArray[np.floating] | Moments, reference: NDArray[np.floating] | Moments) -> float:
    """Fréchet distance between two sets of feature vectors.

    Parameters
    ----------
    features, reference : float of shape (n, d), or Moments
        Give features where there are fewer of them than dimensions: the Gram form is then several times faster than
        what moments allow, and as exact.

    Returns
    -------
    float
        At least 0, in squared units of the features. Covariances have n - 1 in the denominator.

    Raises
    ------
    ValueError
        If a side has fewer than two members or values that are not finite, the two differ in dimension, or the
        distance is beyond float64.

    References
    ----------
    .. [1] Dowson and Landau, "The Fréchet distance between multivariate normal distributions", Journal of
       Multivariate Analysis 12, 1982.
    .. [2] Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
       NeurIPS 2017.

    Examples
    --------
    >>> import numpy as np
    >>> square = np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0]])
    >>> frechet_distance(square, square + 3.0)  # the same shape, moved by 3 along both axes
    18.0
    """
    a, b = _Side(features), _Side(reference)
    if a.dimension != b.dimension:
        raise ValueError(f"the two sets must have one dimension, got {a.dimension} and {b.dimension}")
    for side in (a, b):
        if side.n < 2:
            raise ValueError(f"a Fréchet distance needs at least 2 feature vectors on each side, got {side.n}")
    with np.errstate(over="ignore", invalid="ignore"):
        shift = a.mean - b.mean
        return _combine(float(shift @ shift), a.trace, b.trace, _root_trace(a, b))


def leave_out_frechet(
    features: NDArray[np.floating], blocks: NDArray[np.int64], reference: NDArray[np.floating] | Moments
) -> NDArray[np.float64]:
    """Fréchet distances of a set without one of its blocks at a time, for a jackknife.

    Parameters
    ----------
    features : float, shape (n, d)
    blocks : int64, shape (n,)
        The block of each, 0..b-1.
    reference : float of shape (m, d), or Moments

    Returns
    -------
    float64, shape (b,)
        NaN where fewer than two members are left.

    Notes
    -----
    Equal to `frechet_distance` of what is left, up to rounding, at the price of one factorisation a block: moments
    part by subtraction; of a Gram matrix, rows and columns are taken away and the rest is centred anew.
    """
    other = _Side(reference)
    n_blocks = int(blocks.max()) + 1 if len(blocks) else 0
    left = len(features) - np.bincount(blocks, minlength=n_blocks)
    distances = np.full(n_blocks, np.nan)
    if not n_blocks or other.n < 2:
        return distances
    whole = moments(features)
    gram = None
    if left.min() <= whole.dimension < other.n:
        centred = np.asarray(features, dtype=np.float64) - whole.mean
        gram = centred @ other.covariance @ centred.T
    for block in np.flatnonzero(left >= 2):
        kept = blocks != block
        if left[block] > whole.dimension:
            distances[block] = frechet_distance(whole.without(moments(features[~kept])), reference)
        elif gram is None:
            distances[block] = frechet_distance(features[kept], reference)
        else:
            distances[block] = _from_gram(features[kept], gram[np.ix_(kept, kept)], other)
    return distances


class _Side:
    """One set: its moments, and the smallest factor of its covariance, each computed when it is first needed."""

    def __init__(self, given: NDArray[np.floating] | Moments) -> None:
        self._moments = given if isinstance(given, Moments) else None
        self._features = None if isinstance(given, Moments) else checked(np.asarray(given))
        self._mean: NDArray[np.float64] | None = None
        self._thin_factor: NDArray[np.float64] | None = None
        self.n: int = given.n if isinstance(given, Moments) else len(given)
        self.dimension: int = given.dimension if isinstance(given, Moments) else given.shape[1]

    @property
    def is_thin(self) -> bool:
        """Whether the features are at hand and are no more than dimensions."""
        return self._features is not None and self.n <= self.dimension

    @property
    def mean(self) -> NDArray[np.float64]:
        if self._mean is None:
            if self._features is not None and self.is_thin:
                self._mean = self._features.mean(axis=0, dtype=np.float64)
            else:
                self._mean = self._all.mean
        return self._mean

    @property
    def trace(self) -> float:
        """Of the covariance."""
        if self.is_thin:
            return float((self.thin_factor**2).sum())
        return float(np.trace(self._all.scatter)) / (self.n - 1)

    @property
    def covariance(self) -> NDArray[np.float64]:
        return self._all.covariance

    @property
    def thin_factor(self) -> NDArray[np.float64]:
        """The deviations from the mean over the root of n - 1, reflected so that a row is 0 and left out.

        float64, shape (n - 1, d); its own product, transposed times itself, is the covariance.
        """
        if self._thin_factor is None:
            assert self._features is not None
            self._thin_factor = np.asarray(_reflected(self._features - self.mean) / np.sqrt(self.n - 1))
        return self._thin_factor

    def factor(self) -> NDArray[np.float64]:
        """Return a matrix F of shape (rank, d) such that ``F.T @ F`` is the covariance."""
        if self.is_thin:
            return self.thin_factor
        values, vectors = np.linalg.eigh(self.covariance)
        kept = values > values[-1] * self.dimension * np.finfo(np.float64).eps
        return np.asarray((vectors[:, kept] * np.sqrt(values[kept])).T)

    @property
    def _all(self) -> Moments:
        if self._moments is None:
            assert self._features is not None
            self._moments = moments(self._features)
        return self._moments


def _root_trace(a: _Side, b: _Side) -> float:
    """Return the trace of the root of the covariances' product."""
    scale = a.trace + b.trace
    if not np.isfinite(scale):
        return float(scale)
    if a.is_thin and b.is_thin:
        product = a.thin_factor @ b.thin_factor.T
        if len(product) > product.shape[1]:
            product = product.T
        total = _sum_of_roots(product @ product.T, scale)
        return _nuclear_norm(a.thin_factor, b.thin_factor) if total is None else total
    thin, thick = (b, a) if b.is_thin else (a, b)
    if thin.is_thin:
        product = thin.thin_factor @ thick.covariance @ thin.thin_factor.T
    else:
        try:
            product = _lower_product(np.linalg.cholesky(thin.covariance), thick.covariance)
        except np.linalg.LinAlgError:
            return _nuclear_norm(a.factor(), b.factor())
    total = _sum_of_roots(product, scale)
    return _nuclear_norm(a.factor(), b.factor()) if total is None else total


def _lower_product(lower: NDArray[np.floating], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lower triangle, in blocks, of ``lower.T @ middle @ lower``, without most of the zeros."""
    d = len(lower)
    product = np.zeros((d, d))
    for row in range(0, d, _BLOCK):
        half = lower[row:, row : row + _BLOCK].T @ middle[row:]
        for column in range(0, row + 1, _BLOCK):
            part = half[:, column:] @ lower[column:, column : column + _BLOCK]
            product[row : row + _BLOCK, column : column + _BLOCK] = part
    return product


def _sum_of_roots(product: NDArray[np.float64], scale: float) -> float | None:
    """Return the sum of the roots of a symmetric matrix's eigenvalues; None where its error could show beside `scale`.

    Its lower triangle is read.
    An eigenvalue is off by a few units in the last place of the greatest, and its root by that over twice the root.
    """
    values = np.linalg.eigvalsh(product)
    if len(values) == 0 or values[-1] <= 0.0:
        return 0.0
    off = 4 * np.finfo(np.float64).eps * values[-1]
    roots = np.sqrt(np.maximum(values, 0.0))
    errors = np.minimum(np.sqrt(off), off / np.maximum(2 * roots, np.sqrt(off)))
    # Rounding errors are of either sign, so that they add in squares.
    return None if 2 * float(np.sqrt((errors**2).sum())) > _TOLERANCE * scale else float(roots.sum())


def _nuclear_norm(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    product = left @ right.T
    return float(np.linalg.svd(product, compute_uv=False).sum()) if product.size else 0.0


def _from_gram(features: NDArray[np.floating], gram: NDArray[np.float64], other: _Side) -> float:
    """Return the distance of a few features, given ``X S X.T`` for them about any centre and the other covariance S."""
    side = _Side(features)
    reduced = _reflected(_reflected(gram).T) / (side.n - 1)
    root_trace = _sum_of_roots((reduced + reduced.T) / 2, side.trace + other.trace)
    if root_trace is None:
        root_trace = _nuclear_norm(side.thin_factor, other.factor())
    shift = side.mean - other.mean
    return _combine(float(shift @ shift), side.trace, other.trace, root_trace)


def _reflected(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows, about any centre, as one fewer with the scatter about their mean.

    The Householder reflection that takes (1, ..., 1) to the first axis puts the sum of the rows into the first row; the
    others are free of it.
    """
    n = len(rows)
    return np.asarray(rows[1:] - (rows.sum(axis=0) - np.sqrt(n) * rows[0]) / (n - np.sqrt(n)))


def _combine(shift: float, trace_a: float, trace_b: float, root_trace: float) -> float:
    distance = shift + (trace_a + trace_b) - 2.0 * root_trace
    if not np.isfinite(distance):
        raise ValueError("the Fréchet distance is beyond float64: the features are too large")
    return max(distance, 0.0)
