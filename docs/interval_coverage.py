"""How often intervals of image metrics hold what they are for, by simulation: ``python docs/interval_coverage.py``.

A trial draws 1,000 of the 50,000 training images of Fashion-MNIST as a model's images, by features of
`fashion_convnet`, with the 10,000 test images as the reference; for authenticity, 1,000 of the test images, with the
training images as the reference. Where equal images do no harm they are drawn with replacement. What the intervals are
for is the mean of all trials' values; for kernel distances, which have no bias, the value of all 50,000; and for
`frechet_infinity`, of which both sides are drawn anew in each trial, the distance of all 60,000 from themselves, those
of the model changed. The table has, beside the share of intervals that held it, that value, the standard deviation of
the trials' values, and the intervals' mean width over what 95 % would need.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.datasets import load_training_features
from evalsuite.distances import CubicKernel, GaussianKernel, Kernel, frechet_distance, kernel_distance, unit_vectors
from evalsuite.extractors.opening import open_extractor
from evalsuite.metrics import METRICS
from evalsuite.metrics.references import reference_features

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = (
    "frechet_distance",
    "frechet_infinity",
    "kid",
    "cmmd",
    "precision",
    "recall",
    "density",
    "coverage",
    "vendi",
    "inception_score",
    "authenticity",
)
N, M = 1000, 10_000
WITHOUT_EQUAL_ONES = {"precision", "recall", "density", "coverage", "authenticity"}
SCALES = {"like the reference": 1.0, "off": 1.15}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the trials and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--metric", nargs="+", default=NAMES, choices=NAMES)
    options = parser.parse_args(arguments)
    rows = [row(name, options.trials) for name in options.metric]
    table = "\n".join(
        [
            f"| {options.trials} trials of {N:,} images | {' | '.join(f'a model {kind}' for kind in SCALES)} |",
            "|---|---|---|",
            *rows,
        ]
    )
    sys.stdout.write(table + "\n")


def row(name: str, n_trials: int) -> str:
    """Return a line of the table."""
    cells = [cell(name, scale, n_trials) for scale in SCALES.values()]
    sys.stderr.write(f"{name}: {cells}\n")
    return f"| `{name}` | {' | '.join(cells)} |"


def cell(name: str, scale: float, n_trials: int) -> str:
    """Return how many intervals held the value, its mean and spread, and how wide the intervals were beside it."""
    metric = METRICS.get(name)()
    training, reference = features_of(name, scale)
    draw = np.random.default_rng(0)
    values, intervals = [], []
    pool = np.concatenate([training / np.float32(scale), reference]) if name == "frechet_infinity" else None
    for _ in range(n_trials):
        if pool is None:
            vectors = training[draw.choice(len(training), N, replace=name not in WITHOUT_EQUAL_ONES)]
        else:
            drawn = draw.choice(len(pool), N + M, replace=False)
            vectors, reference = np.float32(scale) * pool[drawn[:N]], pool[drawn[N:]]
        values.append(metric.value(vectors, reference))  # type: ignore[attr-defined]
        found = metric.interval(vectors, np.arange(N), reference)  # type: ignore[attr-defined]
        intervals.append((found.low, found.high))
    if pool is not None:
        truth = frechet_distance(scale * pool, pool)
    else:
        truth = expected_kernel_distance(name, training, reference) if name in ("kid", "cmmd") else np.mean(values)
    held = sum(low <= truth <= high for low, high in intervals)
    deviation = float(np.std(values))
    width = float(np.mean([high - low for low, high in intervals])) / (2 * 1.96 * deviation)
    return f"{held / n_trials:.1%} ({truth:.3g}, sd {deviation:.2g}, width {width:.2f})"


def expected_kernel_distance(name: str, training: Any, reference: Any) -> float:
    """Return the expected value of N images drawn with replacement: all pairs count, of an image with itself, too."""
    vectors, others = training.astype(np.float64), reference.astype(np.float64)
    kernel: Kernel = CubicKernel()
    if name == "cmmd":
        vectors, others, kernel = unit_vectors(vectors), unit_vectors(others), GaussianKernel(10.0)
    found = kernel_distance(vectors, others, kernel=kernel)
    added = (float(kernel.own(vectors).mean()) - found.within) / len(vectors)
    if name == "kid":
        return found.value + added
    within = found.within + added
    return 1000 * (found.value + added + (1 - within) / N + (1 - found.within_reference) / len(others))


def features_of(name: str, scale: float) -> tuple[Any, Any]:
    """Return the training images' features as the metric takes them, and the reference's."""
    if name == "authenticity":  # of images that were not trained on: the training images are all copies
        metric: Any = METRICS.get(name)()
        unseen = reference_features("fashion_convnet", "fashion_mnist/test")
        return (scale * unseen).astype(np.float32), metric.reference(())
    stored, _ = load_training_features("fashion_mnist/train", open_extractor("fashion_convnet").signature)
    training = (scale * stored.astype(np.float32)).astype(np.float32)
    if name != "inception_score":
        return training, reference_features("fashion_convnet", "fashion_mnist/test")
    network: Any = open_extractor("fashion_convnet")
    return network.logits_of(training), np.empty((0, 10))


if __name__ == "__main__":
    main()
