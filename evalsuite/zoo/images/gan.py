"""A generative adversarial network of 28x28 images, after DCGAN."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

__all__ = ["Critic", "Generator"]


class Generator(nn.Module):
    """Draws images from noise with transposed convolutions.

    Parameters
    ----------
    z : int
        Normal variables an image is drawn from.
    width : int
        Channels at 7x7; half as many at 14x14.

    References
    ----------
    .. [1] Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional Generative
       Adversarial Networks", ICLR 2016.
    """

    def __init__(self, z: int, width: int) -> None:
        super().__init__()
        self.z = z
        half = width // 2
        self.layers = nn.Sequential(
            *(nn.Linear(z, width * 49, bias=False), nn.Unflatten(1, (width, 7, 7)), nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.ConvTranspose2d(width, half, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(half), nn.ReLU()),
            *(nn.ConvTranspose2d(half, 1, 4, stride=2, padding=1), nn.Tanh()),
        )
        self.to(memory_format=torch.channels_last)

    def draw(self, codes: Tensor) -> Tensor:
        """Return images: float32, shape (n, 1, 28, 28), in [-1, 1].

        Parameters
        ----------
        codes : Tensor
            float32, shape (n, z), standard normal.
        """
        return torch.as_tensor(self.layers(codes))


class Critic(nn.Module):
    """Tells real images from drawn ones; only training needs it.

    Parameters
    ----------
    width : int
        Channels at 7x7; half as many at 14x14.

    References
    ----------
    .. [1] Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        half = width // 2
        self.layers = nn.Sequential(
            *(nn.PixelUnshuffle(2), spectral_norm(nn.Conv2d(4, half, 3, padding=1)), nn.LeakyReLU(0.2)),
            *(spectral_norm(nn.Conv2d(half, width, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)),
            *(spectral_norm(nn.Conv2d(width, width, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)),
            *(nn.Flatten(), spectral_norm(nn.Linear(width * 9, 1))),
        )
        self.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Return how real each image looks: float32, shape (n, 1)."""
        return torch.as_tensor(self.layers(images))
