"""Other decoders than Pillow give its pixels bit for bit, for every kind they are used for, and accept nothing more."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from evalsuite.media import RefusedImageError, decode_file, fast_decode
from tests.media.images import chunk, encode, noise, png, raw_png

SIZES = ((1, 1), (8, 8), (1, 33), (17, 1), (37, 53), (64, 48))


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Decode with Pillow alone."""

    def decode(data: bytes) -> Any:
        with monkeypatch.context() as patched:
            patched.setattr("evalsuite.media.decode.fast_pixels", lambda *_: None)
            return decode_file(data, "x")

    return decode


@pytest.fixture(autouse=True)
def _installed() -> None:
    pytest.importorskip("simplejpeg")
    pytest.importorskip("imagecodecs")  # another encoder


def photo(seed: int, height: int, width: int, channels: int = 3) -> Any:
    """Smooth and rough parts, so that all of a JPEG's steps matter."""
    slope = np.add.outer(np.linspace(0, 150, height), np.linspace(0, 100, width))[:, :, None]
    rough = np.random.default_rng(seed).normal(0, 25, (height, width, channels))
    return np.clip(slope + rough + 30 * np.arange(channels), 0, 255).astype(np.uint8)


def check(data: bytes, without: Any, decoder: str) -> Any:
    """Both give the same, and the named one was used."""
    found, plain = decode_file(data, "x"), without(data)
    np.testing.assert_array_equal(found.pixels, plain.pixels)
    assert found.facts.decoder.startswith(decoder)
    assert plain.facts.decoder.startswith("Pillow")
    assert {**fields(found), "decoder": ""} == {**fields(plain), "decoder": ""}
    return found


