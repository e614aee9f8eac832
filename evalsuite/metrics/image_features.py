"""What metrics of a set of images share: the features of an extractor."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from evalsuite import stats
from evalsuite.datasets import load_images
from evalsuite.errors import UsageError
from evalsuite.extractors import EMBEDDED
from evalsuite.extractors.naming import parse_extractor
from evalsuite.extractors.opening import open_extractor
from evalsuite.extractors.pipeline import stream_features
from evalsuite.media import pixels_of
from evalsuite.metrics._final_images import final_images
from evalsuite.metrics.base import Example, FloatArray, Rows, SampleOutputs, SetMetric
from evalsuite.types import Interval, Outcome, Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor


__all__ = ["ImageFeatureMetric", "clothes_and_noise", "ever_fewer_kinds", "example_images", "rows_of_images"]


@dataclass(frozen=True)
class ImageFeatureMetric(SetMetric):
    """A metric of the features of a set of images, beside which nothing is needed.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features; see ``evalsuite.extractors``.
    """

    modality = "image"
    padding = float("inf")
    least: ClassVar[int] = 2
    """Fewest images that have a value."""
    needs_samples: ClassVar[bool] = False
    """Whether it reads more of a sample than its images, which two folders of images do not have."""

    extractor: str = "fashion_convnet"

    def __post_init__(self) -> None:
        try:
            parse_extractor(self.extractor)
        except UsageError as error:
            raise UsageError(f"{self.name}: `extractor` must be the name of a network: {error}") from error

    def signature(self) -> str:
        """Return name, extractor with its weights' hash, options, version."""
        return "|".join([self.name, *self._signature_parts(), *self._option_parts(), f"version:{self.version}"])

    def _signature_parts(self) -> list[str]:
        return [f"extractor:{open_extractor(self.extractor).signature}"]

    def _option_parts(self) -> list[str]:
        return [
            f"{option.name}:{getattr(self, option.name)}"
            for option in fields(self)
            if option.name not in ("extractor", "protocol", "reference_set")
        ]

    @property
    def reads_files(self) -> bool:
        """Whether weights are files of the user's."""
        return self.extractor not in EMBEDDED

    def feature_signature(self) -> str:
        """Return the extractor's signature: whatever the metric or the reference, the features are the same."""
        return f"features|extractor:{open_extractor(self.extractor).signature}|version:1"

    def scored_signature(self, n_outputs: int) -> str:
        """Return the signature with the number of images asked of the model, with which most values shift."""
        return f"{self.signature()}|n:{n_outputs}"

    def check(self) -> None:
        """Open the extractor and load its weights; see ``Metric.check``."""
        self.signature()
        open_extractor(self.extractor).features([])

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say why there is no value, and what else a reader must know."""
        n = len(self._vectors(features, reference)[0]) if len(features) else 0
        if n >= self.least:
            return self._notes(*self._pair(features, reference))
        # What became of all samples, where none can be scored, is told by their outcomes.
        return (f"no value: it takes at least {self.least} images, and {n} can be scored",) if n else ()

    def interval(
        self, features: FloatArray, clusters: NDArray[np.int64], reference: FloatArray | None = None
    ) -> Interval | None:
        """Return the interval over other images of the model, with the reference held fixed; see ``SetMetric``."""
        if not len(features):
            return None
        vectors, owners = self._vectors(features, reference)
        if len(vectors) < self.least:
            return None
        return self._interval(vectors, clusters[owners], self._given(reference))

    def left_out(
        self, features: FloatArray, clusters: NDArray[np.int64], reference: FloatArray | None = None
    ) -> NDArray[np.float64] | None:
        """Return the values without one block of images at a time; see ``SetMetric``."""
        vectors, owners = self._vectors(features, reference)
        if len(vectors) < self.least:
            return None
        return self._left_out(vectors, clusters[owners], self._given(reference))

    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        return rows_of_images([open_extractor(self.extractor)], outputs)[0]

    def _value(self, features: FloatArray, reference: FloatArray | None) -> float:
        vectors, given = self._pair(features, reference)
        return self._distance(vectors, given) if len(vectors) >= self.least else float("nan")

    @abstractmethod
    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        """Return the value of at least `least` feature vectors, one an image."""

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        left_out = self._left_out(vectors, clusters, reference)
        if left_out is None:
            return None
        return stats.interval_of_left_out(self._distance(vectors, reference), left_out, value_range=self.value_range)

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        """Return the values without one block of clusters at a time; None with fewer than two clusters."""
        blocks = stats.jackknife_blocks(clusters)
        if blocks is None:
            return None
        return np.array([self._distance(vectors[blocks != block], reference) for block in range(int(blocks.max()) + 1)])

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        del vectors, reference
        return ()

    def _pair(self, features: FloatArray, reference: FloatArray | None) -> tuple[FloatArray, FloatArray]:
        return self._vectors(features, reference)[0], self._given(reference)

    def _given(self, reference: FloatArray | None) -> FloatArray:
        """Return the features to compare with: none of any."""
        del reference
        return np.empty((0, open_extractor(self.extractor).dimension), dtype=np.float32)

    def _vectors(self, features: FloatArray, reference: FloatArray | None) -> tuple[FloatArray, NDArray[np.int64]]:
        """Return one vector an image, and the row it comes from: rows hold one an image, then padding."""
        d = self._given(reference).shape[1]
        if features.shape[1] % d:
            raise ValueError(f"{self.name}: `features` must have shape (n, multiple of {d}), got {features.shape}")
        vectors = features.reshape(-1, d)
        kept = np.flatnonzero(~np.isposinf(vectors[:, 0]))
        if len(kept) == len(vectors):
            return vectors, np.arange(len(vectors)) // (features.shape[1] // d)
        return vectors[kept], kept // (features.shape[1] // d)

    def example(self) -> Example:
        """Return images of clothes, the same with noise in the place of half of them, and noise alone."""
        return clothes_and_noise(16)


def rows_of_images(extractors: Sequence[Extractor], outputs: Sequence[SampleOutputs]) -> list[Rows]:
    """Return the features of the outputs' images by each extractor, as metrics keep them; an image is read once.

    Raises
    ------
    InputError
        If weights do not fit, or an extractor can read none of the images.
    """
    outcomes: list[Outcome] = []
    wanted: list[tuple[int, Output]] = []
    for i, sample_outputs in enumerate(outputs):
        images, outcome = final_images(sample_outputs)
        outcomes.append(outcome)
        wanted += [(i, image) for image in images]
    if not wanted:
        return [Rows(np.full((len(outputs), 1), np.nan, dtype=np.float32), tuple(outcomes))] * len(extractors)
    for extractor in extractors:
        extractor.features([])  # weights that do not fit are no fault of an image
    vectors = [np.empty((len(wanted), extractor.dimension), dtype=np.float32) for extractor in extractors]
    for start, rows in stream_features(extractors, len(wanted), lambda i: pixels_of(wanted[i][1]), tolerant=True):
        for found, part in zip(vectors, rows, strict=True):
            found[start : start + len(part)] = part
    owners = [i for i, _ in wanted]
    for found, extractor in zip(vectors, extractors, strict=True):
        if np.isnan(found).any(axis=1).all():  # the message of what is wrong with the first of them
            extractor.features([pixels_of(wanted[0][1])])
    return [_rows(found, owners, outcomes) for found in vectors]


def _rows(vectors: NDArray[np.float32], owners: Sequence[int], outcomes: Sequence[Outcome]) -> Rows:
    """Return one row a sample: the vectors of its images, and padding."""
    by_sample: dict[int, list[int]] = {}
    for position, owner in enumerate(owners):
        if not np.isnan(vectors[position]).any():
            by_sample.setdefault(owner, []).append(position)
    d = vectors.shape[1]
    width = max((len(positions) for positions in by_sample.values()), default=1)
    values = np.full((len(outcomes), width * d), np.nan, dtype=np.float32)
    kept = list(outcomes)
    for i, outcome in enumerate(outcomes):
        if i in by_sample:
            values[i] = ImageFeatureMetric.padding
            values[i, : len(by_sample[i]) * d] = vectors[by_sample[i]].ravel()
        elif outcome not in ("error", "refused"):
            kept[i] = "error"
    return Rows(values=values, outcomes=tuple(kept))


def clothes_and_noise(n: int, kept: int | None = None) -> Example:
    """Return `n` images of clothes, the same with noise for all but `kept` of them (half if None), and noise alone."""
    kept = n // 2 if kept is None else kept
    clothes = load_images("fashion_mnist/test")[:n]
    noise = np.random.default_rng(0).integers(0, 256, clothes.shape, dtype=np.uint8)
    return _example(clothes, [*clothes[:kept], *noise[kept:]], noise)


def ever_fewer_kinds(n: int) -> Example:
    """Return `n` images of clothes, the same with half of them alike, and all alike."""
    clothes = load_images("fashion_mnist/test")[:n]
    return _example(clothes, [*clothes[: n // 2], *[clothes[0]] * (n - n // 2)], [clothes[0]] * n)


def _example(best: Any, worse: Any, worst: Any) -> Example:
    return Example(
        samples=tuple(Sample(id=str(i), input={}) for i in range(len(best))),
        best=example_images(best),
        worse=example_images(worse),
        worst=example_images(worst),
        reference=example_images(best),
    )


def example_images(images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> tuple[SampleOutputs, ...]:
    """Return one output a sample, with these images."""
    return tuple((Output(image=image, sample_id=str(i)),) for i, image in enumerate(images))
