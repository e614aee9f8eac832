"""Vendi score of a set of images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite import stats
from evalsuite.distances import leave_out_vendi, vendi_score
from evalsuite.metrics.image_features import ImageFeatureMetric, ever_fewer_kinds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example, FloatArray

__all__ = ["Vendi"]


@dataclass(frozen=True)
class Vendi(ImageFeatureMetric):
    """Vendi score: how many different images there seem to be, by cosines of their features; higher is better.

    Parameters
    ----------
    extractor : str, default "fashion_convnet"
        The network that computes features. Scores by different networks are not comparable.

    Notes
    -----
    The exponential of the entropy of the eigenvalues of the images' cosines over n [1]_. Range 1 to the smaller of the
    number of images and of features. It knows no reference: noise is diverse too, so that it is read beside a metric of
    quality. It rises with the number of images, which is in the signature.

    The interval is a delete-block jackknife over the images, 50 blocks. None with fewer than two images.

    References
    ----------
    .. [1] Friedman and Dieng, "The Vendi Score: A diversity evaluation metric for machine learning", TMLR 2023.

    Examples
    --------
    >>> import numpy as np
    >>> round(Vendi().value(np.repeat(np.eye(64), 2, axis=0)), 9)
    64.0
    """

    name = "vendi"
    higher_is_better = True
    value_range = (1.0, float("inf"))

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        del reference
        # Rounding may leave a set of equal images a little below 1.
        return max(vendi_score(vectors), 1.0)

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        blocks = stats.jackknife_blocks(clusters)
        return None if blocks is None else leave_out_vendi(vectors, blocks)

    def example(self) -> Example:
        """Return images of ever fewer kinds."""
        return ever_fewer_kinds(16)
