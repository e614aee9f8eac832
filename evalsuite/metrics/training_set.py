"""What metrics of a set of images beside what the model learned from share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.datasets import load_images, load_training_features
from evalsuite.datasets.features import TRAINING_FEATURES
from evalsuite.distances import nearest, neighbour_distances
from evalsuite.errors import InputError
from evalsuite.extractors.opening import open_extractor
from evalsuite.figures import Figure, FigureInput, feature_rows, ranked_grid
from evalsuite.metrics.base import Example
from evalsuite.metrics.image_set import ImageSetMetric, example_images, notes_of_images
from evalsuite.metrics.references import OncePerArray, check_image_set, find_reference, reference_features
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray

__all__ = ["TrainingSetMetric"]

_KEPT = 64
_closeness: dict[tuple[str, str], NDArray[np.float64]] = {}


@dataclass(frozen=True)
class TrainingSetMetric(ImageSetMetric):
    """A metric of how close images are to those a model learned from.

    Parameters
    ----------
    extractor, reference_set : str
        See ``ImageSetMetric``.
    training_set : str, default "fashion_mnist/train"
        What the model learned from.
    """

    least = 1

    training_set: str = "fashion_mnist/train"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_image_set(self.name, "training_set", self.training_set, list(TRAINING_FEATURES))

    @property
    def reads_files(self) -> bool:
        """Whether any set or weights are files of the user's."""
        return super().reads_files or self.training_set not in TRAINING_FEATURES

    def signature(self) -> str:
        """Return the signature of the other image metrics, with the hash of training images at a path."""
        return super().signature().replace(f"training_set:{self.training_set}", self._training_identity())

    def _training_identity(self) -> str:
        if self.training_set in TRAINING_FEATURES:
            return f"training_set:{self.training_set}"
        return f"training_set:{find_reference(self.training_set).identity}"

    def check(self) -> None:
        """Find out, besides, whether there are features of the training images by this extractor."""
        super().check()
        if self.training_set in TRAINING_FEATURES:
            self._training()
        elif find_reference(self.training_set).n < 2:
            raise InputError(f'{self.name}: training set "{self.training_set}" must have at least 2 images')

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say, besides, what of the training images could not be read or was converted."""
        found = super().notes(features, reference)
        if reference is None or self.training_set in TRAINING_FEATURES:
            return found
        return (*found, *notes_of_images("training set", find_reference(self.training_set).image_set))

    def closeness(self, vectors: FloatArray) -> NDArray[np.float64]:
        """Return how close images are to the training images.

        Parameters
        ----------
        vectors : float, shape (n, d)
            Features, one an image.

        Returns
        -------
        float64, shape (n,)
            At least 0; 0 for a copy.
        """
        # The value, its interval and the figure ask for the same.
        sets = f"{open_extractor(self.extractor).signature}|{self._training_identity()}"
        key = (sets, hashlib.sha256(vectors.tobytes()).hexdigest())
        if key not in _closeness:
            while len(_closeness) >= _KEPT:
                del _closeness[next(iter(_closeness))]
            _closeness[key] = self._compute_closeness(vectors)
        return _closeness[key]

    def figures(self, data: FigureInput) -> Sequence[Figure]:
        """Return the images closest to training images; with those below them, where the training images are there."""
        training, _ = self._training()
        rows, vectors = feature_rows(data, training.shape[1])
        closeness = self.closeness(vectors) if len(rows) else np.empty(0)
        partner = None
        caption = "By distance to the nearest training image, over that one's own to its nearest other; 0 is a copy."
        if self.training_set not in TRAINING_FEATURES and len(rows) and find_reference(self.training_set).has_images:
            index, _ = nearest(vectors.astype(training.dtype), training)
            images = find_reference(self.training_set)
            partner = lambda place: images.pixels(int(index[place]))  # noqa: E731
            caption = f"Above: generated. Below it: its nearest training image. {caption}"
        order = np.argsort(closeness, kind="stable")
        figure = ranked_grid(data, rows, order, closeness, "Closest to training images", caption, "closeness", partner)
        return [*super().figures(data), *([figure] if figure else [])]

    def _compute_closeness(self, vectors: FloatArray) -> NDArray[np.float64]:
        training, spacing = self._training()
        index, squared = nearest(vectors.astype(training.dtype), training)
        distance, own = np.sqrt(squared), spacing[index].astype(np.float64)
        # Of a training image that is there twice, only its copies are close.
        far = np.where(distance > 0, np.inf, 0.0)
        return np.divide(distance, own, out=far, where=own > 0)

    def _training(self) -> tuple[FloatArray, FloatArray]:
        """Return the features of the training images, and the distance of each to its nearest other one."""
        if self.training_set in TRAINING_FEATURES:
            return load_training_features(self.training_set, open_extractor(self.extractor).signature)
        features = reference_features(self.extractor, self.training_set)
        return features, _spacing(features)

    def example(self) -> Example:
        """Return unseen images that are not flagged, some that are, and those of them nearest to training images."""
        images = load_images("fashion_mnist/test")
        vectors = reference_features(self.extractor, "fashion_mnist/test")
        order = np.argsort(self.closeness(vectors), kind="stable")
        near, far = images[order[:12]], images[order[-12:]]
        return Example(
            samples=tuple(Sample(id=str(i), input={}) for i in range(12)),
            best=example_images(far),
            worse=example_images([*near[:4], *far[4:]]),
            worst=example_images(near),
        )


def _compute_spacing(features: FloatArray) -> NDArray[np.float64]:
    return np.sqrt(neighbour_distances(features, 1))


_spacing = OncePerArray(_compute_spacing)
