"""The networks of LPIPS in plain torch, with the state-dict keys of torchvision's AlexNet and VGG16.

References
----------
.. [1] Krizhevsky, "One weird trick for parallelizing convolutional neural networks", arXiv 1404.5997, 2014.
.. [2] Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015.
.. [3] Zhang, Isola, Efros, Shechtman and Wang, "The unreasonable effectiveness of deep features as a perceptual
   metric", CVPR 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LAYERS", "LpipsNetwork"]

LAYERS = 5
"""Activations that are compared."""

_MOST_SMALL = 1e-10
_SHIFT = (-0.030, -0.088, -0.188)
_SCALE = (0.458, 0.448, 0.450)
_CHANNELS = {"alex": (64, 192, 384, 256, 256), "vgg": (64, 128, 256, 512, 512)}
_VGG16 = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


class LpipsNetwork(nn.Module):
    """An image to the activations that LPIPS compares, and two images to their distance.

    Parameters
    ----------
    name : {"alex", "vgg"}

    Attributes
    ----------
    features : nn.Sequential
        Numbered as torchvision's, so that its weights fit; up to the last activation that is read.
    taps : tuple of int
        Which of its layers are read.
    linear : nn.ParameterList
        The weight of each channel: shape (channels,).
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, name: str) -> None:
        super().__init__()
        self.features, self.taps = _alexnet() if name == "alex" else _vgg16()
        self.linear = nn.ParameterList([nn.Parameter(torch.ones(n)) for n in _CHANNELS[name]])
        self.register_buffer("shift", torch.tensor(_SHIFT)[None, :, None, None], persistent=False)
        self.register_buffer("scale", torch.tensor(_SCALE)[None, :, None, None], persistent=False)

    def expected(self) -> Mapping[str, tuple[int, ...]]:
        """Return the shape of each tensor of the features, by its key."""
        return {key: tuple(tensor.shape) for key, tensor in self.state_dict().items() if key.startswith("features.")}

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return activations of images, float32 of shape (n, 3, h, w) in [-1, 1]: of length 1 along their channels."""
        x = (x - self.shift) / self.scale
        found = []
        for index, layer in enumerate(self.features):
            x = layer(x)
            if index in self.taps:
                found.append(x / (x.square().sum(dim=1, keepdim=True).sqrt() + _MOST_SMALL))
        return found

    def distances(self, first: list[Tensor], second: list[Tensor]) -> Tensor:
        """Return the distance of each pair of images from their activations: shape (n,)."""
        total = torch.zeros(len(first[0]))
        for weights, one, other in zip(self.linear, first, second, strict=True):
            weighted = (one - other).square() * weights[None, :, None, None]
            total = total + weighted.sum(dim=1).mean(dim=(1, 2))
        return total

    def embedding(self, activations: list[Tensor]) -> Tensor:
        """Return vectors whose squared distances are the images', shape (n, d); weights must be at least 0."""
        parts = []
        for weights, one in zip(self.linear, activations, strict=True):
            scaled = one * (weights / one[0, 0].numel()).sqrt()[None, :, None, None]
            parts.append(scaled.flatten(1))
        return torch.cat(parts, dim=1)


def _alexnet() -> tuple[nn.Sequential, tuple[int, ...]]:
    layers = [
        nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),
        nn.Conv2d(64, 192, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),
    ]
    for before, after in ((192, 384), (384, 256), (256, 256)):
        layers += [nn.Conv2d(before, after, kernel_size=3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers), (1, 4, 7, 9, 11)


def _vgg16() -> tuple[nn.Sequential, tuple[int, ...]]:
    layers: list[nn.Module] = []
    taps = []
    channels = 3
    for block in _VGG16:
        if layers:
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
        for after in block:
            layers += [nn.Conv2d(channels, after, kernel_size=3, padding=1), nn.ReLU()]
            channels = after
        taps.append(len(layers) - 1)
    return nn.Sequential(*layers), tuple(taps)
