"""Bytes to pixels: exact, or refused for a reason; never something in between."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from evalsuite.errors import InputError
from evalsuite.media import RefusedImageError, decode_image
from tests.media.images import encode, noise, png, refused

REFUSED = refused()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why(name: str) -> None:
    data, reason = REFUSED[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Pillow's own warnings must not reach the user either
        with pytest.raises(RefusedImageError, match=f"^here/{name}: ") as raised:
            decode_image(data, f"here/{name}")
    assert raised.value.reason == reason
    assert isinstance(raised.value, InputError)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF"])
def test_grey_images_are_exact(kind: str) -> None:
    pixels = noise(1, 5, 9, 1)
    found = decode_image(encode(Image.fromarray(pixels[:, :, 0]), kind), "x")
    assert found.dtype == np.uint8
    # A GIF has a palette, even of greys.
    assert np.array_equal(found, np.repeat(pixels, 3, axis=2) if kind == "GIF" else pixels)


@pytest.mark.parametrize(("kind", "settings"), [("PNG", {}), ("BMP", {}), ("TIFF", {}), ("WEBP", {"lossless": True})])
def test_colour_images_are_exact(kind: str, settings: dict[str, bool]) -> None:
    pixels = noise(2, 5, 9, 3)
    assert np.array_equal(decode_image(encode(Image.fromarray(pixels), kind, **settings), "x"), pixels)


def test_a_jpeg_is_what_pillow_makes_of_it() -> None:
    data = encode(Image.fromarray(noise(3, 16, 24, 3)), "JPEG", quality=90)
    with Image.open(io.BytesIO(data)) as image:
        assert np.array_equal(decode_image(data, "x"), np.asarray(image))


def test_palettes_and_bits_become_what_they_stand_for() -> None:
    palette = Image.fromarray(noise(4, 8, 8, 3)).quantize(16)
    assert np.array_equal(decode_image(encode(palette), "x"), np.asarray(palette.convert("RGB")))
    bits = Image.fromarray(noise(5, 8, 8, 1)[:, :, 0] > 127)
    assert bits.mode == "1"
    assert np.array_equal(decode_image(encode(bits), "x")[:, :, 0], np.asarray(bits).astype(np.uint8) * 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_is_applied(kind: str, orientation: int) -> None:
    # What is upright is the upper left quarter white; orientation 6, for one, is stored turned to the left.
    upright = np.zeros((16, 24, 1), np.uint8)
    upright[:8, :8] = 255
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright.transpose(1, 0, 2)[::-1, ::-1],
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encode(Image.fromarray(np.ascontiguousarray(stored[:, :, 0])), kind, exif=exif)
    found = decode_image(data, "x")
    assert found.shape == upright.shape
    assert np.abs(found.astype(int) - upright).max() <= (0 if kind == "PNG" else 8)


@given(st.integers(0, 10_000), st.integers(0, 7), st.integers(0, 880))
def test_no_damage_changes_pixels_unnoticed(position: int, bit: int, length: int) -> None:
    pixels = noise(6)
    data = bytearray(png(pixels))
    data[position % len(data)] ^= 1 << bit
    for damaged in (bytes(data), png(pixels)[:length]):
        try:
            found = decode_image(damaged, "x")
        except RefusedImageError:
            continue
        assert np.array_equal(found, pixels)
