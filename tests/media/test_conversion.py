"""Whatever an image file holds becomes 8-bit grey or RGB as exact fractions say, and says what was done."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.media import decode_file
from evalsuite.media.conversion import Samples, convert_samples
from tests.media.images import encode, noise, raw_png, raw_tiff


def rounded(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def expected(values: Any, alpha: Any = None) -> Any:
    """The rule in exact fractions, sample by sample: over white, then 0 to 255."""
    largest = int(np.iinfo(values.dtype).max)
    found = np.empty(values.shape, np.uint8)
    for place in np.ndindex(*values.shape):
        share = Fraction(int(values[place]), largest)
        opacity = Fraction(1) if alpha is None else Fraction(int(alpha[place[:2]]), largest)
        found[place] = rounded(255 * (share * opacity + 1 - opacity))
    return found


def wide(seed: int, *shape: int) -> Any:
    """16 bits: noise, and the values at which rounding turns."""
    found = np.random.default_rng(seed).integers(0, 65536, shape, dtype=np.uint16)
    edges = [0, 1, 127, 128, 129, 256, 257, 385, 386, 32767, 32768, 65278, 65406, 65407, 65534, 65535]
    found.ravel()[: len(edges)] = edges
    return found


def some_alpha(seed: int, values: Any) -> Any:
    found = np.random.default_rng(seed).integers(0, int(np.iinfo(values.dtype).max) + 1, values.shape[:2], values.dtype)
    found[0, :3] = 0
    found[1, :3] = np.iinfo(values.dtype).max
    return found


@pytest.mark.parametrize("interlace", [False, True])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pngs_of_16_bits(channels: int, interlace: bool) -> None:
    samples = wide(channels, 11, 13, channels)
    found = decode_file(raw_png(samples, interlace=interlace), "x")
    has_alpha = channels in (2, 4)
    values, alpha = (samples[:, :, :-1], samples[:, :, -1]) if has_alpha else (samples, None)
    np.testing.assert_array_equal(found.pixels, expected(values, alpha))
    names = ("16-bit to 8-bit", "alpha over white") if has_alpha else ("16-bit to 8-bit",)
    assert (found.facts.conversions, found.facts.bits, found.facts.has_alpha) == (names, 16, has_alpha)


def test_no_value_of_16_bits_saturates() -> None:
    every = np.arange(65536, dtype=np.uint16).reshape(256, 256, 1)
    found = decode_file(raw_png(every), "x").pixels.ravel()
    assert found.tolist() == [rounded(Fraction(v, 257)) for v in range(65536)]
    assert found.mean() == pytest.approx(127.5)  # others clip at 255, and have a mean of 254.5


def test_every_value_with_every_alpha() -> None:
    values, alpha = np.meshgrid(np.arange(256, dtype=np.uint8), np.arange(256, dtype=np.uint8))
    found, _ = convert_samples(Samples(values=values[:, :, None], alpha=alpha))
    np.testing.assert_array_equal(found, expected(values[:, :, None], alpha))
    ink = np.stack([values, values, values, alpha], axis=2)
    found, _ = convert_samples(Samples(values=ink))
    exact = expected(255 - values[:, :, None], 255 - alpha).astype(int) - alpha[:, :, None]  # over black, not white
    np.testing.assert_array_equal(found, np.repeat(exact, 3, axis=2))
    found, _ = convert_samples(Samples(values=values[:, :, None], alpha=alpha, premultiplied=True))
    np.testing.assert_array_equal(found[:, :, 0], np.minimum(values.astype(int) + 255 - alpha, 255))


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("channels", [1, 3])
def test_tiffs_of_16_bits(channels: int, order: str, compressed: bool) -> None:
    samples = wide(7, 9, 6, channels)
    found = decode_file(raw_tiff(samples, order, compressed=compressed), "x")
    np.testing.assert_array_equal(found.pixels, expected(samples))
    assert found.facts.conversions == ("16-bit to 8-bit",)


def test_a_tiff_in_which_white_is_zero() -> None:
    samples = wide(8, 9, 6, 1)
    np.testing.assert_array_equal(decode_file(raw_tiff(samples, photometric=0), "x").pixels, expected(65535 - samples))


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("extra", [1, 2])
def test_tiffs_with_alpha(extra: int, dtype: Any, compressed: bool) -> None:
    values = (wide(9, 8, 7, 3) >> (0 if dtype == np.uint16 else 8)).astype(dtype)
    alpha = some_alpha(1, values)
    largest = int(np.iinfo(dtype).max)
    exact = expected(values, alpha)
    if extra == 1:  # stored multiplied by alpha: v + 1 - alpha
        values = (values.astype(np.uint64) * alpha[:, :, None] // largest).astype(dtype)
        total = values.astype(int) + largest - alpha[:, :, None].astype(int)
        exact = np.array([rounded(Fraction(255 * int(v), largest)) for v in total.ravel()]).reshape(total.shape)
    data = raw_tiff(np.concatenate([values, alpha[:, :, None]], axis=2), extra=extra, compressed=compressed)
    found = decode_file(data, "x")
    np.testing.assert_array_equal(found.pixels, exact)
    assert "alpha over white" in found.facts.conversions


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("channels", [2, 4])
def test_alpha_of_8_bits(kind: str, channels: int) -> None:
    if channels == 2 and kind != "PNG":
        pytest.skip("has no grey with alpha")
    values = noise(3, 12, 9, channels - 1)
    alpha = some_alpha(2, values)
    image = Image.fromarray(np.concatenate([values, alpha[:, :, None]], axis=2))
    settings = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    found = decode_file(encode(image, kind, **settings), "x")
    np.testing.assert_array_equal(found.pixels, expected(values, alpha))
    assert found.facts.conversions == ("alpha over white",)


def test_what_is_hidden_does_not_count() -> None:
    values, alpha = noise(4, 20, 20, 3), np.zeros((20, 20, 1), np.uint8)
    alpha[5:9, 5:9] = 255
    hidden = values.copy()
    hidden[alpha[:, :, 0] == 0] = noise(5, 384, 3)
    one, other = (decode_file(encode(Image.fromarray(np.concatenate([v, alpha], axis=2))), "x").pixels
                  for v in (values, hidden))  # fmt: skip
    np.testing.assert_array_equal(one, other)
    assert (one[0] == 255).all()


def test_an_opaque_alpha_is_dropped_by_another_name() -> None:
    values = noise(6, 8, 8, 3)
    found = decode_file(encode(Image.fromarray(np.dstack([values, np.full((8, 8), 255, np.uint8)]))), "x")
    np.testing.assert_array_equal(found.pixels, values)
    assert found.facts.conversions == ("opaque alpha dropped",)


@pytest.mark.parametrize("opacities", [None, 3, bytes([0, 60, 128, 255, 255, 7, 0, 254])])
@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_palettes(kind: str, opacities: Any) -> None:
    if kind == "GIF" and isinstance(opacities, bytes):
        pytest.skip("a colour of a GIF is transparent or not")
    colours, places = noise(7, 8, 3), noise(8, 15, 10) % 8
    image = Image.fromarray(places, "P")
    image.putpalette(colours.tobytes())
    found = decode_file(encode(image, kind, **({} if opacities is None else {"transparency": opacities})), "x")
    alpha = np.full(8, 255, np.uint8)
    if isinstance(opacities, int):
        alpha[opacities] = 0
    elif opacities is not None:
        alpha[:] = list(opacities)
    np.testing.assert_array_equal(found.pixels, expected(colours[places], alpha[places]))
    names = ("palette to RGB",) if opacities is None else ("palette to RGB", "alpha over white")
    assert found.facts.conversions == names


@pytest.mark.parametrize("depth", [2, 4])
@pytest.mark.parametrize("transparent", [None, 1])
def test_grey_of_few_bits(depth: int, transparent: int | None) -> None:
    values = noise(9, 7, 11, 1) % (1 << depth)
    key = b"" if transparent is None else transparent.to_bytes(2, "big")
    found = decode_file(raw_png(values, depth, key=key), "x")
    exact = (values.astype(int) * 255 // ((1 << depth) - 1)).astype(np.uint8)
    if transparent is not None:
        exact[values == transparent] = 255
    np.testing.assert_array_equal(found.pixels, exact)
    assert found.facts.conversions[0] == f"{depth}-bit to 8-bit"


def test_one_bit() -> None:
    bits = noise(10, 9, 13, 1)[:, :, 0] > 127
    found = decode_file(encode(Image.fromarray(bits)), "x")
    np.testing.assert_array_equal(found.pixels[:, :, 0], bits * np.uint8(255))
    assert (found.facts.conversions, found.facts.bits) == (("1-bit to 8-bit",), 1)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_transparent_colour(channels: int) -> None:
    values = noise(11, 9, 9, channels) // 64 * 64
    hidden = values[4, 4]
    key = int(hidden[0]) if channels == 1 else tuple(int(v) for v in hidden)
    image = Image.fromarray(values[:, :, 0] if channels == 1 else values)
    found = decode_file(encode(image, transparency=key), "x")
    exact = values.copy()
    exact[(values == hidden).all(axis=2)] = 255
    np.testing.assert_array_equal(found.pixels, exact)
    assert found.facts.conversions == ("alpha over white",)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_transparent_colour_of_16_bits_is_that_one_and_no_near_one(channels: int) -> None:
    values = np.full((4, 4, channels), 0x1234, np.uint16)
    values[0, 0] = 0x1235  # the same but for the lower byte
    key = (0x1234).to_bytes(2, "big") * channels
    found = decode_file(raw_png(values, key=key), "x").pixels
    assert found[0, 0].tolist() == [rounded(Fraction(0x1235, 257))] * channels
    assert (found.reshape(16, channels)[1:] == 255).all()


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(kind: str) -> None:
    ink = np.zeros((16, 24, 4), np.uint8)
    ink[:8, :8, 0], ink[:8, 8:16, 1], ink[:8, 16:, 2], ink[8:, 8:, 3] = 255, 200, 90, 128
    data = encode(Image.fromarray(ink, "CMYK"), kind, **({"quality": 100} if kind == "JPEG" else {}))
    found = decode_file(data, "x")
    left = 255 - ink.astype(int)
    exact = np.vectorize(lambda a, b: rounded(Fraction(int(a) * int(b), 255)))(left[:, :, :3], left[:, :, 3:])
    assert np.abs(found.pixels.astype(int) - exact).max() <= (0 if kind == "TIFF" else 3)
    assert found.facts.conversions == ("CMYK to RGB",)


def test_the_cmyk_of_a_jpeg_is_inverted_as_photoshop_writes_it_and_browsers_read_it() -> None:
    """Files store 255 for no ink, with Adobe's marker or without; Pillow writes them so, and is given the ink."""
    ink = np.zeros((16, 16, 4), np.uint8)
    ink[:, 8:, 3] = 255
    data = encode(Image.fromarray(ink, "CMYK"), "JPEG", quality=100)
    marker = data.index(b"\xff\xee")
    assert data[marker + 4 : marker + 9] == b"Adobe"
    length = int.from_bytes(data[marker + 2 : marker + 4], "big")
    for each in (data, data[:marker] + data[marker + 2 + length :]):
        found = decode_file(each, "x").pixels
        assert (found[:, :7] > 250).all()
        assert (found[:, 9:] < 5).all()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_that_is_turned(orientation: int, dtype: Any, compressed: bool) -> None:
    """A corner is marked; the tag's definition says where it is to be seen (TIFF 6.0, page 36)."""
    stored = np.zeros((4, 6, 3), dtype)
    stored[0, 0] = np.iinfo(dtype).max  # row 0 and column 0 are the top, or the right side, and so on
    found = decode_file(raw_tiff(stored, orientation=orientation, compressed=compressed), "x")
    corner = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    assert found.pixels.shape == ((4, 6, 3) if orientation < 5 else (6, 4, 3))
    assert (found.pixels[corner[orientation]] == 255).all()
    assert found.pixels.astype(int).sum() == 3 * 255
    assert ("EXIF orientation applied" in found.facts.conversions) == (orientation > 1)


def test_of_a_jpeg_with_other_pictures_behind_it_the_first_counts() -> None:
    images = [Image.fromarray(noise(i, 24, 16, 3)) for i in range(3)]
    alone = decode_file(encode(images[0], "JPEG", quality=90), "x")
    found = decode_file(encode(images[0], "MPO", save_all=True, append_images=images[1:], quality=90), "x")
    np.testing.assert_array_equal(found.pixels, alone.pixels)
    assert (found.facts.format, found.facts.quality) == ("JPEG", 90)
    assert found.facts.conversions == ("first picture of several",)


def test_large_images_are_converted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    from evalsuite.media import conversion

    values, alpha = noise(12, 50, 30, 3), noise(13, 50, 30)
    whole, _ = convert_samples(Samples(values=values, alpha=alpha))
    monkeypatch.setattr(conversion, "_ROWS", 100)
    parts, _ = convert_samples(Samples(values=values, alpha=alpha))
    np.testing.assert_array_equal(whole, parts)
    np.testing.assert_array_equal(whole, expected(values, alpha))
