"""Kernels of feature vectors, a tile of the matrix of all pairs at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GREATEST_SIGMA", "LEAST_SIGMA", "CubicKernel", "GaussianKernel", "Kernel"]

# Beyond these the square is 0 or infinite.
LEAST_SIGMA, GREATEST_SIGMA = 1e-100, 1e100


class Kernel(Protocol):
    """A positive definite function of two vectors."""

    def tile(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the kernel of each row of `x`, shape (n, d), with each of `y`, (m, d): float64, shape (n, m)."""
        ...

    def own(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the kernel of each row of `x` with itself, float64 of shape (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class CubicKernel:
    """``(x . y / d + 1)**3``, that of KID.

    References
    ----------
    .. [1] Bińkowski, Sutherland, Arbel and Gretton, "Demystifying MMD GANs", ICLR 2018.
    """

    def tile(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Kernel.tile`."""
        base = x @ y.T
        base *= 1.0 / x.shape[1]
        base += 1.0
        cube = base * base
        cube *= base
        return cube

    def own(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Kernel.own`."""
        return np.asarray(((x * x).sum(axis=1) / x.shape[1] + 1.0) ** 3)


@dataclass(frozen=True, slots=True)
class GaussianKernel:
    """``exp(-|x - y|**2 / (2 sigma**2))``, that of CMMD.

    Parameters
    ----------
    sigma : float
        Above 0.

    Raises
    ------
    ValueError
        If `sigma` is not a finite number above 0.

    References
    ----------
    .. [1] Jayasumana et al., "Rethinking FID: Towards a better evaluation metric for image generation", CVPR 2024.
    """

    sigma: float

    def __post_init__(self) -> None:
        if not LEAST_SIGMA <= self.sigma <= GREATEST_SIGMA:
            raise ValueError(f"`sigma` must be a number from {LEAST_SIGMA:g} to {GREATEST_SIGMA:g}; found {self.sigma}")

    def tile(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Kernel.tile`."""
        squared = x @ y.T
        squared *= -2.0
        squared += (x * x).sum(axis=1)[:, None]
        squared += (y * y).sum(axis=1)
        np.maximum(squared, 0.0, out=squared)  # rounding may leave a little less than 0
        squared *= -0.5 / self.sigma**2
        return np.asarray(np.exp(squared, out=squared))

    def own(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Kernel.own`."""
        return np.ones(len(x))
