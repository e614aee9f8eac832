"""What metrics of a set of images share: features by an extractor, and a reference set."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from evalsuite.datasets import DATASETS, load_images
from evalsuite.errors import InputError
from evalsuite.extractors import EMBEDDED, EXTRACTORS
from evalsuite.extractors.opening import open_extractor, read_in_parts
from evalsuite.figures import Figure, FigureInput, feature_grids
from evalsuite.media import pixels_of
from evalsuite.metrics._options import check_choice
from evalsuite.metrics.base import Example, FloatArray, Rows, SampleOutputs, SetMetric, final_outputs
from evalsuite.metrics.references import check_image_set, find_reference, reference_features
from evalsuite.types import Interval, Outcome, Output, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor

__all__ = ["ImageSetMetric", "example_images"]


@dataclass(frozen=True)
class ImageSetMetric(SetMetric):
    """A metric of the features of a set of images, beside those of a reference set.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features; see ``evalsuite.extractors``.
    reference_set : str, default "fashion_mnist/test"
        A data set that comes with the package, or the path of a folder, tar or npz of images.
    """

    modality = "image"
    padding = float("inf")
    least: ClassVar[int] = 2
    """Fewest images that have a value."""

    extractor: str = "fashion_convnet"
    reference_set: str = "fashion_mnist/test"

    def __post_init__(self) -> None:
        check_choice(self.name, "extractor", self.extractor, EXTRACTORS.names())
        check_image_set(self.name, "reference_set", self.reference_set, list(DATASETS))

    def signature(self) -> str:
        """Return name, extractor with its weights' hash, reference set with its hash and size, options, version."""
        reference = find_reference(self.reference_set)
        options = [
            f"{option.name}:{getattr(self, option.name)}"
            for option in fields(self)
            if option.name not in ("extractor", "reference_set")
        ]
        parts = [f"extractor:{open_extractor(self.extractor).signature}", f"reference:{reference.identity}"]
        return "|".join([self.name, *parts, f"m:{reference.n}", *options, f"version:{self.version}"])

    @property
    def reads_files(self) -> bool:
        """Whether reference set or weights are files of the user's."""
        return self.reference_set not in DATASETS or self.extractor not in EMBEDDED

    def feature_signature(self) -> str:
        """Return the extractor's signature: whatever the metric or the reference, the features are the same."""
        return f"features|extractor:{open_extractor(self.extractor).signature}|version:1"

    def scored_signature(self, n_outputs: int) -> str:
        """Return the signature with the number of images asked of the model, with which most values shift."""
        return f"{self.signature()}|n:{n_outputs}"

    def check(self) -> None:
        """Open the extractor, load its weights and find the reference set; see ``Metric.check``."""
        self.signature()
        open_extractor(self.extractor).features([])

    def reference(self, samples: Sequence[Sample]) -> FloatArray | None:
        """Return the features of the reference set, float32 of shape (m, d)."""
        del samples
        return reference_features(self.extractor, self.reference_set)

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say why there is no value, and what of the reference set could not be read."""
        found = []
        n = len(self._vectors(features, reference)[0]) if len(features) and reference is not None else 0
        if 0 < n < self.least:  # what became of all samples, where none can be scored, is told by their outcomes
            found.append(f"no value: it takes at least {self.least} images, and {n} can be scored")
        image_set = find_reference(self.reference_set).image_set
        if image_set is not None and image_set.excluded:
            reasons = ", ".join(f"{count} x {reason}" for reason, count in image_set.reasons.items())
            found.append(f"reference set: {len(image_set.excluded)} images left out ({reasons})")
        return (*found, *(self._notes(*self._pair(features, reference)) if n >= self.least else ()))

    def interval(
        self, features: FloatArray, clusters: NDArray[np.int64], reference: FloatArray | None = None
    ) -> Interval | None:
        """Return the interval over other images of the model, with the reference held fixed; see ``SetMetric``."""
        if not len(features):
            return None
        vectors, owners = self._vectors(features, reference)
        return None if len(vectors) < self.least else self._interval(vectors, clusters[owners], _given(reference))

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return, where a task ranks by this metric, the images nearest to and farthest from those of the reference."""
        found = list(super().figures(data))
        if data.score.primary:
            features = reference_features(self.extractor, self.reference_set)
            found += feature_grids(data, features, find_reference(self.reference_set).pixels)
        return found

    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        outcomes: list[Outcome] = []
        wanted: list[tuple[int, Output]] = []
        for i, sample_outputs in enumerate(outputs):
            images, outcome = _final_images(sample_outputs)
            outcomes.append(outcome)
            wanted += [(i, image) for image in images]
        if not wanted:
            return Rows(np.full((len(outputs), 1), np.nan, dtype=np.float32), tuple(outcomes))
        extractor = open_extractor(self.extractor)
        extractor.features([])  # weights that do not fit are no fault of an image
        d = extractor.dimension
        vectors = np.concatenate(
            [_tolerant(extractor, part) for part in read_in_parts(pixels_of(output) for _, output in wanted)]
        )
        by_sample: dict[int, list[int]] = {}
        for position, (i, _) in enumerate(wanted):
            if not np.isnan(vectors[position]).any():
                by_sample.setdefault(i, []).append(position)
        if not by_sample:  # the message of what is wrong with the first of them
            extractor.features([pixels_of(wanted[0][1])])
        width = max((len(positions) for positions in by_sample.values()), default=1)
        values = np.full((len(outputs), width * d), np.nan, dtype=np.float32)
        for i in range(len(outputs)):
            if i in by_sample:
                values[i] = self.padding
                values[i, : len(by_sample[i]) * d] = vectors[by_sample[i]].ravel()
            elif outcomes[i] not in ("error", "refused"):
                outcomes[i] = "error"
        return Rows(values=values, outcomes=tuple(outcomes))

    def _value(self, features: FloatArray, reference: FloatArray | None) -> float:
        vectors, given = self._pair(features, reference)
        return self._distance(vectors, given) if len(vectors) >= self.least else float("nan")

    @abstractmethod
    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        """Return the value of at least `least` feature vectors, one an image."""

    @abstractmethod
    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None: ...

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        del vectors, reference
        return ()

    def _pair(self, features: FloatArray, reference: FloatArray | None) -> tuple[FloatArray, FloatArray]:
        return self._vectors(features, reference)[0], _given(reference)

    def _vectors(self, features: FloatArray, reference: FloatArray | None) -> tuple[FloatArray, NDArray[np.int64]]:
        """Return one vector an image, and the row it comes from: rows hold one an image, then padding."""
        d = _given(reference).shape[1]
        if features.shape[1] % d:
            raise ValueError(f"{self.name}: `features` must have shape (n, multiple of {d}), got {features.shape}")
        vectors = features.reshape(-1, d)
        kept = np.flatnonzero(~np.isposinf(vectors[:, 0]))
        if len(kept) == len(vectors):
            return vectors, np.arange(len(vectors)) // (features.shape[1] // d)
        return vectors[kept], kept // (features.shape[1] // d)

    def example(self) -> Example:
        """Return images of clothes, the same with noise in the place of half of them, and noise alone."""
        clothes = load_images("fashion_mnist/test")[:16]
        noise = np.random.default_rng(0).integers(0, 256, clothes.shape, dtype=np.uint8)
        best = example_images(clothes)
        return Example(
            samples=tuple(Sample(id=str(i), input={}) for i in range(len(clothes))),
            best=best,
            worse=example_images([*clothes[:8], *noise[:8]]),
            worst=example_images(noise),
            reference=best,
        )


