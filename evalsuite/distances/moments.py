"""Mean and scatter of a set of feature vectors, which merge and part exactly enough to leave out a block at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["BLOCK", "Moments", "checked", "merged", "moments"]

BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What the Fréchet distance needs of a set.

    Parameters
    ----------
    n : int
        Members of the set.
    mean : float64, shape (d,)
    scatter : float64, shape (d, d)
        Sum of the outer products of deviations from the mean: the covariance times n - 1.

    Notes
    -----
    Two sets merge and part by the pairwise update of Chan, Golub and LeVeque [1]_.

    References
    ----------
    .. [1] Chan, Golub and LeVeque, "Algorithms for computing the sample variance: analysis and recommendations",
       The American Statistician 37, 1983.
    """

    n: int
    mean: NDArray[np.float64]
    scatter: NDArray[np.float64]

    @property
    def dimension(self) -> int:
        """Length of a feature vector."""
        return len(self.mean)

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Unbiased covariance, float64 of shape (d, d).

        Raises
        ------
        ValueError
            With fewer than two members.
        """
        if self.n < 2:
            raise ValueError(f"a covariance needs at least 2 feature vectors, got {self.n}")
        return self.scatter / (self.n - 1)

    def merged(self, other: Moments) -> Moments:
        """Return the moments of both sets together."""
        n = self.n + other.n
        if n == 0:
            return self
        shift = other.mean - self.mean
        scatter = self.scatter + other.scatter
        scatter += np.outer(shift, shift) * (self.n * other.n / n)
        return Moments(n, self.mean + shift * (other.n / n), scatter)

    def without(self, part: Moments) -> Moments:
        """Return the moments of what is left when a part of the set is taken away.

        Raises
        ------
        ValueError
            If nothing is left.
        """
        n = self.n - part.n
        if n < 1:
            raise ValueError(f"cannot take {part.n} feature vectors out of {self.n}")
        mean = self.mean + (self.mean - part.mean) * (part.n / n)
        shift = part.mean - mean
        scatter = self.scatter - part.scatter
        scatter -= np.outer(shift, shift) * (n * part.n / self.n)
        return Moments(n, mean, scatter)


def moments(features: NDArray[np.floating]) -> Moments:
    """Compute the moments of a set, in float64 and in blocks of fixed size from the first to the last.

    The last bit depends on nothing but the features and their order.

    Parameters
    ----------
    features : float, shape (n, d)

    Raises
    ------
    ValueError
        If the shape is another, or a value is not finite.
    """
    d = checked(features).shape[1]
    total = Moments(0, np.zeros(d), np.zeros((d, d)))
    for start in range(0, len(features), BLOCK):
        block = np.ascontiguousarray(features[start : start + BLOCK], dtype=np.float64)
        mean = block.mean(axis=0)
        deviations = block - mean
        part = Moments(len(block), mean, deviations.T @ deviations)
        total = total.merged(part) if total.n else part
    return total


def merged(parts: Sequence[Moments]) -> Moments:
    """Return the moments of all parts together, of which there is at least one, merged from the first to the last."""
    total = parts[0]
    for part in parts[1:]:
        total = total.merged(part)
    return total


def checked(features: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return `features`; ValueError unless they have shape (n, d) with d at least 1, and are finite."""
    if features.ndim != 2 or features.shape[1] == 0:
        raise ValueError(f"features must have shape (n, d) with d at least 1, got {features.shape}")
    for start in range(0, len(features), BLOCK):
        finite = np.isfinite(features[start : start + BLOCK]).all(axis=1)
        if not finite.all():
            raise ValueError(f"features must be finite; row {start + int(np.flatnonzero(~finite)[0])} is not")
    return features
