"""How each image model of the zoo is made: its network, and for how long it is trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["IMAGE_RECIPES", "ImageRecipe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecipe:
    """Everything that decides an image model's weights.

    Parameters
    ----------
    architecture : {"autoencoder", "autoregressive", "diffusion", "gan", "vae"}
        Class of the network, and what it is trained for.
    sizes : mapping of str to int
        Its keyword arguments.
    steps : int
        Updates.
    batch : int
        Images an update.
    peak_rate : float
        Highest learning rate.
    early : mapping of str to int
        Checkpoints that are models of their own: the step by name.
    seed : int
        Of initial weights, order and noise.
    """

    architecture: Literal["autoencoder", "autoregressive", "diffusion", "gan", "vae"]
    sizes: Mapping[str, int]
    steps: int
    batch: int
    peak_rate: float
    early: Mapping[str, int] = field(default_factory=dict)
    seed: int = 1


IMAGE_RECIPES: dict[str, ImageRecipe] = {
    "fashion_autoencoder": ImageRecipe(
        architecture="autoencoder", sizes={"z": 16, "width": 64}, steps=2000, batch=64, peak_rate=2e-3
    ),
    "fashion_autoregressive": ImageRecipe(
        architecture="autoregressive",
        sizes={"width": 96, "layers": 3, "heads": 4, "hidden": 48, "levels": 32},
        steps=2200,
        batch=32,
        peak_rate=1.5e-3,
    ),
    "fashion_ddpm": ImageRecipe(
        architecture="diffusion",
        sizes={"width": 40, "inner": 80},
        steps=6500,
        batch=64,
        peak_rate=1.5e-3,
        early={"fashion_ddpm_early": 600},
    ),
    "fashion_gan": ImageRecipe(architecture="gan", sizes={"z": 64, "width": 64}, steps=4600, batch=64, peak_rate=1e-3),
    "fashion_vae": ImageRecipe(architecture="vae", sizes={"z": 16, "width": 64}, steps=4600, batch=64, peak_rate=2e-3),
}
