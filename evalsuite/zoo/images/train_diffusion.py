"""Train a diffusion model on images, step by step."""

from __future__ import annotations

import copy
import math
from typing import TYPE_CHECKING

import torch

from evalsuite.zoo.images.diffusion import velocity_loss
from evalsuite.zoo.images.unet import UNet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor

    from evalsuite.zoo.images.recipes import ImageRecipe

__all__ = ["train_diffusion"]

_KEPT = 0.999  # of the running mean of the weights, at each step
_CLIP = 1.0


def train_diffusion(recipe: ImageRecipe, stream: Iterable[tuple[Tensor, Tensor]]) -> Iterator[tuple[UNet, float]]:
    """Train a U-Net to say velocities.

    Parameters
    ----------
    recipe : ImageRecipe
        Sizes, steps and rate: rises over the first twentieth, then falls as a cosine to 0.
    stream : iterable of (images, classes)
        A batch a step.

    Yields
    ------
    network : UNet
        After each step, the running mean of the weights over steps; always the same object.
    loss : float
        Of that step.
    """
    network = UNet(**recipe.sizes)
    mean = copy.deepcopy(network).eval()
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.peak_rate, betas=(0.9, 0.99))
    warm = max(1, recipe.steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, 0.5 + 0.5 * math.cos(math.pi * min(1, step / recipe.steps))),
    )
    for step, (images, kinds) in enumerate(stream, 1):
        loss = velocity_loss(network, images, kinds)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
        optimizer.step()
        schedule.step()
        kept = min(_KEPT, step / (step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(mean.parameters()), list(network.parameters()), 1 - kept)
        yield mean, loss.item()
