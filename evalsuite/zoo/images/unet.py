"""The network of the diffusion models: a small U-Net on 2x2 blocks of pixels."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["UNet"]

_FREQUENCIES = 32
_HIGHEST = 200.0  # of the frequencies that tell times apart, in turns over the whole of time
_GROUP = 8  # channels normalised together


class UNet(nn.Module):
    """Reads noisy images, a time and a class, and says the velocity from image to noise.

    Parameters
    ----------
    width : int
        Channels at 14x14, where pixels in 2x2 blocks are channels; a multiple of 8.
    inner : int
        Channels at 7x7; a multiple of 8.
    classes : int
        Classes of images.
    embedding : int
        Width of what is known of time and class.

    Notes
    -----
    A U-Net [1]_ with one residual block on each side at 14x14, two blocks around an attention at 7x7, and sums where
    others concatenate: most of the cost is in 3x3 convolutions at 14x14.

    References
    ----------
    .. [1] Ho, Jain and Abbeel, "Denoising Diffusion Probabilistic Models", NeurIPS 2020.
    """

    def __init__(self, width: int, inner: int, classes: int = 10, embedding: int = 128) -> None:
        super().__init__()
        self.read = nn.Conv2d(4, width, 3, padding=1)
        self.time = nn.Sequential(nn.Linear(2 * _FREQUENCIES, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.kind = nn.Embedding(classes, embedding)
        self.fine_in = _Residual(width, embedding)
        self.down = nn.Conv2d(width, inner, 2, stride=2)
        self.coarse_in = _Residual(inner, embedding)
        self.attention = _Attention(inner, heads=4)
        self.coarse_out = _Residual(inner, embedding)
        self.up = nn.Conv2d(inner, width, 1)
        self.fine_out = _Residual(width, embedding)
        self.norm = nn.GroupNorm(width // _GROUP, width)
        self.write = nn.Conv2d(width, 4, 3, padding=1)
        nn.init.zeros_(self.write.weight)
        self.to(memory_format=torch.channels_last)

    def forward(self, noisy: Tensor, time: Tensor, kind: Tensor) -> Tensor:
        """Return velocities.

        Parameters
        ----------
        noisy : Tensor
            float32, shape (n, 1, 28, 28).
        time : Tensor
            float32, shape (n,): 0 is an image, 1 is noise.
        kind : Tensor
            int64, shape (n,): the class.

        Returns
        -------
        Tensor
            float32, shape (n, 1, 28, 28).
        """
        known = functional.silu(self.time(_waves(time)) + self.kind(kind))
        fine = functional.pixel_unshuffle(noisy, 2).contiguous(memory_format=torch.channels_last)
        fine = self.fine_in(self.read(fine), known)
        coarse = self.down(fine)
        coarse = self.coarse_out(self.attention(self.coarse_in(coarse, known)), known)
        back = functional.interpolate(self.up(coarse), scale_factor=2.0, mode="nearest")
        fine = self.fine_out(fine + back, known)
        return functional.pixel_shuffle(self.write(functional.silu(self.norm(fine))), 2)


class _Residual(nn.Module):
    """Two convolutions; time and class scale and shift what goes into the second."""

    def __init__(self, width: int, embedding: int) -> None:
        super().__init__()
        self.norm_in = nn.GroupNorm(width // _GROUP, width)
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.modulate = nn.Linear(embedding, 2 * width)
        self.norm_out = nn.GroupNorm(width // _GROUP, width, affine=False)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, image: Tensor, known: Tensor) -> Tensor:
        hidden = self.first(functional.silu(self.norm_in(image)))
        scale, shift = self.modulate(known)[:, :, None, None].chunk(2, dim=1)
        hidden = torch.addcmul(shift, self.norm_out(hidden), 1 + scale)
        return image + torch.as_tensor(self.second(functional.silu(hidden)))


class _Attention(nn.Module):
    """Every place looks at all places."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(width // _GROUP, width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)

    def forward(self, image: Tensor) -> Tensor:
        n, width, height, columns = image.shape
        places = self.norm(image).permute(0, 2, 3, 1).reshape(n, height * columns, width)
        split = self.query_key_value(places).view(n, -1, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(n, -1, width)
        return image + torch.as_tensor(self.out(seen)).view(n, height, columns, width).permute(0, 3, 1, 2)


def _waves(time: Tensor) -> Tensor:
    """Return sines and cosines of the time, shape (n, 64)."""
    frequencies = torch.exp(torch.linspace(0, math.log(_HIGHEST), _FREQUENCIES, device=time.device))
    angles = math.tau * time[:, None] * frequencies / 4
    return torch.cat([angles.sin(), angles.cos()], dim=1)
