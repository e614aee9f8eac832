"""Label agreement: whether a classifier sees in an image the class that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from evalsuite import stats
from evalsuite.datasets import load_images, load_labels
from evalsuite.extractors.opening import compute_features, open_extractor
from evalsuite.metrics._labels import wanted_label
from evalsuite.metrics._quotient import QuotientMetric
from evalsuite.metrics.base import Example, Rows
from evalsuite.metrics.image_features import example_images, rows_of_images
from evalsuite.types import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalsuite.metrics.base import FloatArray, SampleOutputs
    from evalsuite.types import Interval, Outcome

__all__ = ["LabelAgreement"]

_CLASSIFIER = "fashion_classifier"
_HELD_OUT = "fashion_mnist/heldout"
_REAL = "fashion_mnist/test"


@dataclass(frozen=True)
class LabelAgreement(QuotientMetric):
    """Label agreement: share of images that the embedded classifier puts into the class asked for, 0-1.

    Notes
    -----
    ``agreement = images whose likeliest class by fashion_classifier is the class asked for / images``, as the
    classification accuracy of [1]_ with its roles exchanged. ``metadata["label"]`` of a sample is the class. The
    classifier errs too: its share on held-out real images, which a note says beside each score, is what a perfect model
    would have. A value above it says that a model draws what is easy to tell, not that it is better than real. Range 0
    to 1, a tenth by chance; higher is better. It says nothing about how real an image is, or how varied they are.

    Outcomes: ``right``; ``wrong``; ``scored`` (several repeats that differ); ``refused`` (counted for its image, if
    there is one); ``error`` (no image: no value). The interval is Wilson's, with the number of images divided by the
    design effect of the wordings. A row is [agreeing, images], summed over the repeats of a sample.

    References
    ----------
    .. [1] Ravuri and Vinyals, "Classification Accuracy Score for Conditional Generative Models", NeurIPS 2019.

    Examples
    --------
    >>> from evalsuite.datasets import load_images, load_labels
    >>> from evalsuite.types import Output, Sample
    >>> image, label = load_images("fashion_mnist/test")[1], int(load_labels("fashion_mnist/test")[1])
    >>> samples = [Sample(id="1", input={}, metadata={"label": wanted}) for wanted in (label, 5)]
    >>> LabelAgreement().rows(samples, [[Output(image=image)]] * 2).outcomes
    ('right', 'wrong')
    """

    name = "label_agreement"
    modality = "image"
    proportion = True
    value_range = (0.0, 1.0)

    def signature(self) -> str:
        """Return the name, the classifier with its weights' hash, and the version."""
        return f"{self.name}|classifier:{open_extractor(_CLASSIFIER).signature}|version:{self.version}"

    def check(self) -> None:
        """Load the classifier's weights; see ``Metric.check``."""
        open_extractor(_CLASSIFIER).features([])

    def notes(self, features: FloatArray, reference: FloatArray | None = None) -> tuple[str, ...]:
        """Say what share of real images the classifier puts into their class."""
        del features, reference
        share, interval, n = _share_of_real()
        return (
            f"ceiling: the classifier puts {100 * share:.1f} % [{100 * interval.low:.1f}, {100 * interval.high:.1f}] "
            f"of {n:,} held-out real images into their class",
        )

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        classifier = open_extractor(_CLASSIFIER)
        labels = np.array([wanted_label(self.name, sample, classifier.dimension) for sample in samples], dtype=np.int64)
        found = rows_of_images([classifier], outputs)[0]
        values = np.full((len(samples), 2), np.nan)
        outcomes: list[Outcome] = list(found.outcomes)
        for i in np.flatnonzero(found.scored()):
            scores = found.values[i].reshape(-1, classifier.dimension)
            seen = scores[np.isfinite(scores).all(axis=1)].argmax(axis=1)
            agreeing = int((seen == labels[i]).sum())
            values[i] = agreeing, len(seen)
            if outcomes[i] == "scored" and agreeing in (0, len(seen)):
                outcomes[i] = "right" if agreeing else "wrong"
        return Rows(values=values, outcomes=tuple(outcomes))

    def example(self) -> Example:
        """Return images of the classes asked for, half of them, and none."""
        images, labels = load_images(_REAL)[:16], load_labels(_REAL)[:16]
        seen = open_extractor(_CLASSIFIER).features(list(images)).argmax(axis=1)
        told = np.flatnonzero(seen == labels)[:8]
        right = images[told]
        # Of the next image whose class is another.
        others = [next(int(at) for at in np.roll(told, -i) if labels[at] != labels[one]) for i, one in enumerate(told)]
        other = images[others]
        return Example(
            samples=tuple(
                Sample(id=str(i), input={}, metadata={"label": int(labels[at])}) for i, at in enumerate(told)
            ),
            best=example_images(right),
            worse=example_images([*right[:4], *other[4:]]),
            worst=example_images(other),
        )


@cache
def _share_of_real() -> tuple[float, Interval, int]:
    """Return the share of held-out images that the classifier puts into their class, its interval, and their number."""
    labels = load_labels(_HELD_OUT)
    seen = compute_features(open_extractor(_CLASSIFIER), list(load_images(_HELD_OUT))).argmax(axis=1)
    rows = np.column_stack([seen == labels, np.ones(len(labels))]).astype(np.float64)
    interval = stats.proportion_interval(rows, np.arange(len(labels)))
    assert interval is not None
    return float(rows[:, 0].mean()), interval, len(labels)
