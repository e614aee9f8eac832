"""Train an autoregressive model on images, all pixels of a batch at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from evalsuite.zoo.images.autoregressive import Autoregressive, negative_log_likelihood

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor

    from evalsuite.zoo.images.recipes import ImageRecipe

__all__ = ["train_autoregressive"]

_CLIP = 1.0


def train_autoregressive(
    recipe: ImageRecipe, stream: Iterable[tuple[Tensor, Tensor]]
) -> Iterator[tuple[Autoregressive, float]]:
    """Train a network to say each pixel's distribution; yields it and its loss after each step, in nats an image.

    Parameters
    ----------
    recipe : ImageRecipe
        The rate rises over the first twentieth, then falls as a cosine to 0.
    stream : iterable of (images, classes)
        A batch a step.
    """
    network = Autoregressive(**recipe.sizes)
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.peak_rate, betas=(0.9, 0.98))
    warm = max(1, recipe.steps // 20)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm, 0.5 + 0.5 * math.cos(math.pi * min(1, step / recipe.steps))),
    )
    for images, kinds in stream:
        loss = negative_log_likelihood(network, images, kinds)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss / (28 * 28))
        torch.nn.utils.clip_grad_norm_(network.parameters(), _CLIP)
        optimizer.step()
        schedule.step()
        yield network, loss.item()
