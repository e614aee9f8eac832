"""Kernel Inception distance: over all pairs, and as the mean over random subsets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.distances import CubicKernel, kernel_distance, kernel_length, kernel_subsets, mean_kernel
from evalsuite.metrics._options import check_integer
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import OncePerArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Interval

__all__ = ["KernelInceptionDistance", "KernelInceptionSubsets"]

_LEAST_FOR_INTERVAL = 4
_reference_mean = OncePerArray(mean_kernel)


@dataclass(frozen=True)
class KernelInceptionDistance(ImageSetMetric):
    """KID: unbiased squared maximum mean discrepancy of the images' features from the reference's; lower is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features. Published figures are by ``"inception_fid"``.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.

    Notes
    -----
    Kernel ``(x . y / d + 1)**3`` [1]_, exactly, over all pairs: what others estimate from 100 random subsets of 1,000,
    without the noise of the draw. Its expectation does not depend on the number of images; by chance it is below 0
    where model and reference are alike.

    The interval is for the expectation over images of the model with the reference held fixed: the squared lengths in
    the kernel's space of which the value is no surprise, see `squared_length_limits`. It is not even about the value:
    near the reference it ends where a model's images would be the reference's. Where images come in clusters, or
    several for one sample, it is a delete-block jackknife instead. None with fewer than four images.

    References
    ----------
    .. [1] Bińkowski, Sutherland, Arbel and Gretton, "Demystifying MMD GANs", ICLR 2018.

    Examples
    --------
    >>> import numpy as np
    >>> reference = np.array([[1.0], [-1.0]])
    >>> KernelInceptionDistance().value(np.array([[1.0], [1.0]]), reference)  # 8 + 0 - 2 (8 + 0) / 2
    0.0
    """

    name = "kid"
    higher_is_better = False
    value_range = (-float("inf"), float("inf"))

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return kernel_distance(vectors, reference, reference_mean=_reference_mean(reference)).value

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        independent = len(np.unique(clusters)) == len(clusters)
        blocks = None if independent else stats.jackknife_blocks(clusters)
        if blocks is None and not independent:
            return None
        found = kernel_distance(vectors, reference, blocks, reference_mean=_reference_mean(reference))
        if blocks is not None:
            return stats.interval_of_left_out(found.value, found.left_out)
        if found.n < _LEAST_FOR_INTERVAL:
            return None
        return stats.squared_length_interval(found.value, kernel_length(found, vectors, reference, CubicKernel()))

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        blocks = stats.jackknife_blocks(clusters)
        if blocks is None:
            return None
        return kernel_distance(vectors, reference, blocks, reference_mean=_reference_mean(reference)).left_out


@dataclass(frozen=True)
class KernelInceptionSubsets(ImageSetMetric):
    """KID as torch-fidelity computes it: the mean over random subsets, seeded; lower is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features. Published figures are by ``"inception_fid"``.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    n_subsets : int, default 100
        Subsets drawn.
    subset_size : int, default 1000
        Images of a subset; the size of the smaller set where that is less, which a note then says.
    seed : int, default 2020
        Of the draw; torch-fidelity's.

    Notes
    -----
    Equal to torch-fidelity's ``kernel_inception_distance_mean`` for the same features in the same order. What the
    subsets add to `kid`, which takes all pairs, is the noise of the draw: use it to compare with published figures.

    The interval is that of `kid` about this value, with the error of the draw added (the subsets' standard deviation
    over the root of their number).

    References
    ----------
    .. [1] Bińkowski, Sutherland, Arbel and Gretton, "Demystifying MMD GANs", ICLR 2018.
    """

    name = "kid_subsets"
    higher_is_better = False
    value_range = (-float("inf"), float("inf"))

    n_subsets: int = 100
    subset_size: int = 1000
    seed: int = 2020

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.name, "n_subsets", self.n_subsets, 1, 100_000)
        check_integer(self.name, "subset_size", self.subset_size, 2, 1_000_000)
        check_integer(self.name, "seed", self.seed, 0, 2**32 - 1)

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return float(np.mean(self._subsets(vectors, reference)))

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        whole = KernelInceptionDistance(extractor=self.extractor, reference_set=self.reference_set)
        found = whole._interval(vectors, clusters, reference)
        if found is None:
            return None
        subsets = self._subsets(vectors, reference)
        centre = float(np.mean(subsets))
        # Both parts as wide as their own errors make them, and added as independent errors are.
        draw = stats.student_interval(
            centre, float(np.std(subsets)) / sqrt(len(subsets)), max(len(subsets) - 1, 1), method="draw"
        )
        half = sqrt(((found.high - found.low) / 2) ** 2 + ((draw.high - draw.low) / 2) ** 2)
        return replace(found, low=centre - half, high=centre + half, method=f"{found.method}, with the draw's")

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        del vectors, clusters, reference  # the draw's error would be left out
        return None

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        size = self._size(vectors, reference)
        if size == self.subset_size:
            return ()
        return (f"subsets of {size}, as the smaller set has no more; others refuse such sets",)

    def _size(self, vectors: FloatArray, reference: FloatArray) -> int:
        return min(self.subset_size, len(vectors), len(reference))

    def _subsets(self, vectors: FloatArray, reference: FloatArray) -> NDArray[np.float64]:
        size = self._size(vectors, reference)
        return kernel_subsets(vectors, reference, n_subsets=self.n_subsets, subset_size=size, seed=self.seed)
