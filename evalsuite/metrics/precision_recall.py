"""Precision and recall of a set of images by balls around nearest neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.distances import covered, leave_out_recall, neighbour_distances
from evalsuite.errors import InputError
from evalsuite.metrics._options import check_integer
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import OncePerArray, find_reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Interval

__all__ = ["Precision", "Recall"]

_reference_radii = OncePerArray(neighbour_distances)


@dataclass(frozen=True)
class _NeighbourMetric(ImageSetMetric):
    higher_is_better = True
    value_range = (0.0, 1.0)

    k: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        check_integer(self.name, "k", self.k, 1, 1000)

    @property
    def least(self) -> int:  # type: ignore[override]
        """Fewest images that have a value."""
        return self.k + 1

    def check(self) -> None:
        """Find out, besides, whether the reference set has more than `k` images."""
        super().check()
        m = find_reference(self.reference_set).n
        if m <= self.k:
            raise InputError(
                f'{self.name}: reference set "{self.reference_set}" must have more than k = {self.k} images, it has {m}'
            )


@dataclass(frozen=True)
class Precision(_NeighbourMetric):
    """Precision: share of the images that lie among the reference images, by nearest neighbours, 0-1.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    k : int, default 3
        A ball around a reference image reaches to its k-th nearest other reference image.

    Notes
    -----
    The share of images whose features lie in a ball around any reference image's, or on its surface [1]_ (``<=``, as in
    the published code; others have ``<``). Distances that are close to a radius are computed again as sums of squares
    in float64, so that copies and ties are decided as exact arithmetic would. Range 0 to 1; higher is better.

    With the reference held fixed each image is in or out by itself, so the interval is Wilson's for a proportion. None
    with k images or fewer.

    References
    ----------
    .. [1] Kynkäänniemi, Karras, Laine, Lehtinen and Aila, "Improved precision and recall metric for assessing
       generative models", NeurIPS 2019.
    """

    name = "precision"

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return float(self._inside(vectors, reference).mean())

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        inside = self._inside(vectors, reference).astype(np.float64)
        return stats.proportion_interval(np.stack([inside, np.ones_like(inside)], axis=1), clusters)

    def _inside(self, vectors: FloatArray, reference: FloatArray) -> NDArray[np.bool_]:
        return covered(vectors, reference, _reference_radii(reference, self.k))


@dataclass(frozen=True)
class Recall(_NeighbourMetric):
    """Recall: share of the reference images that lie among the images, by nearest neighbours, 0-1.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    k : int, default 3
        A ball around an image reaches to its k-th nearest other image.

    Notes
    -----
    The share of reference images whose features lie in a ball around any image's, or on its surface [1]_; ties as in
    `precision`. Range 0 to 1; higher is better. It depends on the number of images, which is in the signature, and one
    image far from the rest has a ball that covers much: read it beside precision.

    The interval is a delete-block jackknife over the images, with the reference held fixed. None with k images or
    fewer.

    References
    ----------
    .. [1] Kynkäänniemi, Karras, Laine, Lehtinen and Aila, "Improved precision and recall metric for assessing
       generative models", NeurIPS 2019.
    """

    name = "recall"

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return float(covered(reference, vectors, neighbour_distances(vectors, self.k)).mean())

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        blocks = stats.jackknife_blocks(clusters)
        if blocks is None:
            return None
        left_out = leave_out_recall(reference, vectors, blocks, self.k)
        return stats.interval_of_left_out(self._distance(vectors, reference), left_out, value_range=self.value_range)
