"""Four resizes are those of the tools they are named after, for images of any shape."""

from __future__ import annotations

import platform
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from evalsuite.extractors.resizing import (
    PROTOCOLS,
    as_clean,
    as_pytorch_fid,
    as_torch_fidelity,
    as_torchmetrics,
    resize_batch,
)

SHAPES = (
    (1, 1, 3), (28, 28, 1), (32, 32, 3), (299, 299, 3), (299, 64, 3), (301, 77, 3), (1000, 7, 3), (512, 512, 3),
    (77, 301, 3), (5, 1201, 1),
)  # fmt: skip


def image(shape: tuple[int, ...]) -> Any:
    """Half of it noise, half smooth."""
    draw = np.random.default_rng(sum(shape))
    noise = draw.integers(0, 256, shape, dtype=np.uint8)
    height, width = shape[:2]
    smooth = np.add.outer(np.linspace(0, 140, height), np.linspace(0, 110, width)).astype(np.uint8)
    noise[: height // 2] = smooth[: height // 2, :, None]
    return noise


def planes(pixels: Any) -> torch.Tensor:
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float()


def values(resized: torch.Tensor) -> Any:
    """Return pixel values, 0 to 255, of what is in the range of the network."""
    return (resized * 128 + 128).numpy()


@pytest.mark.parametrize("shape", SHAPES)
def test_pytorch_fids_is_its_formula_bit_for_bit(shape: tuple[int, ...]) -> None:
    pixels = image(shape)
    wide = functional.interpolate(planes(pixels) / 255, size=(299, 299), mode="bilinear", align_corners=False)
    np.testing.assert_array_equal(as_pytorch_fid(pixels).numpy(), (2 * wide[0] - 1).numpy())


@pytest.mark.parametrize("shape", SHAPES)
def test_torch_fidelitys_is_its_own_bit_for_bit(shape: tuple[int, ...]) -> None:
    peer = pytest.importorskip("torch_fidelity.interpolate_compat_tensorflow", exc_type=Exception)
    pixels = image(shape)
    expected = peer.interpolate_bilinear_2d_like_tensorflow1x(planes(pixels), size=(299, 299), align_corners=False)
    np.testing.assert_array_equal(as_torch_fidelity(pixels).numpy(), ((expected[0] - 128) / 128).numpy())


@pytest.mark.parametrize("shape", [*SHAPES, (8193, 3, 3), (2, 9000, 1), (600, 640, 3)])
def test_cleans_is_clean_fids(shape: tuple[int, ...]) -> None:
    """Bit for bit, but where Pillow begins with columns; see ``tests/kernels/test_resizing.py``."""
    peer = pytest.importorskip("cleanfid.resize")
    pixels = image(shape)
    expected = peer.build_resizer("clean")(np.repeat(pixels, 3 // shape[2], axis=2)).transpose(2, 0, 1)
    found = as_clean(pixels).expand(3, 299, 299)
    np.testing.assert_allclose(values(found), expected, rtol=0, atol=1e-4)
    is_tall = shape[0] > 299 and shape[0] - 299 > 2 * (shape[1] - 299)
    if not is_tall and platform.machine() in ("x86_64", "AMD64"):
        np.testing.assert_array_equal(found.numpy(), (expected - 128) / 128)


@pytest.mark.parametrize("shape", [*SHAPES, (8193, 3, 3), (2, 9000, 1)])
def test_cleans_of_a_batch_is_that_of_each_image(shape: tuple[int, ...]) -> None:
    """The kernel and torch, which resizes on a GPU."""
    pixels = image(shape)
    batch = torch.from_numpy(np.stack([pixels, pixels[::-1]])).permute(0, 3, 1, 2).contiguous()
    for together, one in zip(resize_batch("clean", batch), (pixels, pixels[::-1]), strict=True):
        np.testing.assert_allclose(values(together), values(as_clean(one)), rtol=0, atol=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_torchmetrics_is_bilinear_with_antialiasing(shape: tuple[int, ...]) -> None:
    pixels = image(shape)
    options = {"mode": "bilinear", "align_corners": False, "antialias": True}
    expected = functional.interpolate(planes(pixels), size=(299, 299), **options)
    np.testing.assert_array_equal(as_torchmetrics(pixels).numpy(), ((expected[0] - 128) / 128).numpy())


def test_of_299_pixels_nothing_is_changed() -> None:
    pixels = image((299, 299, 3))
    for name, resize in PROTOCOLS.items():
        found = resize(pixels)
        unit = (found + 1) * 127.5 if name == "pytorch-fid" else found * 128 + 128
        np.testing.assert_allclose(unit.numpy(), pixels.transpose(2, 0, 1), rtol=0, atol=2e-5)
        assert found.dtype == torch.float32


def test_places_by_hand() -> None:
    """Two pixels to four: points are at 0, 1/2, 1 and 1 1/2, centres at -1/4, 1/4, 3/4 and 1 1/4 (dx of the second)."""
    pixels = np.array([[[0], [128]]], dtype=np.uint8)
    points = values(as_torch_fidelity(np.repeat(pixels, 2, axis=0), 4))
    np.testing.assert_allclose(points[0, 0], [0, 64, 128, 128])
    centres = (as_pytorch_fid(np.repeat(pixels, 2, axis=0), 4).numpy() + 1) * 127.5
    np.testing.assert_allclose(centres[0, 0], [0, 32, 96, 128], atol=1e-4)


def test_an_image_that_is_not_contiguous() -> None:
    pixels = image((40, 60, 3))
    for resize in PROTOCOLS.values():
        np.testing.assert_array_equal(resize(pixels[::2, ::-1]).numpy(), resize(pixels[::2, ::-1].copy()).numpy())
