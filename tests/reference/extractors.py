"""Means of patches, which stand for Inception's features where a test must be quick; and weights of Inception."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor


class PatchMeans:
    """The means of 4 x 4 patches of images of 28 x 28 pixels or more, over channels; 16 features."""

    name = "inception_fid"
    signature = "inception_fid:6726825d0000"
    dimension = 16

    def __init__(self, protocol: str | None = None) -> None:
        if protocol is not None:
            self.signature = type(self).signature.replace(":", f"@{protocol}:")

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        found = np.empty((len(images), 16), dtype=np.float32)
        for i, image in enumerate(images):
            if image.shape[0] < 28 or image.shape[1] < 28:
                raise InputError(f"image {i}: expected at least 28x28 pixels, found {image.shape}")
            patches = image[:28, :28].astype(np.float64).mean(axis=2).reshape(4, 7, 4, 7)
            found[i] = patches.mean(axis=(1, 3)).ravel() / 255
        return found


def random_inception(seed: int) -> dict[str, Tensor]:
    """Weights that keep activations of a like size through the layers, with moments that normalisation must read."""
    import torch

    from evalsuite.extractors.inception_network import InceptionFeatures

    torch.manual_seed(seed)
    state = InceptionFeatures().state_dict()
    for key, tensor in state.items():
        if key.endswith("conv.weight"):
            state[key] = torch.randn_like(tensor) * (2 / tensor[0].numel()) ** 0.5
        elif key.endswith(("bn.weight", "running_var")):
            state[key] = 0.5 + torch.rand_like(tensor)
        elif key.endswith(("bn.bias", "running_mean")):
            state[key] = 0.1 * torch.randn_like(tensor)
    return state
