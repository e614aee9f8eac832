"""Means of patches, which stand for Inception's features where a test must be quick; and weights of Inception."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class Sums:
    """Sums over an image: an extractor of batches, each of which is written down with the thread that computed it."""

    name = signature = cache_identity = "sums"
    dimension = 3

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[int]]] = []
        self.prepared: list[int] = []

    def batch_size(self, device: str) -> int:
        return 4 if device == "cpu" else 8

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        prepared = [self.prepare(image, i, "cpu") for i, image in enumerate(images)]
        return np.stack([one.numpy() for one in prepared]) if prepared else np.empty((0, 3), np.float32)

    def prepare(self, image: NDArray[np.uint8], index: int, device: str) -> Tensor:
        import torch

        if image.shape[0] == 1:
            raise InputError(f"image {index}: is too low")
        self.prepared.append(index)
        time.sleep(0.001 * (index % 3))  # threads finish in another order than they began
        values = image.astype(np.float64)
        return torch.tensor([values.sum(), (values**2).sum(), np.sqrt(values).sum()], dtype=torch.float32)

    def begin(self, prepared: Sequence[Tensor], device: str, batch_size: int) -> Callable[[], NDArray[np.float32]]:
        import torch

        time.sleep(0.002 * (len(self.batches) % 2))
        self.batches.append((threading.current_thread().name, [int(one[0]) for one in prepared]))
        return torch.stack(list(prepared)).numpy


def several_sizes(n: int) -> list[NDArray[np.uint8]]:
    """Return small images of noise, of several sizes, grey and in colour."""
    shapes = [(2 + i % 5, 3 + i % 2, 1 + 2 * (i % 2)) for i in range(n)]
    return [np.random.default_rng(i).integers(0, 256, shape, dtype=np.uint8) for i, shape in enumerate(shapes)]


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
