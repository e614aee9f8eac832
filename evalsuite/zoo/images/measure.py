"""How far a model's images are from real ones, for its card and its tests."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from evalsuite.rng import derive_seed
from evalsuite.types import GenerationConfig, Output, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Drawer", "ImageScores", "draw_samples", "measure_images"]


class Drawer(Protocol):
    """A model that draws."""

    @property
    def batch_size(self) -> int:
        """Requests a call should get."""
        ...

    def generate(self, requests: Sequence[Request], config: GenerationConfig) -> Sequence[Output]:
        """Draw an image for every request."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageScores:
    """What is known of a model's images.

    Parameters
    ----------
    n : int
        Images.
    distance : float
        Fréchet distance to the test images, in features of `fashion_convnet`.
    commonest : float
        Share of the images in their commonest class, as the extractor sees them, 0-1; a tenth of real images.
    core_seconds : float
        Processor time of drawing them all.
    """

    n: int
    distance: float
    commonest: float
    core_seconds: float


def draw_samples(model: Drawer, n: int) -> tuple[list[NDArray[np.uint8]], float]:
    """Return `n` images of a model, each of its own seed, and the core-seconds they took."""
    ids = [str(i) for i in range(n)]
    bind = getattr(model, "bind", None)
    if bind is not None:
        bind(ids)
    requests = [
        Request(sample_id=name, repeat=0, turn=0, prompt="", messages=(), seed=derive_seed("zoo/measure", name))
        for name in ids
    ]
    model.generate(requests[:1], GenerationConfig())  # loads the weights
    started = time.process_time()
    outputs: list[Output] = []
    for start in range(0, n, model.batch_size):
        outputs += model.generate(requests[start : start + model.batch_size], GenerationConfig())
    seconds = time.process_time() - started
    return [output.image for output in outputs], seconds  # type: ignore[misc]


def measure_images(model: Drawer, n: int) -> ImageScores:
    """Draw images and compare them with the 10,000 test images.

    Parameters
    ----------
    model : Drawer
        Of Fashion-MNIST.
    n : int
        Images to draw. The distance is the larger, the fewer there are; compare those of one `n` only.
    """
    import numpy as np

    from evalsuite.datasets import load_images
    from evalsuite.distances.frechet import frechet_distance
    from evalsuite.extractors.fashion_convnet import open_extractor

    images, seconds = draw_samples(model, n)
    extractor = open_extractor()
    reference = extractor.features(list(load_images("fashion_mnist/test")))
    kinds = np.bincount(extractor.classify(images), minlength=10)
    return ImageScores(
        n=n,
        distance=frechet_distance(extractor.features(images), reference),
        commonest=float(kinds.max()) / n,
        core_seconds=seconds,
    )
