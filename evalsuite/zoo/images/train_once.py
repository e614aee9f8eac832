"""Train the models that draw an image in one go: autoencoders and adversarial network."""

from __future__ import annotations

import copy
from collections import deque
from typing import TYPE_CHECKING

import torch

from evalsuite.zoo.images.autoencoder import Autoencoder, reconstruction_loss
from evalsuite.zoo.images.gan import Critic, Generator
from evalsuite.zoo.images.vae import VAE, evidence_loss

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor, nn

    from evalsuite.zoo.images.recipes import ImageRecipe

__all__ = ["train_autoencoder", "train_gan", "train_vae"]

_FITTED = 25_000  # images, the last of training, whose codes the density is of
_KEPT = 0.999  # of the running mean of the generator, at each step


def train_autoencoder(
    recipe: ImageRecipe, stream: Iterable[tuple[Tensor, Tensor]]
) -> Iterator[tuple[Autoencoder, float]]:
    """Train an autoencoder, then fit the density of its codes; yields network and loss, squared error an image.

    Parameters
    ----------
    recipe : ImageRecipe
        The rate falls linearly to 0. The density is fitted at the last step and at the early ones.
    stream : iterable of (images, classes)
        A batch a step; the classes are used for the density alone.
    """
    network = Autoencoder(**recipe.sizes)
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.peak_rate)
    schedule = _falling(optimizer, recipe.steps)
    recent = deque[tuple["Tensor", "Tensor"]](maxlen=max(1, _FITTED // recipe.batch))
    for step, (images, kinds) in enumerate(stream, 1):
        loss = reconstruction_loss(network, images)
        _update(optimizer, loss)
        schedule.step()
        recent.append((images, kinds))
        if step == recipe.steps or step in recipe.early.values():
            seen, seen_kinds = (torch.cat(part) for part in zip(*recent, strict=True))
            network.fit_density(seen, seen_kinds)
        yield network, loss.item()


def train_vae(recipe: ImageRecipe, stream: Iterable[tuple[Tensor, Tensor]]) -> Iterator[tuple[VAE, float]]:
    """Train a variational autoencoder; yields the network and its loss after each step, in nats an image.

    Parameters
    ----------
    recipe : ImageRecipe
        The rate falls linearly to 0.
    stream : iterable of (images, classes)
        A batch a step; the classes are not used.
    """
    network = VAE(**recipe.sizes)
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.peak_rate)
    schedule = _falling(optimizer, recipe.steps)
    for images, _ in stream:
        loss = evidence_loss(network, images)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
        yield network, loss.item()


def train_gan(recipe: ImageRecipe, stream: Iterable[tuple[Tensor, Tensor]]) -> Iterator[tuple[Generator, float]]:
    """Train a generator against a critic with the hinge loss [1]_.

    Parameters
    ----------
    recipe : ImageRecipe
        The rates fall linearly to 0.
    stream : iterable of (images, classes)
        A batch a step; the classes are not used.

    Yields
    ------
    network : Generator
        After each step, the running mean over steps; always the same object.
    loss : float
        The critic's.

    References
    ----------
    .. [1] Lim and Ye, "Geometric GAN", 2017, arXiv:1705.02894.
    """
    z, width = recipe.sizes["z"], recipe.sizes["width"]
    generator, critic = Generator(z, width), Critic(width)
    mean = copy.deepcopy(generator).eval()
    optimizers = [
        torch.optim.Adam(network.parameters(), lr=recipe.peak_rate * share, betas=(0.5, 0.99))
        for network, share in ((generator, 0.5), (critic, 1.0))
    ]
    schedules = [_falling(optimizer, recipe.steps) for optimizer in optimizers]
    for step, (images, _) in enumerate(stream, 1):
        drawn = generator.draw(torch.randn(len(images), z))
        real, fake = critic(torch.cat([images, drawn.detach()])).chunk(2)
        loss = (1 - real).relu().mean() + (1 + fake).relu().mean()
        _update(optimizers[1], loss)
        critic.requires_grad_(False)
        _update(optimizers[0], -critic(drawn).mean())
        critic.requires_grad_(True)
        for schedule in schedules:
            schedule.step()
        _follow(mean, generator, min(_KEPT, step / (step + 10)))
        yield mean, loss.item()


def _update(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    optimizer.step()


@torch.no_grad()
def _follow(mean: nn.Module, network: nn.Module, kept: float) -> None:
    for name, slow in mean.state_dict().items():
        fast = network.state_dict()[name]
        if slow.is_floating_point():
            slow.lerp_(fast, 1 - kept)
        else:
            slow.copy_(fast)


def _falling(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0.0, 1 - step / steps))
