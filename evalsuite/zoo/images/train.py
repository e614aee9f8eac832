"""Train an image model of the zoo and write its weights; ``python -m evalsuite.zoo.train`` calls it."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

import torch

from evalsuite.datasets.source import N_LEARNED, read_split
from evalsuite.rng import derive_seed
from evalsuite.weights import save_model
from evalsuite.zoo.images.train_autoregressive import train_autoregressive
from evalsuite.zoo.images.train_diffusion import train_diffusion
from evalsuite.zoo.images.train_once import train_autoencoder, train_gan, train_vae

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from torch import Tensor, nn

    from evalsuite.zoo.images.recipes import ImageRecipe

__all__ = ["image_batches", "train_images"]

_TRAINERS: dict[str, Callable[..., Iterator[tuple[nn.Module, float]]]] = {
    "autoencoder": train_autoencoder,
    "autoregressive": train_autoregressive,
    "diffusion": train_diffusion,
    "gan": train_gan,
    "vae": train_vae,
}


def image_batches(data: Path, batch: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield shuffled batches of the first 50,000 training images of Fashion-MNIST, pass after pass.

    Yields
    ------
    images : Tensor
        float32, shape (batch, 1, 28, 28), in [-1, 1].
    kinds : Tensor
        int64, shape (batch,): classes, 0 to 9.
    """
    pixels, labels = read_split("train", data)
    images = torch.tensor(pixels[:N_LEARNED]).permute(0, 3, 1, 2)
    kinds = torch.tensor(labels[:N_LEARNED]).long()
    while True:
        order = torch.randperm(N_LEARNED)
        for i in range(0, N_LEARNED - batch + 1, batch):
            chosen = order[i : i + batch]
            yield images[chosen].float() / 127.5 - 1, kinds[chosen]


def train_images(name: str, recipe: ImageRecipe, data: Path, out: Path, *, report_every: int = 100) -> float:
    """Train a model and write its weights and config.

    Parameters
    ----------
    name : str
        Under which it is saved.
    recipe : ImageRecipe
        What to do.
    data : Path
        Folder of Fashion-MNIST.
    out : Path
        Folder to write to.
    report_every : int
        Steps between lines of progress.

    Returns
    -------
    float
        Mean loss over the last hundred steps.
    """
    torch.manual_seed(derive_seed("zoo/images", recipe.seed) >> 1)
    started, recent = time.process_time(), deque[float](maxlen=100)
    checkpoints = {recipe.steps: name, **{step: early for early, step in recipe.early.items() if step < recipe.steps}}
    stream = islice(image_batches(data, recipe.batch), recipe.steps)
    for step, (network, loss) in enumerate(_TRAINERS[recipe.architecture](recipe, stream), 1):
        recent.append(loss)
        if step % report_every == 0 or step in checkpoints:
            seconds = round(time.process_time() - started)
            _say(f"{name}: step {step}, loss {sum(recent) / len(recent):.4f}, {seconds} core-seconds")
            if step in checkpoints:
                save_model(out, checkpoints[step], network, _config(recipe, step, seconds, network))
    return sum(recent) / len(recent)


def _config(recipe: ImageRecipe, step: int, seconds: int, network: torch.nn.Module) -> dict[str, Any]:
    return {
        "modality": "image",
        "architecture": recipe.architecture,
        "sizes": dict(recipe.sizes),
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "training": {
            "data": "fashion_mnist",
            **{key: value for key, value in asdict(recipe).items() if key in ("batch", "peak_rate", "seed")},
            "steps": step,
            "planned": recipe.steps,
            "core_seconds": seconds,
            "torch": torch.__version__.partition("+")[0],
        },
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
