"""What a model returns for an image: exact pixels, or a message that says what was expected."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from evalsuite.errors import InputError
from evalsuite.media import as_pixels, is_image, pixels_of
from evalsuite.types import Output
from tests.media.images import noise, png


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3), (1, 1), (3, 5, 3), (1, 9, 1)])
def test_arrays_and_tensors(shape: tuple[int, ...]) -> None:
    array = noise(1, *shape)
    expected = array if array.ndim == 3 else array[:, :, None]
    for value in (array, torch.from_numpy(array), np.asfortranarray(array), array[::-1][::-1]):
        found = as_pixels(value)
        assert is_image(value)
        assert found.dtype == np.uint8
        assert found.flags.c_contiguous
        assert np.array_equal(found, expected)
    found = as_pixels(array)
    array[...] = 0  # a model may use its buffer again
    assert np.array_equal(found, as_pixels(noise(1, *shape)))


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_pillow_images(shape: tuple[int, ...]) -> None:
    array = noise(2, *shape)
    assert np.array_equal(as_pixels(Image.fromarray(array)), as_pixels(array))
    assert is_image(Image.fromarray(array))


FLOATS = np.linspace(0, 1, 48, dtype=np.float32).reshape(4, 4, 3)


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (FLOATS, TypeError, r"is of float32 from 0 to 1; convert it to uint8, as by \(image \* 255\)\.round"),
        (
            FLOATS * 2 - 1,
            TypeError,
            r"of float32 from -1 to 1; convert it to uint8, as by \(\(image \+ 1\) \* 127\.5\)",
        ),
        (torch.from_numpy(FLOATS).to(torch.bfloat16), TypeError, "of float32 from 0 to 1"),
        (FLOATS * 255, TypeError, r"of float32; convert it to uint8, as by image\.clip\(0, 255\)"),
        (np.where(FLOATS > 0.5, np.nan, FLOATS), ValueError, "of float32 and holds NaN; expected a uint8 array"),
        (torch.full((4, 4), float("inf")), ValueError, "of float32 and holds infinity; expected"),
        (np.zeros((4, 4), np.int64), TypeError, "of int64; convert it"),
        (np.zeros((4, 4), np.uint16), TypeError, "of uint16; convert it"),
        (np.zeros((4, 4), bool), TypeError, r"of bool; .* image\.astype\('uint8'\) \* 255"),
        (np.zeros((4, 4), complex), TypeError, "of complex128; expected"),
        (np.zeros((0, 4), np.float32), TypeError, "of float32; expected"),
        (np.full((4, 4), None), TypeError, "of object; expected"),
        (np.zeros((3, 28, 28), np.uint8), ValueError, r"shape \(3, 28, 28\), channels first; put them last"),
        (torch.zeros((1, 28, 28), dtype=torch.uint8), ValueError, "channels first"),
        (np.zeros((28, 28, 4), np.uint8), ValueError, r"has shape \(28, 28, 4\); expected"),
        (np.zeros((1, 28, 28, 1), np.uint8), ValueError, "return one image a request"),
        (np.zeros(28, np.uint8), ValueError, r"has shape \(28,\)"),
        (np.zeros((), np.uint8), ValueError, r"has shape \(\)"),
        (np.zeros((0, 28), np.uint8), ValueError, r"has no pixels, its shape is \(0, 28\)"),
        (np.zeros((28, 0, 3), np.uint8), ValueError, "has no pixels"),
        (np.broadcast_to(np.uint8(0), (1 << 14, 1 << 13)), ValueError, "expected 67108864 pixels at most"),
        (Image.new("RGBA", (4, 4)), ValueError, "alpha channel"),
        (Image.new("CMYK", (4, 4)), ValueError, "CMYK colours"),
        (Image.new("I;16", (4, 4)), ValueError, "more than 8 bits"),
        (Image.new("L", (0, 4)), ValueError, "has no pixels"),
        (Image.open(io.BytesIO(png(noise(1))[:200])), ValueError, "the Pillow image cannot be loaded"),
        ("a picture of a cat", TypeError, "is a str; expected"),
        (None, TypeError, "is a NoneType"),
        ([[0, 1], [2, 3]], TypeError, "is a list"),
    ],
)
def test_what_is_no_image_is_refused(value: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        as_pixels(value)


def test_the_conversions_that_messages_advise_do_what_they_say() -> None:
    image = FLOATS
    assert as_pixels((image * 255).round().astype("uint8"))[3, 3, 2] == 255
    image = FLOATS * 2 - 1
    assert np.array_equal(as_pixels(((image + 1) * 127.5).round().astype("uint8"))[0, 0], [0, 5, 11])


def test_pixels_of_an_output() -> None:
    array = noise(1)
    assert np.array_equal(pixels_of(Output(image=array)), array)
    with pytest.raises(InputError, match='sample "a" has no image'):
        pixels_of(Output(text="x", sample_id="a"))
    with pytest.raises(InputError, match='sample "a": the image is of float32'):
        pixels_of(Output(image=FLOATS, sample_id="a"))  # type: ignore[arg-type]
