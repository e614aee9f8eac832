"""Which network an image model's config names, and how it draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from evalsuite.errors import ModelError
from evalsuite.zoo.images.diffusion import denoise
from evalsuite.zoo.images.gan import Generator
from evalsuite.zoo.images.noise import classes_of, normals_of
from evalsuite.zoo.images.unet import UNet
from evalsuite.zoo.images.vae import VAE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DDIM_STEPS", "ImageNetwork", "build_image_network", "draw_images"]

ImageNetwork: TypeAlias = Generator | UNet | VAE

DDIM_STEPS = 20
_CLASSES = 10
_CHUNK = 50  # images the diffusion model walks at once: more do not fit the processor's cache


def build_image_network(architecture: str, sizes: Mapping[str, Any]) -> ImageNetwork:
    """Return an untrained network.

    Raises
    ------
    ModelError
        If there is no such architecture.
    """
    if architecture == "diffusion":
        return UNet(**sizes)
    if architecture == "gan":
        return Generator(**sizes)
    if architecture == "vae":
        return VAE(**sizes)
    raise ModelError(f'unknown architecture "{architecture}" of an image model (known: diffusion, gan, vae)')


@torch.inference_mode()
def draw_images(network: ImageNetwork, seeds: Sequence[int], *, device: str = "cpu") -> NDArray[np.uint8]:
    """Draw an image of each seed.

    Parameters
    ----------
    network : Generator, UNet or VAE
        In evaluation mode, on `device`.
    seeds : sequence of int
        In [0, 2**64).
    device : str
        A torch device.

    Returns
    -------
    ndarray
        uint8, shape (seeds, 28, 28, 1).
    """
    if isinstance(network, UNet):
        noise = torch.from_numpy(normals_of(seeds, 28 * 28)).view(-1, 1, 28, 28).to(device)
        kinds = torch.from_numpy(classes_of(seeds, _CLASSES)).to(device)
        chunks = [slice(start, start + _CHUNK) for start in range(0, len(seeds), _CHUNK)]
        drawn = torch.cat([denoise(network, noise[chunk], kinds[chunk], DDIM_STEPS) for chunk in chunks])
    else:
        drawn = network.draw(torch.from_numpy(normals_of(seeds, network.z)).to(device))
    pixels = ((drawn + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return pixels.permute(0, 2, 3, 1).contiguous().cpu().numpy()
