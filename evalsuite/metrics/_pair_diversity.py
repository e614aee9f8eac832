"""What metrics share that average a distance over pairs of images."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from evalsuite import stats
from evalsuite.distances import leave_out_pair_diversity, pair_diversity
from evalsuite.metrics.base import SetMetric
from evalsuite.metrics.image_features import ever_fewer_kinds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example, FloatArray
    from evalsuite.types import Interval

__all__ = ["WITHIN", "PairDiversity"]

WITHIN: Final = ("set", "prompt")


class PairDiversity(SetMetric):
    """Mean distance over pairs of images: of the whole set, or of each sample's repeats and then over samples.

    Rows hold one vector an image, then padding; of their squared distances the share `share` is averaged.
    """

    modality = "image"
    padding = float("inf")
    higher_is_better = True
    value_range = (0.0, float("inf"))
    least: ClassVar[int] = 2
    share: ClassVar[float] = 1.0

    within: str

    @abstractmethod
    def _width(self) -> int:
        """Return the length of an image's vector."""

    @abstractmethod
    def _scaled(self, vectors: FloatArray) -> FloatArray:
        """Return the vectors whose distances count."""

    def scored_signature(self, n_outputs: int) -> str:
        """Return the signature with the number of images asked of the model."""
        return f"{self.signature()}|n:{n_outputs}"

    def interval(
        self, features: FloatArray, clusters: NDArray[np.int64], reference: FloatArray | None = None
    ) -> Interval | None:
        """Return the interval over other images of the model: a delete-block jackknife; see ``SetMetric``."""
        if not len(features):
            return None
        vectors, owners = self._vectors(features, reference)
        if self.within == "set":
            return self._interval(vectors, clusters[owners], vectors[:0]) if len(vectors) >= self.least else None
        found = self._of_samples(vectors, owners, len(features))
        kept = np.isfinite(found)
        return stats.jackknife_interval(
            found[kept][:, None],
            stats.dense_labels(clusters[kept]),
            lambda part: float(part.mean()),
            value_range=self.value_range,
        )

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say why there is no value, and how many samples have one image only and so no pair."""
        if not len(features):
            return ()
        vectors, owners = self._vectors(features, reference)
        if self.within == "set":
            return () if len(vectors) >= self.least else ("no value: it takes at least 2 images, and 1 can be scored",)
        alone = int(np.isnan(self._of_samples(vectors, owners, len(features))).sum())
        if not alone:
            return ()
        return (
            f"{alone} of {len(features)} samples have one image and so no pair: within=prompt takes several images of "
            "a prompt, as by --repeats",
        )

    def example(self) -> Example:
        """Return images of ever fewer kinds."""
        return ever_fewer_kinds(8)

    def _value(self, features: FloatArray, reference: FloatArray | None) -> float:
        vectors, owners = self._vectors(features, reference)
        if self.within == "set":
            return self._distance(vectors, vectors[:0]) if len(vectors) >= self.least else float("nan")
        found = self._of_samples(vectors, owners, len(features))
        kept = found[np.isfinite(found)]
        return float(kept.mean()) if len(kept) else float("nan")

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        del reference
        return self.share * pair_diversity(self._scaled(vectors))

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        blocks = stats.jackknife_blocks(stats.dense_labels(clusters))
        if blocks is None:
            return None
        left_out = self.share * leave_out_pair_diversity(self._scaled(vectors), blocks)
        return stats.interval_of_left_out(self._distance(vectors, reference), left_out, value_range=self.value_range)

    def _of_samples(self, vectors: FloatArray, owners: NDArray[np.int64], n: int) -> NDArray[np.float64]:
        """Return the diversity of each sample's images; NaN where there are fewer than two."""
        found = np.full(n, np.nan)
        for owner, count in zip(*np.unique(owners, return_counts=True), strict=True):
            if count > 1:
                images = vectors[owners == owner]
                found[owner] = self._distance(images, images[:0])
        return found

    def _vectors(self, features: FloatArray, reference: FloatArray | None) -> tuple[FloatArray, NDArray[np.int64]]:
        """Return one vector an image, and the row it comes from."""
        del reference
        d = self._width()
        if features.shape[1] % d:
            raise ValueError(f"{self.name}: `features` must have shape (n, multiple of {d}), got {features.shape}")
        vectors = features.reshape(-1, d)
        kept = np.flatnonzero(~np.isposinf(vectors[:, 0]))
        owners = kept // (features.shape[1] // d)
        return (vectors if len(kept) == len(vectors) else vectors[kept]), owners
