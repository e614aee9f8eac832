"""LPIPS of images with their references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.images.lpips import Lpips, open_lpips
from evalsuite.images.lpips_weights import NETWORKS
from evalsuite.metrics._options import check_choice
from evalsuite.metrics._reference_images import ReferenceImageMetric
from evalsuite.metrics.psnr import noisy_clothes
from evalsuite.metrics.ssim import mosaics

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.metrics.base import Example, Rows, SampleOutputs
    from evalsuite.types import Sample

__all__ = ["LearnedPerceptualSimilarity"]


@dataclass(frozen=True)
class LearnedPerceptualSimilarity(ReferenceImageMetric):
    """LPIPS: how far each image is from its reference in a network's eyes, mean over samples; lower is better.

    Parameters
    ----------
    reference_set : str, optional
        A data set that comes with the package, or the path of a folder, tar or npz of images, each of which is the
        reference of the image of its name; where None, the samples' own, as data URIs.
    network : {"alex", "vgg"}, default "alex"
        Whose activations are compared: AlexNet, as the authors advise for scores, or VGG16.

    Notes
    -----
    Version 0.1 [1]_; see `evalsuite.images.lpips`. The networks' weights are files of torchvision's and of the package
    lpips, which are looked for by path; their hash is in the signature. 0 for equal images; in practice below 1.

    Of several references the one that an image is nearest to counts. An image beside one of another size, or smaller
    than the network takes (31 pixels, VGG16: 16), has no value. A row is [distance, 1], averaged over the repeats of a
    sample.

    References
    ----------
    .. [1] Zhang, Isola, Efros, Shechtman and Wang, "The unreasonable effectiveness of deep features as a perceptual
       metric", CVPR 2018.
    """

    name = "lpips"
    higher_is_better = False
    value_range = (0.0, float("inf"))

    network: str = "alex"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self.name, "network", self.network, tuple(NETWORKS))

    def _open(self) -> Lpips:
        return open_lpips(self.network)

    def _option_parts(self) -> list[str]:
        return [self._open().signature]

    @property
    def reads_files(self) -> bool:
        """Whether files of the user's are read: the weights always are."""
        return True

    def check(self) -> None:
        """Find out, besides, whether the weights are there."""
        super().check()
        self._open()

    def _rows(self, samples: Sequence[Sample], outputs: Sequence[SampleOutputs]) -> Rows:
        if samples:
            self._open()  # weights that are missing are no fault of an image
        return super()._rows(samples, outputs)

    def _pair_columns(self, pixels: NDArray[np.uint8], reference: NDArray[np.uint8]) -> tuple[float, float]:
        return self._open()(pixels, reference), 1.0

    def example(self) -> Example:
        """Return the references, the same with noise in a few pixels, and their negatives."""
        return noisy_clothes(mosaics(4, 2))
