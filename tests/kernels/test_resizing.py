"""Bicubic resizing against Pillow's of floats: the same bits, for images of any shape."""

from __future__ import annotations

import platform
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import PIL
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from evalsuite.kernels.resizing import resize_bicubic

SIZES = st.sampled_from([1, 2, 7, 64, 299, 299, 299])
EDGES = st.integers(1, 600)
BEGINS_WITH_COLUMNS = int(PIL.__version__.split(".")[0]) >= 13
# Elsewhere a compiler may round a product and its sum at once.
SAME_BITS = platform.machine() in ("x86_64", "AMD64")


def pillow(pixels: Any, *sizes: tuple[int, int]) -> Any:
    """Resize each channel as float32, to one (width, height) after the other."""
    found = []
    for channel in range(pixels.shape[2]):
        image = Image.fromarray(pixels[:, :, channel].astype(np.float32))
        for size in sizes:
            image = image.resize(size, Image.Resampling.BICUBIC)
        found.append(np.asarray(image))
    return np.stack(found)


def draw_pixels(shape: tuple[int, int, int], seed: int) -> Any:
    """Noise, of 0 and 255 alone in some images, where bicubic weights go furthest beyond."""
    draw = np.random.default_rng(seed)
    if seed % 4:
        return draw.integers(0, 256, shape, dtype=np.uint8)
    return 255 * draw.integers(0, 2, shape, dtype=np.uint8)


def check(pixels: Any, size: int) -> None:
    height, width = pixels.shape[:2]
    found = resize_bicubic(pixels, size)
    assert (found.shape, found.dtype) == ((pixels.shape[2], size, size), np.float32)
    expected = pillow(pixels, (size, height), (size, size))  # rows before columns in every release
    at_once = pillow(pixels, (size, size))
    if SAME_BITS:
        np.testing.assert_array_equal(found, expected)
        if not (BEGINS_WITH_COLUMNS and height > size and height - size > 2 * (width - size)):
            np.testing.assert_array_equal(found, at_once)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)
    np.testing.assert_allclose(found, at_once, rtol=0, atol=1e-4)


@settings(derandomize=True, deadline=None, max_examples=250)
@given(EDGES, EDGES, st.sampled_from([1, 3]), SIZES, st.integers(0, 2**32))
def test_equals_pillow(height: int, width: int, channels: int, size: int, seed: int) -> None:
    check(draw_pixels((height, width, channels), seed), size)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(EDGES, st.sampled_from([1, 3]), SIZES, st.integers(0, 2**32))
def test_equals_pillow_on_squares(edge: int, channels: int, size: int, seed: int) -> None:
    check(draw_pixels((edge, edge, channels), seed), size)


@pytest.mark.parametrize(
    "shape",
    [(1, 1, 1), (1, 1, 3), (299, 299, 3), (299, 600, 3), (600, 299, 1), (128, 256, 3), (129, 257, 3), (20_001, 3, 3),
     (3, 20_001, 3), (1, 70_000, 1), (70_000, 1, 1), (897, 897, 1), (1024, 1024, 3)],
)  # fmt: skip
def test_equals_pillow_on_odd_shapes(shape: tuple[int, int, int]) -> None:
    check(draw_pixels(shape, 1), 299)


def test_centred_values_are_clamped() -> None:
    pixels = draw_pixels((40, 50, 3), 4)
    plain = resize_bicubic(pixels, 64)
    assert plain.min() < 0
    assert plain.max() > 255
    expected = (plain.clip(0, 255) - np.float32(128)) / np.float32(128)
    np.testing.assert_array_equal(resize_bicubic(pixels, 64, centred=True), expected)


def test_threads_change_nothing() -> None:
    images = [draw_pixels((90 + i, 120 - i, 3), i) for i in range(24)]
    alone = [resize_bicubic(image, 64) for image in images]
    with ThreadPoolExecutor(4) as pool:
        for found, expected in zip(pool.map(lambda image: resize_bicubic(image, 64), images), alone, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_arrays_that_cannot_be_written() -> None:
    pixels = draw_pixels((20, 30, 3), 1)
    expected = resize_bicubic(pixels, 8)
    pixels.setflags(write=False)
    np.testing.assert_array_equal(resize_bicubic(pixels, 8), expected)


@pytest.mark.parametrize(
    ("image", "size", "kind", "message"),
    [
        ([[[1]]], 2, TypeError, "`image` must be a numpy array of uint8; found list"),
        (np.zeros((2, 2, 3)), 2, TypeError, "`image` must have dtype uint8; found float64"),
        (np.zeros((2, 2), np.uint8), 2, ValueError, r"`image` must have 3 dimension\(s\); found shape \(2, 2\)"),
        (np.zeros((2, 4, 3), np.uint8)[:, ::2], 2, ValueError, "`image` must be C-contiguous"),
        (np.zeros((0, 2, 3), np.uint8), 2, ValueError, "at least one pixel, and 1 or 3 channels; found shape .0, 2, 3"),
        (np.zeros((2, 2, 4), np.uint8), 2, ValueError, "at least one pixel, and 1 or 3 channels; found shape .2, 2, 4"),
        (np.zeros((2, 2, 3), np.uint8), 0, ValueError, "`size` must be 1 to 16384; found 0"),
        (np.zeros((2, 2, 3), np.uint8), 2.0, TypeError, "`size` must be an int; found float"),
    ],
)
def test_what_cannot_be_resized_is_refused(image: Any, size: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        resize_bicubic(image, size)
