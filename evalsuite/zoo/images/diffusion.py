"""Diffusion between images and noise: the path, what is learned on it, and how to walk it back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from evalsuite.zoo.images.unet import UNet

__all__ = ["denoise", "velocity_loss"]


def velocity_loss(network: UNet, images: Tensor, kinds: Tensor) -> Tensor:
    """Return the mean squared error of the velocity at a random time of each image.

    Parameters
    ----------
    network : UNet
        Is trained.
    images : Tensor
        float32, shape (n, 1, 28, 28), in [-1, 1].
    kinds : Tensor
        int64, shape (n,): the classes.

    Notes
    -----
    The path is ``a * image + s * noise`` with the cosine schedule [1]_ ``a = cos(pi t / 2)``, ``s = sin(pi t / 2)``;
    the velocity is ``a * noise - s * image`` [2]_. The times of a batch are spread evenly, which quiets the gradient.

    References
    ----------
    .. [1] Nichol and Dhariwal, "Improved Denoising Diffusion Probabilistic Models", ICML 2021.
    .. [2] Salimans and Ho, "Progressive Distillation for Fast Sampling of Diffusion Models", ICLR 2022.
    """
    n = len(images)
    time = (torch.arange(n) + torch.rand(n)) / n
    angle = (math.pi / 2 * time)[:, None, None, None]
    noise = torch.randn_like(images)
    noisy = angle.cos() * images + angle.sin() * noise
    return functional.mse_loss(network(noisy, time, kinds), angle.cos() * noise - angle.sin() * images)


@torch.inference_mode()
def denoise(network: UNet, noise: Tensor, kinds: Tensor, steps: int) -> Tensor:
    """Walk from noise to images in even, deterministic steps (DDIM [1]_).

    Parameters
    ----------
    network : UNet
        Trained.
    noise : Tensor
        float32, shape (n, 1, 28, 28), standard normal.
    kinds : Tensor
        int64, shape (n,): the classes.
    steps : int
        Calls of the network.

    Returns
    -------
    Tensor
        float32, shape (n, 1, 28, 28), in [-1, 1].

    References
    ----------
    .. [1] Song, Meng and Ermon, "Denoising Diffusion Implicit Models", ICLR 2021.
    """
    state = noise
    clean = noise
    for step in range(steps):
        now, after = (math.pi / 2 * (1 - (step + i) / steps) for i in (0, 1))
        velocity = network(state, noise.new_full((len(noise),), 1 - step / steps), kinds)
        clean = (math.cos(now) * state - math.sin(now) * velocity).clamp(-1, 1)
        rest = (state - math.cos(now) * clean) / math.sin(now)
        state = math.cos(after) * clean + math.sin(after) * rest
    return clean
