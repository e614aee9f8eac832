"""Precision, recall, density and coverage of a set of images by balls around nearest neighbours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.distances import (
    Neighbourhoods,
    leave_out_coverage,
    leave_out_recall,
    neighbour_distances,
    neighbourhoods,
)
from evalsuite.errors import InputError
from evalsuite.metrics._options import check_integer
from evalsuite.metrics.image_features import clothes_and_noise
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import OncePerArray, find_reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example, FloatArray
    from evalsuite.types import Interval

__all__ = ["Coverage", "Density", "Precision", "Recall"]

_KEPT = 4
_reference_radii = OncePerArray(neighbour_distances)
_found: dict[tuple[str, str, int], Neighbourhoods] = {}


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

    def _neighbourhoods(self, vectors: FloatArray, reference: FloatArray) -> Neighbourhoods:
        """Return what the four of them, their values and intervals, are made of: computed once for all."""
        key = (_digest(vectors), _reference_digest(reference), self.k)
        if key not in _found:
            while len(_found) >= _KEPT:
                del _found[next(iter(_found))]
            radii = _reference_radii(reference, self.k)
            _found[key] = neighbourhoods(vectors, reference, self.k, reference_radii=radii)
        return _found[key]


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
        return self._neighbourhoods(vectors, reference).precision

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        return stats.proportion_interval(self._rows(vectors, reference), clusters)

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        return stats.left_out_rows(self._rows(vectors, reference), clusters, _quotient)

    def _rows(self, vectors: FloatArray, reference: FloatArray) -> NDArray[np.float64]:
        inside = (self._neighbourhoods(vectors, reference).counts > 0).astype(np.float64)
        return np.stack([inside, np.ones_like(inside)], axis=1)


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

    The interval is a delete-block jackknife over the images, with the reference held fixed. An image widens its
    neighbours' balls when it is left out, so that images act together, and the jackknife's variance is twice too great:
    what pairs of blocks count twice is taken away [2]_. None with k images or fewer.

    References
    ----------
    .. [1] Kynkäänniemi, Karras, Laine, Lehtinen and Aila, "Improved precision and recall metric for assessing
       generative models", NeurIPS 2019.
    .. [2] Efron and Stein, "The jackknife estimate of variance", Annals of Statistics 9, 1981.
    """

    name = "recall"

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return self._neighbourhoods(vectors, reference).recall

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        blocks = stats.jackknife_blocks(clusters)
        left_out = self._left_out(vectors, clusters, reference)
        if blocks is None or left_out is None:
            return None
        return stats.curved_interval(
            self._distance(vectors, reference),
            left_out,
            lambda groups: leave_out_recall(reference, vectors, groups[blocks], self.k),
            value_range=self.value_range,
        )

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        blocks = stats.jackknife_blocks(clusters)
        return None if blocks is None else leave_out_recall(reference, vectors, blocks, self.k)


@dataclass(frozen=True)
class Density(_NeighbourMetric):
    """Density: how many balls around reference images an image lies in, on average, over k; higher is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    k : int, default 5
        A ball around a reference image reaches to its k-th nearest other reference image.

    Notes
    -----
    Precision's counterpart that one reference image far from the rest does not mislead [1]_; about 1 for images like
    the reference's, and above it for those that keep to its densest regions. A surface belongs to its ball (the
    published code has ``<``); ties as in `precision`. Range 0 to m / k.

    With the reference held fixed each image has its own count, so the interval is Student's t with the spread of the
    clusters' totals. None with k images or fewer.

    References
    ----------
    .. [1] Naeem, Oh, Uh, Choi and Yoo, "Reliable fidelity and diversity metrics for generative models", ICML 2020.
    """

    name = "density"
    value_range = (0.0, float("inf"))

    k: int = 5

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return self._neighbourhoods(vectors, reference).density

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        rows = self._rows(vectors, reference)
        return stats.jackknife_row_interval(rows, clusters, _quotient, value_range=self.value_range)

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        return stats.left_out_rows(self._rows(vectors, reference), clusters, _quotient)

    def _rows(self, vectors: FloatArray, reference: FloatArray) -> NDArray[np.float64]:
        shares = self._neighbourhoods(vectors, reference).counts / self.k
        return np.stack([shares, np.ones_like(shares)], axis=1)

    def example(self) -> Example:
        """Return enough images that half of them are in half as many neighbourhoods."""
        return clothes_and_noise(32)


@dataclass(frozen=True)
class Coverage(_NeighbourMetric):
    """Coverage: share of the reference images with an image in their neighbourhood, 0-1.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    k : int, default 5
        A neighbourhood is the ball to the k-th nearest other reference image.

    Notes
    -----
    Recall's counterpart with the balls around the reference, which no outlier of the model's widens [1]_. A surface
    belongs to its ball (the published code has ``<``); ties as in `precision`. Range 0 to 1; higher is better. For
    images like the reference's its expectation is ``1 - (m - 1) ... (m - k) / ((n + m - 1) ... (n + m - k))`` [1]_:
    0.97 where n = m and k = 5. It grows with the number of images, which is in the signature.

    The interval is a delete-block jackknife over the images, with the reference held fixed. None with k images or
    fewer.

    References
    ----------
    .. [1] Naeem, Oh, Uh, Choi and Yoo, "Reliable fidelity and diversity metrics for generative models", ICML 2020.
    """

    name = "coverage"

    k: int = 5

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return self._neighbourhoods(vectors, reference).coverage

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        blocks = stats.jackknife_blocks(clusters)
        if blocks is None:
            return None
        return leave_out_coverage(vectors, blocks, reference, _reference_radii(reference, self.k))

    def example(self) -> Example:
        """Return so few images of clothes among noise that most neighbourhoods are empty."""
        return clothes_and_noise(32, 4)


def _quotient(sums: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray(sums[:, 0] / sums[:, 1])


def _digest(vectors: FloatArray) -> str:
    return hashlib.sha256(vectors.tobytes()).hexdigest()


_reference_digest = OncePerArray(_digest)
