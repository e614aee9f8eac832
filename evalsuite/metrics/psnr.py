"""Peak signal-to-noise ratio of images with their references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.datasets import load_images
from evalsuite.images.signal_to_noise import decibels, psnr, squared_error
from evalsuite.metrics._options import check_choice
from evalsuite.metrics._reference_images import ReferenceImageMetric, data_uri
from evalsuite.metrics.base import Example, FloatArray
from evalsuite.metrics.image_features import example_images
from evalsuite.types import Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CEILING", "PeakSignalToNoiseRatio"]

CEILING = 100.0
"""Decibels at which the ratio is cut off."""


@dataclass(frozen=True)
class PeakSignalToNoiseRatio(ReferenceImageMetric):
    """PSNR: peak signal over the error of each image from its reference, in decibels, mean over samples, 0-100.

    Parameters
    ----------
    reference_set : str, optional
        A data set that comes with the package, or the path of a folder, tar or npz of images, each of which is the
        reference of the image of its name; where None, the samples' own, as data URIs.
    average : {"images", "pixels"}, default "images"
        ``"images"``: the mean of the images' ratios. ``"pixels"``: the ratio of the mean squared error of all images'
        pixels together, as torchmetrics has it unless it is told which dimensions are an image's.

    Notes
    -----
    ``10 log10(255**2 / MSE)`` [1]_; see `evalsuite.images.signal_to_noise`. The ratio of an image that equals its
    reference is infinite, and so would be any mean with it: ratios above 100 dB count as 100. Below that nothing is
    changed: it is the ratio of an image in which one of 150,000 values is off by one grey level.

    Of several references the one that an image is nearest to counts. An image beside one of another size has no value;
    grey beside colours is taken as grey in all channels. A row is [ratio, 1], averaged over the repeats of a sample; or
    [squared error, values].

    References
    ----------
    .. [1] Huynh-Thu and Ghanbari, "Scope of validity of PSNR in image/video quality assessment", Electronics
       Letters 44, 2008.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(PeakSignalToNoiseRatio(average="pixels").value(np.array([65025.0, 100.0]))), 9)
    20.0
    """

    name = "psnr"
    higher_is_better = True
    value_range = (0.0, CEILING)

    average: str = "images"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self.name, "average", self.average, ("images", "pixels"))

    def _pair_columns(self, pixels: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[float, float]:
        if self.average == "images":
            return min(psnr(pixels, reference), CEILING), 1.0
        return squared_error(pixels, reference), float(pixels.size)

    def _best(self, found: list[tuple[float, float]]) -> tuple[float, float]:
        return max(found) if self.average == "images" else min(found)

    def _value(self, sums: FloatArray) -> FloatArray:
        found = np.asarray(super()._value(sums), dtype=np.float64)
        return found if self.average == "images" else np.minimum(decibels(found), CEILING)

    def example(self) -> Example:
        """Return the references, the same with noise in a few pixels, and their negatives."""
        return noisy_clothes(load_images("fashion_mnist/test")[:4])


def noisy_clothes(images: NDArray[np.uint8]) -> Example:
    """Return images as their own references, the same with noise in each tenth pixel, and with white for black."""
    noise = np.random.default_rng(0).integers(0, 256, images.shape, dtype=np.uint8)
    speckled = np.where(np.random.default_rng(1).random(images.shape) < 0.1, noise, images)
    return Example(
        samples=tuple(Sample(id=str(i), input={}, references=(data_uri(image),)) for i, image in enumerate(images)),
        best=example_images(images),
        worse=example_images(speckled),
        worst=example_images(255 - images),
    )
