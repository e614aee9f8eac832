"""CMMD of a set of images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.distances import (
    GaussianKernel,
    KernelDistance,
    kernel_distance,
    kernel_length,
    mean_kernel,
    unit_vectors,
)
from evalsuite.distances.kernel import GREATEST_SIGMA, LEAST_SIGMA
from evalsuite.errors import UsageError
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import OncePerArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Interval

__all__ = ["Cmmd"]

_SCALE = 1000.0
_LEAST_FOR_INTERVAL = 4


@dataclass(frozen=True)
class Cmmd(ImageSetMetric):
    """CMMD: maximum mean discrepancy of unit features under a Gaussian kernel, times 1,000; lower is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features. Published figures are by CLIP's ViT-L/14 at 336 pixels.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    sigma : float, default 10
        Width of the kernel ``exp(-|x - y|**2 / (2 sigma**2))``, above 0.

    Notes
    -----
    ``1000 (mean k(x, x') + mean k(y, y') - 2 mean k(x, y))`` over all pairs, each member's with itself included [1]_:
    the V-statistic of the published code, at least 0, which adds about ``1000 (1 - mean k) (1/n + 1/m)``. All pairs, in
    float64, in tiles.

    The interval is for the expectation over images of the model with the reference held fixed: the squared lengths in
    the kernel's space of which the value is no surprise, see `squared_length_limits`. Where images come in clusters, or
    several for one sample, it is a delete-block jackknife instead. None with fewer than four images.

    References
    ----------
    .. [1] Jayasumana et al., "Rethinking FID: Towards a better evaluation metric for image generation", CVPR 2024.
    """

    name = "cmmd"
    higher_is_better = False
    value_range = (0.0, float("inf"))

    sigma: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        is_number = isinstance(self.sigma, (int, float)) and not isinstance(self.sigma, bool)
        if not (is_number and LEAST_SIGMA <= self.sigma <= GREATEST_SIGMA):
            raise UsageError(
                f"{self.name}: `sigma` must be a number from {LEAST_SIGMA:g} to {GREATEST_SIGMA:g}, got {self.sigma!r}"
            )

    def floor(self, features: FloatArray, reference: FloatArray | None = None) -> float | None:
        """Return what as many real images score on average: what pairs of a member with itself add."""
        vectors, given = self._pair(features, reference)
        if min(len(vectors), len(given)) < self.least:
            return None
        return _SCALE * (1.0 - _reference_mean(given, self.sigma)) * (1 / len(vectors) + 1 / len(given))

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return self._biased(self._found(vectors, reference, None), reference)

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        independent = len(np.unique(clusters)) == len(clusters)
        blocks = None if independent else stats.jackknife_blocks(clusters)
        if blocks is None and not independent:
            return None
        found = self._found(vectors, reference, blocks)
        centre = self._biased(found, reference)
        if blocks is not None:
            return stats.interval_of_left_out(centre, _SCALE * found.left_out, value_range=self.value_range)
        if found.n < _LEAST_FOR_INTERVAL:
            return None
        length = kernel_length(found, unit_vectors(vectors), _unit_reference(reference), GaussianKernel(self.sigma))
        return stats.squared_length_interval(centre, length, scale=_SCALE, value_range=self.value_range)

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        blocks = stats.jackknife_blocks(clusters)
        if blocks is None:
            return None
        found = self._found(vectors, reference, blocks)
        return np.asarray(_SCALE * (found.left_out + self._own(found, reference)))

    def _found(self, vectors: FloatArray, reference: FloatArray, blocks: NDArray[np.int64] | None) -> KernelDistance:
        mean = _reference_mean(reference, self.sigma)
        return kernel_distance(
            unit_vectors(vectors),
            _unit_reference(reference),
            blocks,
            kernel=GaussianKernel(self.sigma),
            reference_mean=mean,
        )

    def _biased(self, found: KernelDistance, reference: FloatArray) -> float:
        """Return the value with each member's kernel with itself, which is 1."""
        return max(_SCALE * (found.value + self._own(found, reference)), 0.0)

    def _own(self, found: KernelDistance, reference: FloatArray) -> float:
        """Return what pairs of a member with itself add."""
        return (1.0 - found.within) / found.n + (1.0 - _reference_mean(reference, self.sigma)) / len(reference)


def _compute_reference_mean(reference: FloatArray, sigma: float) -> float:
    return mean_kernel(_unit_reference(reference), GaussianKernel(sigma))


_unit_reference = OncePerArray(unit_vectors)
_reference_mean = OncePerArray(_compute_reference_mean)
