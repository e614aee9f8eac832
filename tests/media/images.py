"""Images of every kind that people have, as files, for the tests of what is read and what is refused."""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["chunk", "encode", "noise", "png", "raw_png", "raw_tiff", "refused", "write_folder", "write_tar"]


def noise(seed: int, *shape: int) -> NDArray[np.uint8]:
    """Return random pixels, 28 by 28 and grey unless `shape` says otherwise."""
    return np.random.default_rng(seed).integers(0, 256, shape or (28, 28, 1), dtype=np.uint8)


def encode(image: Image.Image, kind: str = "PNG", **settings: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **settings)
    return buffer.getvalue()


def png(pixels: NDArray[Any]) -> bytes:
    return encode(Image.fromarray(pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels))


def refused() -> dict[str, tuple[bytes, str]]:
    """Return images that must not be scored, and the reason why."""
    grey, colour = noise(1), noise(2, 9, 7, 3)
    frames = [Image.fromarray(noise(i)[:, :, 0]) for i in range(3)]
    wide = png(noise(3, 4, 4, 1))
    return {
        "zero.png": (b"", "empty file"),
        "text.png": (b"not an image at all", "not an image that can be read"),
        "truncated.png": (png(grey)[:300], "damaged or cut off"),
        "truncated.jpg": (encode(Image.fromarray(colour), "JPEG")[:-30], "damaged or cut off"),
        "header.png": (png(grey)[:12], "damaged or cut off"),
        "flipped.png": (png(grey)[:200] + b"\xff\0" + png(grey)[202:], "damaged or cut off"),
        "float.tif": (encode(Image.fromarray(grey[:, :, 0].astype(np.float32)), "TIFF"), "floating-point pixels"),
        "int32.tif": (encode(Image.fromarray(grey[:, :, 0].astype(np.int32)), "TIFF"), "32-bit pixels"),
        "lab.tif": (encode(Image.new("LAB", (4, 4)), "TIFF"), "LAB colours"),
        "layout.tif": (raw_tiff(np.zeros((4, 4, 2), np.uint16)), "damaged or cut off, or a rare kind of TIFF"),
        "animated.gif": (encode(frames[0], "GIF", save_all=True, append_images=frames[1:]), "several frames"),
        "animated.png": (encode(frames[0], "PNG", save_all=True, append_images=frames[1:]), "several frames"),
        "bomb.png": (bomb(wide, 30_000, 30_000), "more than 67108864 pixels"),
        "large.png": (bomb(wide, 9_000, 9_000), "more than 67108864 pixels"),
        "poster.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not an image that can be read"),
    }


def raw_png(samples: NDArray[Any], depth: int = 16, *, key: bytes = b"", interlace: bool = False) -> bytes:
    """Return a PNG of samples, shape (height, width, channels), of 8 or 16 bits, or fewer in grey.

    Lines go through all five filters in turn. `key` is the content of a tRNS chunk. Interlaced by Adam7.
    """
    height, width, channels = samples.shape
    passes = [(0, 0, 1, 1)]
    if interlace:
        passes = [
            (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1),
        ]  # fmt: skip
    lines = b"".join(_filtered(_packed(samples[y::down, x::across], depth), max(1, channels * depth // 8))
                     for y, x, down, across in passes if samples[y::down, x::across].size)  # fmt: skip
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlace))
    parts = [(b"IHDR", header), *([(b"tRNS", key)] if key else []), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _packed(samples: NDArray[Any], depth: int) -> list[bytes]:
    if depth >= 8:
        return [row.astype(f">u{depth // 8}").tobytes() for row in samples]
    each = 8 // depth
    lines = []
    for row in samples[:, :, 0].astype(int):
        padded = [*row, *[0] * (-len(row) % each)]
        groups = [padded[i : i + each] for i in range(0, len(padded), each)]
        lines.append(bytes(sum(v << (8 - depth * (k + 1)) for k, v in enumerate(group)) for group in groups))
    return lines


def _filtered(lines: list[bytes], back: int) -> bytes:
    """Return lines filtered by None, Sub, Up, Average and Paeth in turn (PNG specification, section 9.2)."""
    found, above = b"", bytes(len(lines[0]))
    for number, line in enumerate(lines):
        kind = number % 5
        made = bytearray()
        for i, value in enumerate(line):
            a = line[i - back] if i >= back else 0
            b, c = above[i], above[i - back] if i >= back else 0
            nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            made.append((value - (0, a, b, (a + b) // 2, nearest)[kind]) % 256)
        found += bytes([kind]) + bytes(made)
        above = line
    return found


def raw_tiff(
    samples: NDArray[Any],
    order: str = "<",
    *,
    photometric: int | None = None,
    extra: int | None = None,
    compressed: bool = False,
    orientation: int = 1,
) -> bytes:
    """Return a TIFF of samples of 8 or 16 bits, shape (height, width, channels), in one strip."""
    height, width, channels = samples.shape
    bits = samples.dtype.itemsize * 8
    data = samples.astype(samples.dtype.newbyteorder(order)).tobytes()
    if compressed:
        data = zlib.compress(data)
    if photometric is None:
        photometric = 1 if channels < 3 else 2
    bits_at = 8 + len(data)
    offset = bits_at + 2 * channels
    tags = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, channels, bits if channels == 1 else bits_at),
        (259, 3, 1, 8 if compressed else 1), (262, 3, 1, photometric), (273, 4, 1, 8), (274, 3, 1, orientation),
        (277, 3, 1, channels), (278, 3, 1, height), (279, 4, 1, len(data)), (284, 3, 1, 1),
    ]  # fmt: skip
    if extra is not None:
        tags.append((338, 3, 1, extra))
    entries = b"".join(
        struct.pack(order + "HHI", tag, kind, count)
        + (struct.pack(order + "HH", value, 0) if kind == 3 and count == 1 else struct.pack(order + "I", value))
        for tag, kind, count, value in tags
    )
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, offset)
    return (
        head + data + struct.pack(f"{order}{channels}H", *[bits] * channels)
        + struct.pack(order + "H", len(tags)) + entries + bytes(4)
    )  # fmt: skip


def bomb(data: bytes, width: int, height: int) -> bytes:
    """Return a PNG whose header claims another size."""
    header = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def write_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path
