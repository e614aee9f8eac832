"""How many images are copies of what the model learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.errors import UsageError
from evalsuite.metrics.references import OncePerArray
from evalsuite.metrics.training_set import TrainingSetMetric

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import Interval

__all__ = ["Authenticity", "Memorisation"]


@dataclass(frozen=True)
class Memorisation(TrainingSetMetric):
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

    level: float = 0.01

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.level, bool) or not isinstance(self.level, (int, float)) or not 0 < self.level <= 0.5:
            raise UsageError(f"{self.name}: `level` must be a number above 0 and at most 0.5, got {self.level!r}")

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        return float(self._flagged(vectors, reference).mean())

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        flagged = self._flagged(vectors, reference).astype(np.float64)
        return stats.proportion_interval(np.stack([flagged, np.ones_like(flagged)], axis=1), clusters)

    def _flagged(self, vectors: FloatArray, reference: FloatArray) -> NDArray[np.bool_]:
        return np.asarray(self.closeness(vectors) <= _threshold(reference, self, self.signature()))


@dataclass(frozen=True)
class Authenticity(TrainingSetMetric):
    """Authenticity: share of images farther from their training image than that is from its nearest, 0-1.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features.
    reference_set : str, default "fashion_mnist/test"
        Real images that no model learned from, with which a note tells what they would score.
    training_set : str, default "fashion_mnist/train"
        What the model learned from; see `memorisation`.

    Notes
    -----
    The images whose closeness, as `memorisation` has it, is above 1 [1]_. Unseen real images score about 0.5 to 0.7,
    not 1, whatever the extractor: a note has the reference images' own share, which a model that copies nothing is near
    to. Poor images score high. Range 0 to 1; higher is better up to that share.

    With training images held fixed each image is authentic or not by itself, so the interval is Wilson's for a
    proportion.

    References
    ----------
    .. [1] Alaa, van Breugel, Saveliev and van der Schaar, "How faithful is your synthetic data? Sample-level metrics
       for evaluating and auditing generative models", ICML 2022, section 4.
    """

    name = "authenticity"
    higher_is_better = True
    value_range = (0.0, 1.0)

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        del reference
        return float((self.closeness(vectors) > 1).mean())

    def _interval(self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray) -> Interval | None:
        del reference
        authentic = (self.closeness(vectors) > 1).astype(np.float64)
        return stats.proportion_interval(np.stack([authentic, np.ones_like(authentic)], axis=1), clusters)

    def _notes(self, vectors: FloatArray, reference: FloatArray) -> tuple[str, ...]:
        del vectors
        share = _authentic(reference, self, self.signature())
        return (f"the reference images, which no model learned from, score {share:.3f}",)


def _compute_threshold(reference: FloatArray, metric: Memorisation, signature: str) -> float:
    del signature  # it changes with the training images at a path
    return float(np.quantile(metric.closeness(reference), metric.level, method="inverted_cdf"))


def _compute_authentic(reference: FloatArray, metric: Authenticity, signature: str) -> float:
    del signature
    return float((metric.closeness(reference) > 1).mean())


_threshold = OncePerArray(_compute_threshold)
_authentic = OncePerArray(_compute_authentic)
