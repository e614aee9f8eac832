"""The network of `fashion_convnet`: four convolutions, an average, two linear layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Convnet"]

_MEAN, _DEVIATION = 0.286, 0.353  # of Fashion-MNIST's pixels in [0, 1]


class Convnet(nn.Module):
    """A classifier of 28x28 grey images into ten classes; its features are what the last layer but one gives.

    Parameters
    ----------
    width : int
        Features of an image.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        # Pixels in 2x2 blocks are channels: convolutions with few channels at full size would cost the most.
        self.convolutions = nn.Sequential(
            nn.PixelUnshuffle(2), _block(4, 32), nn.MaxPool2d(2), _block(32, 64), _block(64, 64, stride=2)
        ).to(memory_format=torch.channels_last)
        self.project = nn.Linear(64, width)
        self.classify = nn.Linear(width, 10)

    def pool(self, pixels: Tensor) -> Tensor:
        """Return the means of the last convolution's channels: float32, shape (n, 64).

        Parameters
        ----------
        pixels : Tensor
            float32, shape (n, 1, 28, 28), 0 to 255.
        """
        scaled = ((pixels / 255 - _MEAN) / _DEVIATION).to(next(self.convolutions.parameters()).dtype)
        return torch.as_tensor(self.convolutions(scaled).float().mean(dim=(2, 3)))

    def forward(self, pixels: Tensor) -> Tensor:
        """Return logits: float32, shape (n, 10); see `pool`."""
        return torch.as_tensor(self.classify(self.project(self.pool(pixels)).relu()))


def _block(channels_in: int, channels_out: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(),
    )