def example_images(images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8]) -> tuple[SampleOutputs, ...]:
    """Return one output a sample, with these images."""
    return tuple((Output(image=image, sample_id=str(i)),) for i, image in enumerate(images))


def _final_images(outputs: SampleOutputs) -> tuple[list[Output], Outcome]:
    """Return the outputs with an image to score, by repeat, and the outcome of the sample."""
    final = [output for output in final_outputs(outputs) if output.finish_reason != "error"]
    images = [output for output in final if output.image is not None]
    if not images:
        return [], "refused" if final and all(output.finish_reason == "refused" for output in final) else "error"
    reasons = {output.finish_reason for output in images}
    if reasons == {"refused"}:
        return images, "refused"
    return images, "truncated" if reasons == {"length"} else "scored"


def _tolerant(extractor: Extractor, images: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Compute features; NaN for an image that the extractor does not take, found by halving."""
    try:
        return extractor.features(images)
    except InputError:
        if len(images) == 1:
            return np.full((1, extractor.dimension), np.nan, dtype=np.float32)
    middle = len(images) // 2
    return np.concatenate([_tolerant(extractor, images[:middle]), _tolerant(extractor, images[middle:])])


def _given(reference: FloatArray | None) -> FloatArray:
    if reference is None:
        raise ValueError("the features of the reference set are missing")
    return reference
