"""PNG files: the pixels that were saved, and an error for whatever else a file may be."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from evalsuite.kernels.decoding import decode_png, png_decoder


def png(pixels: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(buffer, "PNG", **options)
    return buffer.getvalue()


def draw_pixels(shape: tuple[int, int, int], seed: int) -> Any:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 4), st.integers(0, 9), st.integers(0, 2**32))
def test_pixels_that_were_saved_come_back(height: int, width: int, channels: int, level: int, seed: int) -> None:
    pixels = draw_pixels((height, width, channels), seed)
    if seed % 2:  # smooth, so that rows are filtered
        pixels = (np.cumsum(pixels // 32, axis=1) + np.cumsum(pixels // 64, axis=0)).astype(np.uint8)
    found = decode_png(png(pixels, compress_level=level), (height, width, channels))
    assert found.dtype == np.uint8
    assert found.flags.writeable
    np.testing.assert_array_equal(found, pixels)


@pytest.mark.parametrize(
    ("data", "shape", "kind", "message"),
    [
        (bytearray(b"x"), (1, 1, 1), TypeError, "`data` must be bytes; found bytearray"),
        (b"", (1, 1, 1), ValueError, "`data`: "),
        (b"no image", (1, 1, 1), ValueError, "`data`: "),
        (png(draw_pixels((4, 5, 3), 0)), (5, 4, 3), ValueError, r"`data`: pixels of shape \(4, 5, 3\)"),
        (png(draw_pixels((4, 5, 3), 0)), (4, 5, 1), ValueError, r"`data`: pixels of shape \(4, 5, 3\)"),
        (png(draw_pixels((4, 5, 3), 0))[:-20], (4, 5, 3), ValueError, "`data`: "),
        (png(draw_pixels((4, 5, 3), 0)), (4, 0, 3), ValueError, "`shape` must be 1 to "),
        (png(draw_pixels((4, 5, 3), 0)), (4, 5, 3.0), TypeError, "`shape` must be an int; found float"),
        (png(draw_pixels((4, 5, 3), 0)), (2**20, 2**20, 3), ValueError, "`shape` must be of at most 2..30 pixels"),
    ],
)
def test_what_is_not_such_a_file_is_refused(data: Any, shape: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        decode_png(data, shape)


def test_other_depths_and_palettes_are_refused() -> None:
    palette = io.BytesIO()
    Image.fromarray(draw_pixels((8, 8, 3), 1)).quantize(8).save(palette, "PNG")
    deep = io.BytesIO()
    Image.fromarray(np.arange(64, dtype=np.uint16).reshape(8, 8)).save(deep, "PNG")
    for file in (palette, deep):
        with pytest.raises(ValueError, match="bits of "):
            decode_png(file.getvalue(), (8, 8, 1))


def test_the_decoder_has_a_version() -> None:
    name, version = png_decoder().split(" ")
    assert name == "png"
    assert version.count(".") == 2