def fields(found: Any) -> dict[str, Any]:
    return {name: getattr(found.facts, name) for name in found.facts.__slots__}


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0", "4:1:1"])
def test_jpegs_in_colour(subsampling: str, progressive: bool, without: Any) -> None:
    for i, size in enumerate(SIZES):
        for quality in (5, 60, 92, 100):
            image = Image.fromarray(photo(i, *size))
            data = encode(image, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
            assert check(data, without, "simplejpeg").facts.quality == quality


@pytest.mark.parametrize("subsampling", ["440", "444", "422", "420", "411"])
def test_jpegs_of_another_encoder(subsampling: str, without: Any) -> None:
    import imagecodecs

    for i, size in enumerate(SIZES):
        data = imagecodecs.jpeg8_encode(photo(i, *size), level=80, subsampling=subsampling)
        check(data, without, "simplejpeg")


@pytest.mark.parametrize("settings", [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_rows": 1}])
def test_jpegs_in_grey(settings: dict[str, Any], without: Any) -> None:
    for i, size in enumerate(SIZES):
        data = encode(Image.fromarray(photo(i, *size, 1)[:, :, 0]), "JPEG", quality=83, **settings)
        assert check(data, without, "simplejpeg").pixels.shape == (*size, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_jpegs_that_are_turned(orientation: int, without: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = check(encode(Image.fromarray(photo(1, 24, 40)), "JPEG", exif=exif), without, "simplejpeg")
    assert found.facts.is_turned == (orientation > 1)


@pytest.mark.parametrize("settings", [{"keep_rgb": True}, {"comment": b"x" * 60_000}, {"dpi": (72, 72)}])
def test_jpegs_with_other_markers(settings: dict[str, Any], without: Any) -> None:
    data = encode(Image.fromarray(photo(2, 33, 20)), "JPEG", **settings)
    check(data, without, "simplejpeg")
    check(data + b"more", without, "simplejpeg")
    check(data[:2] + b"\xff\xff" + data[3:], without, "simplejpeg")  # filling before a marker


def test_kinds_that_are_left_to_pillow(without: Any) -> None:
    import imagecodecs

    cmyk = encode(Image.fromarray(photo(3, 24, 24, 4), "CMYK"), "JPEG")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encode(Image.fromarray(photo(3, 24, 16)), exif=exif)
    keyed = encode(Image.fromarray(photo(3, 24, 16)), transparency=(1, 2, 3))
    palette = encode(Image.fromarray(photo(4, 24, 24)).quantize(8))
    sixteen = raw_png(noise(5, 8, 8, 3).astype(np.uint16) * 257)
    for data in (cmyk, turned, keyed, palette, sixteen):
        check(data, without, "Pillow")
    arithmetic = imagecodecs.jpeg8_encode(photo(3, 24, 24))
    assert not fast_decode._is_plain_jpeg(arithmetic.replace(b"\xff\xc0", b"\xff\xc9"))
    assert not fast_decode._is_plain_jpeg(b"\xff\xd8\xff")


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pngs(channels: int, without: Any) -> None:
    for i, size in enumerate(SIZES):
        pixels = photo(i, *size, channels)
        data = png(pixels)
        check(data, without, "png ")
        extra = chunk(b"gAMA", (45455).to_bytes(4, "big")) + chunk(b"bKGD", bytes(2 if channels < 3 else 6))
        check(data[:33] + extra + data[33:], without, "png ")  # neither gamma nor background is applied
        for interlace in (False, True):
            found = decode_file(raw_png(pixels, 8, interlace=interlace), "x")
            np.testing.assert_array_equal(found.pixels, decode_file(data, "x").pixels)
            check(raw_png(pixels, 8, interlace=interlace), without, "png ")
        if channels in (1, 3):
            found = check(png_in_two_chunks(pixels), without, "png ").pixels
            np.testing.assert_array_equal(found, pixels)


def png_in_two_chunks(pixels: Any) -> bytes:
    """Return a PNG of which the pixels are in two chunks."""
    data = encode(Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels))
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    body = data[at + 4 : at + 4 + length]
    half = len(body) // 2
    return data[: at - 4] + chunk(b"IDAT", body[:half]) + chunk(b"IDAT", body[half:]) + data[at + 8 + length :]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "progressive"])
def test_what_is_read_of_damaged_files_does_not_depend_on_the_decoder(kind: str, without: Any) -> None:
    draw = np.random.default_rng(0)
    image = Image.fromarray(photo(5, 48, 40))
    whole = encode(image) if kind == "PNG" else encode(image, "JPEG", progressive=kind == "progressive")
    n_read = 0
    for i in range(600):
        damaged = bytearray(whole)
        if i % 3:
            damaged[draw.integers(len(damaged))] ^= 1 << draw.integers(8)
        else:
            damaged = damaged[: draw.integers(len(damaged))]
        outcomes = [outcome(decode, bytes(damaged)) for decode in (lambda data: decode_file(data, "x"), without)]
        assert outcomes[0] == outcomes[1]
        n_read += isinstance(outcomes[0], tuple)
    assert 0 < n_read < 600


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_damage_under_checksums_that_are_right(channels: int, without: Any) -> None:
    """Another stream of compressed bytes, in a chunk whose checksum was computed after the damage."""
    draw = np.random.default_rng(channels)
    width, height = 40, 48
    rows = [bytes([draw.integers(5)]) + photo(i, 1, width, channels).tobytes() for i in range(height)]
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    stream = zlib.compress(b"".join(rows), 6)
    streams = [stream, stream[:-1], stream[:-4], stream[:-5], stream + b"x", stream[:-4] + b"1234", b"", stream * 2]
    streams += [zlib.compress(b"".join(part)) for part in (rows[:-1], rows + rows[:1], [*rows[:-1], rows[-1][:-1]])]
    streams += [zlib.compress(b"".join([bytes([9]) + rows[0][1:], *rows[1:]])), zlib.compress(b"".join(rows), 0)]
    streams += [stream[2:-4], zlib.compress(b"".join(rows), wbits=9)]
    for _ in range(300):
        changed = bytearray(stream)
        changed[draw.integers(len(changed))] ^= 1 << draw.integers(8)
        streams.append(bytes(changed))
    kinds: dict[str, int] = {}
    for one in streams:
        data = fast_decode._SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", one) + chunk(b"IEND", b"")
        outcomes = [outcome(decode, data) for decode in (lambda data: decode_file(data, "x"), without)]
        assert outcomes[0] == outcomes[1]
        kind = "read" if isinstance(outcomes[0], tuple) else outcomes[0]
        kinds[kind] = kinds.get(kind, 0) + 1
    assert kinds["read"] >= 3
    assert kinds["damaged or cut off"] >= 100


def outcome(decode: Any, data: bytes) -> Any:
    try:
        found = decode(data)
    except RefusedImageError as error:
        return error.reason
    return found.pixels.shape, found.pixels.tobytes()


def test_without_simplejpeg_pillow_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(fast_decode, "import_module", missing)
    fast_decode._jpeg_decoder.cache_clear()
    try:
        data = encode(Image.fromarray(photo(6, 20, 20)), "JPEG")
        found = decode_file(data, "x")
        assert found.facts.decoder.startswith("Pillow ")
        with Image.open(io.BytesIO(data)) as opened:
            np.testing.assert_array_equal(found.pixels, np.asarray(opened))
    finally:
        fast_decode._jpeg_decoder.cache_clear()
