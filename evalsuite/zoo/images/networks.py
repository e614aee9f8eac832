"""Which network an image model's config names, and how it draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from evalsuite.errors import ModelError
from evalsuite.zoo.images.autoencoder import Autoencoder
from evalsuite.zoo.images.autoregressive import Autoregressive
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

ImageNetwork: TypeAlias = Autoencoder | Autoregressive | Generator | UNet | VAE

DDIM_STEPS = 20
_CLASSES = 10
_CHUNK = 50  # images the diffusion model walks at once: more do not fit the processor's cache
_AT_ONCE = 125  # images the autoregressive model draws at once: always so many, the last one repeated


def build_image_network(architecture: str, sizes: Mapping[str, Any]) -> ImageNetwork:
    """Return an untrained network.

    Raises
    ------
    ModelError
        If there is no such architecture.
    """
    if architecture == "autoencoder":
        return Autoencoder(**sizes)
    if architecture == "autoregressive":
        return Autoregressive(**sizes)
    if architecture == "diffusion":
        return UNet(**sizes)
    if architecture == "gan":
        return Generator(**sizes)
    if architecture == "vae":
        return VAE(**sizes)
    raise ModelError(
        f'unknown architecture "{architecture}" of an image model '
        "(known: autoencoder, autoregressive, diffusion, gan, vae)"
    )


@torch.inference_mode()
def draw_images(
    network: ImageNetwork, seeds: Sequence[int], wanted: Sequence[int | None] | None = None, *, device: str = "cpu"
) -> NDArray[np.uint8]:
    """Draw an image of each seed.

    Parameters
    ----------
    network : Autoencoder, Autoregressive, Generator, UNet or VAE
        In evaluation mode, on `device`.
    seeds : sequence of int
        In [0, 2**64).
    wanted : sequence of (int or None), optional
        The class of each image; where there is none, the seed decides. A generator and a variational autoencoder know
        no classes.
    device : str
        A torch device.

    Returns
    -------
    ndarray
        uint8, shape (seeds, 28, 28, 1).
    """
    kinds = classes_of(seeds, _CLASSES)
    for i, kind in enumerate(wanted or ()):
        kinds[i] = kinds[i] if kind is None else kind
    if isinstance(network, UNet):
        noise = torch.from_numpy(normals_of(seeds, 28 * 28)).view(-1, 1, 28, 28).to(device)
        told = torch.from_numpy(kinds).to(device)
        chunks = [slice(start, start + _CHUNK) for start in range(0, len(seeds), _CHUNK)]
        drawn = torch.cat([denoise(network, noise[chunk], told[chunk], DDIM_STEPS) for chunk in chunks])
    elif isinstance(network, Autoregressive):
        drawn = torch.cat([_draw_in_turn(network, seeds, kinds, start) for start in range(0, len(seeds), _AT_ONCE)])
    elif isinstance(network, Autoencoder):
        normals = torch.from_numpy(normals_of(seeds, network.z)).to(device)
        drawn = network.draw(normals, torch.from_numpy(kinds).to(device))
    else:
        drawn = network.draw(torch.from_numpy(normals_of(seeds, network.z)).to(device))
    pixels = ((drawn + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return pixels.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def _draw_in_turn(network: Autoregressive, seeds: Sequence[int], kinds: NDArray[np.int64], start: int) -> torch.Tensor:
    """Draw the images from `start` on, as many as are computed at once.

    A pixel's level is where a distribution passes a number: a last bit that hung on how many images there are could
    change it, and all after it.
    """
    chosen = range(start, min(start + _AT_ONCE, len(seeds)))
    filled = [*chosen, *[chosen[-1]] * (_AT_ONCE - len(chosen))]
    return network.draw([seeds[i] for i in filled], kinds[filled])[: len(chosen)]
