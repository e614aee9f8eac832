"""Structural similarity of images with their references, at one scale and at five."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.datasets import load_images
from evalsuite.images.multiscale_similarity import ms_ssim
from evalsuite.images.structural_similarity import ssim
from evalsuite.images.windows import BORDERS, Border
from evalsuite.metrics._options import check_choice
from evalsuite.metrics._reference_images import ReferenceImageMetric
from evalsuite.metrics.psnr import noisy_clothes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example

__all__ = ["MultiScaleStructuralSimilarity", "StructuralSimilarity", "mosaics"]


@dataclass(frozen=True)
class StructuralSimilarity(ReferenceImageMetric):
    """SSIM: structural similarity of each image with its reference, mean over samples, -1 to 1.

    Parameters
    ----------
    reference_set : str, optional
        A data set that comes with the package, or the path of a folder, tar or npz of images, each of which is the
        reference of the image of its name; where None, the samples' own, as data URIs.
    border : {"valid", "reflect"}, default "valid"
        Windows within the image, as pytorch-msssim and piq have it; or one about each pixel of the mirrored image, as
        torchmetrics has it.

    Notes
    -----
    With a Gaussian window of 11 by 11 pixels and a standard deviation of 1.5, in float64, each channel by itself [1]_;
    see `evalsuite.images.structural_similarity`. Range -1 to 1; higher is better; 1 for equal images.

    Of several references the one that an image is most like counts. An image beside one of another size, or smaller
    than the window, has no value; grey beside colours is taken as grey in all channels. A row is [similarity, 1],
    averaged over the repeats of a sample.

    References
    ----------
    .. [1] Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: From error visibility to structural
       similarity", IEEE Transactions on Image Processing 13, 2004.
    """

    name = "ssim"
    higher_is_better = True
    value_range = (-1.0, 1.0)

    border: Border = "valid"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self.name, "border", self.border, BORDERS)

    def _pair_columns(self, pixels: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[float, float]:
        return ssim(pixels, reference, border=self.border), 1.0

    def example(self) -> Example:
        """Return the references, the same with noise in a few pixels, and their negatives."""
        return noisy_clothes(load_images("fashion_mnist/test")[:4])


@dataclass(frozen=True)
class MultiScaleStructuralSimilarity(ReferenceImageMetric):
    """MS-SSIM: structural similarity of each image with its reference at five scales, mean over samples, 0-1.

    Parameters
    ----------
    reference_set : str, optional
        A data set that comes with the package, or the path of a folder, tar or npz of images, each of which is the
        reference of the image of its name; where None, the samples' own, as data URIs.
    border : {"valid", "reflect"}, default "valid"
        The authors' definition, or that of torchmetrics; see `evalsuite.images.multiscale_similarity`.

    Notes
    -----
    With the published weights of five scales [1]_, each half as large as the one before, and windows as `ssim` has. So
    images need at least 161 pixels along each edge, 176 with ``border="reflect"``; smaller ones have no value. Range 0
    to 1; higher is better; 1 for equal images.

    Of several references the one that an image is most like counts. A row is [similarity, 1], averaged over the repeats
    of a sample.

    References
    ----------
    .. [1] Wang, Simoncelli and Bovik, "Multi-scale structural similarity for image quality assessment", Asilomar 2003.
    """

    name = "ms_ssim"
    higher_is_better = True
    value_range = (0.0, 1.0)

    border: Border = "valid"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self.name, "border", self.border, BORDERS)

    def _pair_columns(self, pixels: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[float, float]:
        return ms_ssim(pixels, reference, border=self.border), 1.0

    def example(self) -> Example:
        """Return mosaics of clothes, the same with noise in a few pixels, and their negatives."""
        return noisy_clothes(mosaics(3, 7))


def mosaics(n: int, tiles: int) -> NDArray[np.uint8]:
    """Return `n` pictures of `tiles` by `tiles` images of clothes: uint8, shape (n, 28 tiles, 28 tiles, 1)."""
    images = load_images("fashion_mnist/test")[: n * tiles * tiles]
    rows = images.reshape(n, tiles, tiles, *images.shape[1:]).transpose(0, 1, 3, 2, 4, 5)
    return np.ascontiguousarray(rows.reshape(n, tiles * images.shape[1], tiles * images.shape[2], 1))
