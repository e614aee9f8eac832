"""What tests of the diffusers backend ask pipelines to draw, and what diffusers itself draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from evalsuite.models.diffusers_model import DiffusersModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Output, Request
from tests.models.tiny_diffusers import build

CONFIG = GenerationConfig()
PROMPTS = ["a cat", "two dogs, left of a house", "", "x", "the red circle", "a cat", "b", "a longer prompt than others"]
SHOWN = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
Folder = Callable[[str], Path]


def build_in(root: Path) -> Folder:
    """Return what gives the path of a tiny pipeline of a kind, and makes it the first time."""

    def made(kind: str) -> Path:
        return root / kind if (root / kind).is_dir() else build(root / kind, kind=kind)

    return made


def request(i: int, prompt: str, *images: np.ndarray) -> Request:
    return Request(sample_id=str(i), repeat=0, turn=0, prompt=prompt, messages=(), seed=2**63 + 977 * i, images=images)


def requests(kind: str, n: int = 8) -> list[Request]:
    prompts = ["a dog", "7", "Horse!", "", "999", "a house cat", "0", "dog"] if kind == "dit" else PROMPTS
    return [request(i, prompts[i], *([SHOWN] if kind == "img2img" else [])) for i in range(n)]


def opened(path: Path, options: str = "steps=3") -> DiffusersModel:
    model = open_model(f"diffusers:{path},{options}")
    assert isinstance(model, DiffusersModel)
    return model


def pixels(output: Output) -> np.ndarray:
    assert output.error is None
    assert isinstance(output.image, np.ndarray)
    assert output.image.dtype == np.uint8
    return output.image


def own_call(path: Path, one: Request, kind: str, **more: Any) -> np.ndarray:
    """Return what diffusers itself draws for a request."""
    import diffusers
    import torch

    pipeline = diffusers.DiffusionPipeline.from_pretrained(path)
    pipeline.set_progress_bar_config(disable=True)
    given: dict[str, Any] = {"prompt": one.prompt}
    if kind in ("ddpm", "ddim"):
        given = {}
    elif kind == "dit":
        given = {"class_labels": [1]}
    elif one.images:
        from PIL import Image

        given["image"] = Image.fromarray(one.images[0])
    drawn = pipeline(**given, generator=torch.Generator().manual_seed(one.seed), num_inference_steps=3, **more)
    image = np.asarray(drawn.images[0])
    return image if image.ndim == 3 else image[:, :, None]
