"""How many images are copies of what the model learned from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.datasets import load_images, load_training_features
from evalsuite.datasets.features import TRAINING_FEATURES
from evalsuite.distances import nearest, neighbour_distances
from evalsuite.errors import InputError, UsageError
from evalsuite.extractors.opening import open_extractor
from evalsuite.figures import Figure, FigureInput, feature_rows, ranked_grid
from evalsuite.metrics.base import Example
from evalsuite.metrics.image_set import ImageSetMetric, example_images
from evalsuite.metrics.references import OncePerArray, check_image_set, find_reference, reference_features
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Interval

__all__ = ["Memorisation"]

_KEPT = 64
_closeness: dict[tuple[str, str], NDArray[np.float64]] = {}


@dataclass(frozen=True)
class Memorisation(ImageSetMetric):
    """Memorisation: share of the images that are nearer to a training image than unseen ones are, 0-1.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features.
    reference_set : str, default "fashion_mnist/test"
        Real images that no model learned from: a data set that comes with the package, or the path of a folder, tar or
        npz of images.
    training_set : str, default "fashion_mnist/train"
        What the model learned from: ``"fashion_mnist/train"``, its first 50,000 training images, of which features by
        ``fashion_convnet`` come with the package; or the path of a folder, tar or npz of images.
    level : float, default 0.01
        Share of the reference images that count as copies, in (0, 0.5].

    Notes
    -----
    The *closeness* of an image is its distance to the nearest training image over that training image's own distance to
    its nearest other one: relative distances single out copies in dense and sparse regions alike [1]_, and the ratio
    is below 1 where an image is not authentic in the sense of [2]_. An image is flagged where its closeness is at most
    the `level`-quantile of the reference images'. So other unseen real images read about `level`, whatever the
    extractor; a model that returns training images reads 1; one that copies a tenth of the time about 0.1. A reading
    below `level` is no merit: poor images are far from everything.

    Where stored features of training images are rounded to float16, so are those they are compared with, and copies
    are at distance 0. Range 0 to 1; lower is better.

    With training and reference images held fixed each image is flagged or not by itself, so the interval is Wilson's
    for a proportion.

    References
    ----------
    .. [1] Carlini et al., "Extracting training data from diffusion models", USENIX Security 2023, section 4.2.
    .. [2] Alaa, van Breugel, Saveliev and van der Schaar, "How faithful is your synthetic data? Sample-level metrics
       for evaluating and auditing generative models", ICML 2022, section 4.
    """

    name = "memorisation"
    higher_is_better = False
    value_range = (0.0, 1.0)
    least = 1

    training_set: str = "fashion_mnist/train"
    level: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        check_image_set(self.name, "training_set", self.training_set, list(TRAINING_FEATURES))
        if isinstance(self.level, bool) or not isinstance(self.level, (int, float)) or not 0 < self.level <= 0.5:
            raise UsageError(f"{self.name}: `level` must be a number above 0 and at most 0.5, got {self.level!r}")

    @property
    def reads_files(self) -> bool:
        """Whether any set or weights are files of the user's."""
        return super().reads_files or self.training_set not in TRAINING_FEATURES

    def signature(self) -> str:
        """Return the signature of the other image metrics, with the hash of training images at a path."""
        whole = super().signature()
        if self.training_set in TRAINING_FEATURES:
            return whole
        return whole.replace(
            f"training_set:{self.training_set}", f"training_set:{find_reference(self.training_set).identity}"
        )

    def check(self) -> None:
        """Find out, besides, whether there are features of the training images by this extractor."""
        super().check()
        if self.training_set in TRAINING_FEATURES:
            self._training()
        elif find_reference(self.training_set).n < 2:
            raise InputError(f'{self.name}: training set "{self.training_set}" must have at least 2 images')

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
        key = (self.signature(), hashlib.sha256(vectors.tobytes()).hexdigest())
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
        if self.training_set not in TRAINING_FEATURES and len(rows):
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

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return float(self._flagged(vectors, reference).mean())

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        flagged = self._flagged(vectors, reference).astype(np.float64)
        return stats.proportion_interval(np.stack([flagged, np.ones_like(flagged)], axis=1), clusters)

    def _flagged(self, vectors: FloatArray, reference: FloatArray) -> NDArray[np.bool_]:
        return np.asarray(self.closeness(vectors) <= _threshold(reference, self, self.signature()))

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


def _compute_threshold(reference: FloatArray, metric: Memorisation, signature: str) -> float:
    del signature  # it changes with the training images at a path
    return float(np.quantile(metric.closeness(reference), metric.level, method="inverted_cdf"))


def _compute_spacing(features: FloatArray) -> NDArray[np.float64]:
    return np.sqrt(neighbour_distances(features, 1))


_threshold = OncePerArray(_compute_threshold)
_spacing = OncePerArray(_compute_spacing)
