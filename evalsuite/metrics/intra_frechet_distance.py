"""Fréchet distance of each class by itself: what a model gives for a class, beside real images of that class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.datasets import DATASETS, load_images, load_labels
from evalsuite.distances import Moments, frechet_distance, leave_out_frechet, moments
from evalsuite.extractors.opening import open_extractor
from evalsuite.metrics._labels import wanted_label
from evalsuite.metrics._options import check_choice
from evalsuite.metrics.base import Example, Rows
from evalsuite.metrics.image_features import example_images
from evalsuite.metrics.image_set import ImageSetMetric
from evalsuite.metrics.references import OncePerArray, reference_features
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray, SampleOutputs
    from evalsuite.types import Interval

__all__ = ["IntraFrechetDistance"]


@dataclass(frozen=True)
class IntraFrechetDistance(ImageSetMetric):
    """Intra-class Fréchet distance: mean over classes of the distance between what was asked and real; lower is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features.
    reference_set : str, default "fashion_mnist/test"
        A data set with labels that comes with the package.

    Notes
    -----
    ``mean over c of FD(images asked to be of class c, real images of class c)`` [1]_, where FD is `frechet_distance`;
    each class counts alike. A model that draws fine images of another class than the one asked for has a good
    `frechet_distance` and a bad value here. ``metadata["label"]`` of a sample is the class, 0 up. Classes without an
    image are not in the mean, which a note says. By class, the value is that of the class alone.

    Each class has a tenth of the images, so that the values are above those of `frechet_distance` of the whole set:
    they fall as images are added, and their number is in the signature. The interval is a delete-block jackknife, 50
    blocks, over all classes at once, with the reference held fixed; none where a block holds all but one of the images
    of a class. Range 0 to infinity.

    References
    ----------
    .. [1] Miyato and Koyama, "cGANs with Projection Discriminator", ICLR 2018, section 4 ("intra FID").

    Examples
    --------
    >>> import numpy as np
    >>> square = np.array([[0.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 2.0]])
    >>> label = np.zeros((4, 1))  # features end with the class
    >>> images = np.vstack([np.hstack([square + 3.0, label]), np.hstack([square, label + 1])])
    >>> real = np.vstack([np.hstack([square, label]), np.hstack([square, label + 1])])
    >>> IntraFrechetDistance().value(images, real)  # 18 of the one class, 0 of the other
    9.0
    """

    name = "intra_frechet_distance"
    higher_is_better = False
    value_range = (0.0, float("inf"))
    needs_samples = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self.name, "reference_set", self.reference_set, list(DATASETS))

    def feature_signature(self) -> str:
        """Return the extractor's signature; unlike other metrics' features, these have the class."""
        return f"features and label|extractor:{open_extractor(self.extractor).signature}|version:1"

    def reference(self, samples: Sequence[Sample]) -> FloatArray | None:
        """Return the features of the reference set and, in the last column, its classes: float32, shape (m, d + 1)."""
        del samples
        return _labelled(reference_features(self.extractor, self.reference_set), self.reference_set)

    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        n_classes = int(load_labels(self.reference_set).max()) + 1
        labels = np.array([wanted_label(self.name, sample, n_classes) for sample in samples], dtype=np.float32)
        found = super()._features(samples, outputs)
        n, d = len(samples), open_extractor(self.extractor).dimension
        if not found.scored().any():
            return found
        vectors = found.values.reshape(n, -1, d)
        # Where there is no image, the class is padding too.
        kinds = np.where(np.isfinite(vectors[:, :, :1]), labels[:, None, None], vectors[:, :, :1])
        return Rows(np.concatenate([vectors, kinds], axis=2).reshape(n, -1), found.outcomes)

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        real = _moments_by_class(reference)
        distances = [
            frechet_distance(own, real[kind]) if len(own) > 1 and kind in real else float("nan")
            for kind, own in _by_class(vectors).items()
        ]
        return float(np.mean(distances))

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        blocks = stats.jackknife_blocks(clusters)
        if blocks is None:
            return None
        real = _moments_by_class(reference)
        n_blocks = int(blocks.max()) + 1
        by_class: list[NDArray[np.float64]] = []
        for kind, own in _by_class(vectors).items():
            if len(own) < 2 or kind not in real:
                return None
            there, numbered = np.unique(blocks[vectors[:, -1] == kind], return_inverse=True)
            # A block without an image of the class takes nothing away from it.
            left_out = np.full(n_blocks, frechet_distance(own, real[kind]))
            left_out[there] = leave_out_frechet(own, numbered.reshape(-1).astype(np.int64), real[kind])
            by_class.append(left_out)
        return stats.interval_of_left_out(
            self._distance(vectors, reference), np.mean(by_class, axis=0), value_range=self.value_range
        )

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        counts = {kind: len(own) for kind, own in _by_class(vectors).items()}
        missing = len(_moments_by_class(reference)) - len(counts)
        d = vectors.shape[1] - 1
        notes = []
        if missing > 0:
            notes.append(f"the mean is over {len(counts)} classes; there is no image of the other {missing}")
        if min(counts.values()) <= d:
            fewest, most = min(counts.values()), max(counts.values())
            sizes = f"{fewest} images each" if fewest == most else f"{fewest} to {most} images"
            notes.append(
                f"the classes have {sizes}, some no more than there are features, {d}: the distances are exact, but "
                "far above those of larger sets"
            )
        return tuple(notes)

    def example(self) -> Example:
        """Return images of the classes asked for, the same with some of them exchanged, and noise."""
        labels = load_labels(self.reference_set)
        chosen = np.concatenate([np.flatnonzero(labels == kind)[:8] for kind in (0, 1)])
        real = load_images(self.reference_set)[chosen]
        exchanged = np.concatenate([np.arange(4), np.arange(12, 16), np.arange(8, 12), np.arange(4, 8)])
        noise = np.random.default_rng(0).integers(0, 256, real.shape, dtype=np.uint8)
        return Example(
            samples=tuple(
                Sample(id=str(i), input={}, metadata={"label": int(labels[at])}) for i, at in enumerate(chosen)
            ),
            best=example_images(real),
            worse=example_images(real[exchanged]),
            worst=example_images(noise),
            reference=example_images(real),
        )


def _by_class(vectors: FloatArray) -> dict[int, FloatArray]:
    """Return the features of each class that there is, in the order of classes."""
    kinds = vectors[:, -1]
    return {int(kind): vectors[kinds == kind, :-1] for kind in np.unique(kinds)}


def _compute_labelled(features: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    return np.hstack([features, load_labels(name)[:, None].astype(np.float32)])


def _compute_moments(reference: FloatArray) -> dict[int, Moments]:
    return {kind: moments(own) for kind, own in _by_class(reference).items() if len(own) > 1}


_labelled = OncePerArray(_compute_labelled)
_moments_by_class = OncePerArray(_compute_moments)
