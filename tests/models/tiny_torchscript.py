"""Small generators of images, saved by torch.jit.save."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def build(path: Path, *, kind: str = "gan", seed: int = 0, factor: float = 1.0, latent: int = 16) -> Path:
    """Save a generator of noise of so many numbers.

    ``gan``, ``classes`` (of ten), ``noisy`` (adds noise of its own), ``plain`` (its noise times a factor, as 4 by 4
    pixels), ``bytes`` (likewise, without channels) or ``flat`` (makes no images).
    """
    import torch
    from torch import Tensor, nn

    class Generator(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(latent, 32), nn.Linear(32, 28 * 28)

        def forward(self, noise: Tensor) -> Tensor:
            made = torch.tanh(self.second(torch.relu(self.first(noise))))
            return made.reshape(noise.shape[0], 1, 28, 28)

    class OfClasses(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.names, self.generator = nn.Embedding(10, latent), Generator()

        def forward(self, noise: Tensor, labels: Tensor) -> Tensor:
            made: Tensor = self.generator(noise + 2 * self.names(labels))
            return made

    class Noisy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.generator = Generator()

        def forward(self, noise: Tensor) -> Tensor:
            made: Tensor = self.generator(noise + torch.randn_like(noise))
            return made

    class Plain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.factor = factor

        def forward(self, noise: Tensor) -> Tensor:
            return (noise * self.factor).reshape(noise.shape[0], 1, 4, 4)

    class Bytes(nn.Module):
        def forward(self, noise: Tensor) -> Tensor:
            return (noise.reshape(noise.shape[0], 4, 4) * 10 + 128).to(torch.uint8)

    class Flat(nn.Module):
        def forward(self, noise: Tensor) -> Tensor:
            return noise

    kinds: dict[str, Any] = {"gan": Generator, "classes": OfClasses, "noisy": Noisy}
    kinds |= {"plain": Plain, "bytes": Bytes, "flat": Flat}
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer torch would rather have another format
        torch.jit.script(kinds[kind]()).save(str(path))
    return path
