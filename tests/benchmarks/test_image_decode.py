"""Image files to the 299x299 floats that Inception reads: ours beside Pillow and clean-fid's resize, on one core.

Run with ``pytest tests/benchmarks/test_image_decode.py --benchmark-enable``.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from evalsuite.extractors.resizing import as_clean
from evalsuite.media import decode_image
from tests.benchmarks.race import time_in_group

FILES = {
    "JPEG": {"format": "JPEG", "quality": 95, "subsampling": 2},
    "PNG": {"format": "PNG"},
}
SIZES = (256, 512)


@cache
def files(kind: str, size: int, n: int) -> tuple[bytes, ...]:
    """Pictures with the detail of photographs: 512x512 are about 100 kB as JPEG and 420 kB as PNG."""
    found = []
    for seed in range(n):
        draw = np.random.default_rng(seed)
        slope = np.add.outer(np.linspace(0, 140, size), np.linspace(0, 110, size))[:, :, None]
        rough = slope + draw.normal(0, 30, (size, size, 3))
        picture = Image.fromarray(np.clip(rough, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1))
        buffer = io.BytesIO()
        picture.save(buffer, **FILES[kind])
        found.append(buffer.getvalue())
    return tuple(found)


def ours(data: tuple[bytes, ...]) -> Any:
    """Return the last of the images: like the pipelines of both, which hand each one on, it keeps none."""
    for one in data:
        pixels = as_clean(decode_image(one, "x"))
    return pixels


def clean_fids(data: tuple[bytes, ...]) -> Any:
    from cleanfid.resize import build_resizer

    resize = build_resizer("clean")
    for one in data:
        pixels = resize(np.asarray(Image.open(io.BytesIO(one)).convert("RGB")))
    return pixels


@pytest.fixture(autouse=True)
def _one_core() -> Any:
    """Both use one thread: what matters is how many images a core does."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("tool", ["evalsuite", "clean-fid"])
def test_decode_and_resize(benchmark: Any, tool: str, kind: str, size: int) -> None:
    for package in ("cleanfid", "simplejpeg"):
        pytest.importorskip(package)
    data = files(kind, size, 2 if benchmark.disabled else 32)
    for one in data[:2]:
        gap = np.abs((ours((one,)) * 128 + 128).numpy() - clean_fids((one,)).transpose(2, 0, 1)).max()
        assert gap <= 1.2e-3
    group = f"decode and resize to 299x299, {size}x{size} {kind}, 32 images on one core"
    if tool == "evalsuite":
        time_in_group(benchmark, group, tool, lambda: ours(data), rounds=16)
    else:
        time_in_group(benchmark, group, tool, lambda: clean_fids(data), rounds=16, target=1.9)
