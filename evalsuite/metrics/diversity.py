"""Diversity of images: how far apart two of them are on average, in the eyes of an extractor or of LPIPS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from evalsuite.distances import unit_vectors
from evalsuite.errors import InputError
from evalsuite.extractors.opening import open_extractor
from evalsuite.images.lpips import LEAST_PIXELS, LpipsEmbedding, open_embedding
from evalsuite.images.lpips_weights import NETWORKS
from evalsuite.metrics._options import check_choice, check_integer
from evalsuite.metrics._pair_diversity import WITHIN, PairDiversity
from evalsuite.metrics.image_features import ImageFeatureMetric, rows_of_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.metrics.base import FloatArray, Rows, SampleOutputs
    from evalsuite.types import Sample

__all__ = ["FeatureDiversity", "LpipsDiversity"]

_MOST_BYTES: Final = 1 << 33
_LARGEST: Final = 2048


@dataclass(frozen=True)
class FeatureDiversity(PairDiversity, ImageFeatureMetric):
    """Feature diversity: mean of 1 less the cosine of two images' features, over all pairs; higher is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features. Scores by different networks are not comparable.
    within : {"set", "prompt"}, default "set"
        Pairs of all images; or of those of one sample, the mean over samples, which takes several repeats of each.

    Notes
    -----
    ``mean_{i<j} (1 - cos(x_i, x_j))``, over all pairs [1]_: an unbiased U-statistic, whose expectation does not depend
    on the number of images. Range 0, all alike, to 2; features at or above 0 give 1 at most. It knows no reference:
    noise is diverse too, so that it is read beside a metric of quality. Of one class alone it is the intra-class
    diversity: a task's ``by = ["class"]`` shows each.

    The interval is a delete-block jackknife, 50 blocks: over images, or with ``within="prompt"`` over samples.

    References
    ----------
    .. [1] Zhu et al., "Toward multimodal image-to-image translation", NeurIPS 2017, section 5, with LPIPS in the place
       of the cosine.

    Examples
    --------
    >>> import numpy as np
    >>> FeatureDiversity().value(np.eye(64))
    1.0
    """

    name = "feature_diversity"
    share = 0.5

    within: str = "set"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self.name, "within", self.within, WITHIN)

    def _width(self) -> int:
        return open_extractor(self.extractor).dimension

    def _scaled(self, vectors: FloatArray) -> FloatArray:
        return unit_vectors(vectors)


@dataclass(frozen=True)
class LpipsDiversity(PairDiversity):
    """LPIPS diversity: mean LPIPS of two images, over all pairs; higher is better.

    Parameters
    ----------
    within : {"set", "prompt"}, default "set"
        Pairs of all images; or of those of one sample, the mean over samples, which takes several repeats of each.
    network : {"alex", "vgg"}, default "alex"
        Whose activations are compared.
    size : int, default 64
        Pixels along both edges to which images are resized first (bilinear, antialiased), 31 (VGG16: 16) to 2048.
        Images of that size are left as they are. Published figures are mostly of 256, at which a thousand images'
        activations are 2.6 GB.

    Notes
    -----
    ``mean_{i<j} LPIPS(x_i, x_j)`` [1]_, over all pairs: LPIPS is a squared distance of weighted activations, so that
    the mean over n (n - 1) / 2 pairs is twice the trace of their covariance and takes n evaluations of the network. An
    unbiased U-statistic, whose expectation does not depend on the number of images. At least 0. It knows no reference:
    noise is diverse too, so that it is read beside a metric of quality. Of one class alone it is the intra-class
    diversity: a task's ``by = ["class"]`` shows each.

    The interval is a delete-block jackknife, 50 blocks: over images, or with ``within="prompt"`` over samples. The
    weights are looked for as `lpips` says, and their hash is in the signature.

    References
    ----------
    .. [1] Zhu et al., "Toward multimodal image-to-image translation", NeurIPS 2017, section 5.
    """

    name = "lpips_diversity"

    within: str = "set"
    network: str = "alex"
    size: int = 64

    def __post_init__(self) -> None:
        check_choice(self.name, "within", self.within, WITHIN)
        check_choice(self.name, "network", self.network, tuple(NETWORKS))
        check_integer(self.name, "size", self.size, LEAST_PIXELS[self.network], _LARGEST)

    def _open(self) -> LpipsEmbedding:
        return open_embedding(self.network, self.size)

    def signature(self) -> str:
        """Return name, network with its weights' hash, size, pairs, version."""
        return f"{self.name}|{self._open().signature}|within:{self.within}|version:{self.version}"

    @property
    def reads_files(self) -> bool:
        """Whether files of the user's are read: the weights always are."""
        return True

    def feature_signature(self) -> str:
        """Return the signature of the activations."""
        return f"features|{self._open().signature}|version:1"

    def check(self) -> None:
        """Find out whether the weights are there."""
        self._open()

    def _features(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        del samples
        opened = self._open()
        n_bytes = 4 * opened.dimension * sum(map(len, outputs))
        if n_bytes > _MOST_BYTES:
            raise InputError(
                f"{self.name}: the activations of so many images would be {n_bytes >> 30} GiB, more than "
                f'{_MOST_BYTES >> 30}: give fewer images, a smaller `size` or network "alex"'
            )
        return rows_of_images([opened], outputs)[0]

    def _width(self) -> int:
        return self._open().dimension

    def _scaled(self, vectors: FloatArray) -> FloatArray:
        return vectors
