"""A plain autoencoder of 28x28 images, and a density over its codes that makes it a model that draws."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Autoencoder", "reconstruction_loss"]

_RIDGE = 1e-4  # of a covariance, beside its mean variance: keeps it positive definite


class Autoencoder(nn.Module):
    """Codes images as a few numbers, without noise, and draws codes again.

    Parameters
    ----------
    z : int
        Numbers of a code.
    width : int
        Channels at 7x7; half as many at 14x14.
    classes : int
        Classes of images.

    Notes
    -----
    An autoencoder has no distribution of its own to draw from. `fit_density` gives it one after training: a mixture
    with one Gaussian a class, of the mean and covariance of the codes of that class, as in the ex-post density
    estimation of [1]_. Nothing in training makes the codes Gaussian, so that some draws fall between real ones.

    References
    ----------
    .. [1] Ghosh et al., "From Variational to Deterministic Autoencoders", ICLR 2020.
    """

    means: Tensor
    roots: Tensor

    def __init__(self, z: int, width: int, classes: int = 10) -> None:
        super().__init__()
        self.z, self.classes = z, classes
        half, flat = width // 2, width * 49
        self.encoder = nn.Sequential(
            *(nn.PixelUnshuffle(2), nn.Conv2d(4, half, 3, padding=1), nn.SiLU()),
            *(nn.Conv2d(half, width, 4, stride=2, padding=1), nn.SiLU()),
            *(nn.Flatten(), nn.Linear(flat, z)),
        )
        self.decoder = nn.Sequential(
            *(nn.Linear(z, flat), nn.SiLU(), nn.Unflatten(1, (width, 7, 7))),
            *(nn.ConvTranspose2d(width, half, 4, stride=2, padding=1), nn.SiLU()),
            *(nn.ConvTranspose2d(half, 1, 4, stride=2, padding=1), nn.Tanh()),
        )
        self.register_buffer("means", torch.zeros(classes, z))
        self.register_buffer("roots", torch.eye(z).repeat(classes, 1, 1))
        self.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Code images and draw them again: float32, shape (n, 1, 28, 28), in [-1, 1]."""
        return torch.as_tensor(self.decoder(self.encoder(images)))

    @torch.no_grad()
    def fit_density(self, images: Tensor, kinds: Tensor) -> None:
        """Set the mean and the covariance of each class to those of its codes.

        Parameters
        ----------
        images : Tensor
            float32, shape (n, 1, 28, 28), in [-1, 1].
        kinds : Tensor
            int64, shape (n,): the classes. One with fewer images than a code has numbers, and two, keeps what it has.
        """
        codes = torch.cat([self.encoder(part) for part in torch.split(images, 500)]).double()
        for kind in range(self.classes):
            own = codes[kinds == kind]
            if len(own) < self.z + 2:
                continue
            covariance = own.T.cov()
            # Codes that are all alike have no variance to take a share of.
            ridge = (_RIDGE * covariance.diagonal().mean()).clamp(min=1e-12) * torch.eye(self.z).double()
            self.means[kind] = own.mean(dim=0)
            self.roots[kind] = torch.linalg.cholesky(covariance + ridge)

    def draw(self, normals: Tensor, kinds: Tensor) -> Tensor:
        """Return images of drawn codes: float32, shape (n, 1, 28, 28), in [-1, 1].

        Parameters
        ----------
        normals : Tensor
            float32, shape (n, z), standard normal.
        kinds : Tensor
            int64, shape (n,): the classes.
        """
        codes = self.means[kinds] + (self.roots[kinds] @ normals[:, :, None])[:, :, 0]
        return torch.as_tensor(self.decoder(codes))


def reconstruction_loss(network: Autoencoder, images: Tensor) -> Tensor:
    """Return the squared error of the images drawn again, summed over an image, mean over images."""
    return functional.mse_loss(network(images), images, reduction="sum") / len(images)
