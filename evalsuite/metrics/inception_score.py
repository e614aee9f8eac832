"""Inception score of a set of images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite import stats
from evalsuite.distances import inception_score, leave_out_inception_score
from evalsuite.extractors import CLASSIFIERS
from evalsuite.extractors.naming import is_classifier
from evalsuite.metrics._options import check_choice
from evalsuite.metrics.image_features import ImageFeatureMetric, ever_fewer_kinds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example, FloatArray

__all__ = ["InceptionScore"]


@dataclass(frozen=True)
class InceptionScore(ImageFeatureMetric):
    """Inception score: how sure a classifier is of each image, and how many classes it sees; higher is better.

    Parameters
    ----------
    extractor : str, default "fashion_classifier"
        The classifier, whose features are scores before a softmax: ``"fashion_classifier"``, of clothes, or
        ``"inception_logits"``, with which published scores are made.

    Notes
    -----
    ``exp(mean KL(p(y|x) || mean p(y|x)))`` over all images at once [1]_. Range 1 to the number of classes. Published
    figures are means over 10 parts of the images, which are lower, and their ± is the parts' standard deviation;
    ``evalsuite.distances.split_inception_score`` computes those as torch-fidelity does. It knows no real image: a model
    that returns one sure image of each class has the highest score.

    The interval is a delete-block jackknife over the images, 50 blocks. None with fewer than two images.

    References
    ----------
    .. [1] Salimans et al., "Improved techniques for training GANs", NeurIPS 2016.

    Examples
    --------
    >>> import numpy as np
    >>> round(InceptionScore().value(100 * np.eye(10)), 9)  # sure of ten classes in turn
    10.0
    """

    name = "inception_score"
    higher_is_better = True
    value_range = (1.0, float("inf"))

    extractor: str = "fashion_classifier"

    def __post_init__(self) -> None:
        super().__post_init__()
        # Of any other network's features a softmax is no probability, and the number would look right.
        if not is_classifier(self.extractor):
            check_choice(self.name, "extractor", self.extractor, sorted(CLASSIFIERS))

    def _distance(self, vectors: FloatArray, reference: FloatArray) -> float:
        del reference
        # Rounding may leave a set of equal images a little below 1.
        return max(inception_score(vectors), 1.0)

    def _left_out(
        self, vectors: FloatArray, clusters: NDArray[np.int64], reference: FloatArray
    ) -> NDArray[np.float64] | None:
        blocks = stats.jackknife_blocks(clusters)
        return None if blocks is None else leave_out_inception_score(vectors, blocks)

    def example(self) -> Example:
        """Return images of ever fewer kinds."""
        return ever_fewer_kinds(16)
