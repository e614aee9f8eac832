"""An extractor without weights: means of patches, which stand for Inception's features where a test must be quick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class PatchMeans:
    """The means of 4 x 4 patches of images of 28 x 28 pixels or more, over channels; 16 features."""

    name = "inception_fid"
    signature = "inception_fid:6726825d0000"
    dimension = 16

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        found = np.empty((len(images), 16), dtype=np.float32)
        for i, image in enumerate(images):
            if image.shape[0] < 28 or image.shape[1] < 28:
                raise InputError(f"image {i}: expected at least 28x28 pixels, found {image.shape}")
            patches = image[:28, :28].astype(np.float64).mean(axis=2).reshape(4, 7, 4, 7)
            found[i] = patches.mean(axis=(1, 3)).ravel() / 255
        return found
