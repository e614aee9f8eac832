"""A convolutional variational autoencoder of 28x28 images."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["VAE", "evidence_loss"]


class VAE(nn.Module):
    """Codes images as a few normal variables, and draws images from such codes.

    Parameters
    ----------
    z : int
        Variables of a code.
    width : int
        Channels at 7x7; half as many at 14x14.
    """

    def __init__(self, z: int, width: int) -> None:
        super().__init__()
        self.z = z
        half, flat = width // 2, width * 49
        self.encoder = nn.Sequential(
            *(nn.PixelUnshuffle(2), nn.Conv2d(4, half, 3, padding=1), nn.SiLU()),
            *(nn.Conv2d(half, width, 4, stride=2, padding=1), nn.SiLU()),
            *(nn.Flatten(), nn.Linear(flat, 2 * z)),
        )
        self.decoder = nn.Sequential(
            *(nn.Linear(z, flat), nn.SiLU(), nn.Unflatten(1, (width, 7, 7))),
            *(nn.ConvTranspose2d(width, half, 4, stride=2, padding=1), nn.SiLU()),
            nn.ConvTranspose2d(half, 1, 4, stride=2, padding=1),
        )
        self.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Code images and draw them again.

        Parameters
        ----------
        images : Tensor
            float32, shape (n, 1, 28, 28), in [-1, 1].

        Returns
        -------
        logits : Tensor
            Shape (n, 1, 28, 28): of each pixel's brightness.
        mean, log_variance : Tensor
            Shape (n, z): of each image's code.
        """
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        code = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        return self.decoder(code), mean, log_variance

    def draw(self, codes: Tensor) -> Tensor:
        """Return the mean images of codes: float32, shape (n, 1, 28, 28), in [-1, 1].

        Parameters
        ----------
        codes : Tensor
            float32, shape (n, z), standard normal.
        """
        return torch.as_tensor(self.decoder(codes)).sigmoid() * 2 - 1


def evidence_loss(network: VAE, images: Tensor) -> Tensor:
    """Return what the evidence's lower bound [1]_ lacks, in nats an image; a pixel's brightness is a probability.

    References
    ----------
    .. [1] Kingma and Welling, "Auto-Encoding Variational Bayes", ICLR 2014.
    """
    logits, mean, log_variance = network(images)
    seen = functional.binary_cross_entropy_with_logits(logits, (images + 1) / 2, reduction="sum")
    divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum() / 2
    return torch.as_tensor((seen + divergence) / len(images))
