"""Images of every kind that people have, as files, for the tests of what is read and what is refused."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["encode", "noise", "png", "refused", "write_folder", "write_tar"]


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
    palette = Image.fromarray(colour).quantize(8)
    frames = [Image.fromarray(noise(i)[:, :, 0]) for i in range(3)]
    wide = png(noise(3, 4, 4, 1))
    return {
        "zero.png": (b"", "empty file"),
        "text.png": (b"not an image at all", "not an image that can be read"),
        "truncated.png": (png(grey)[:300], "damaged or cut off"),
        "truncated.jpg": (encode(Image.fromarray(colour), "JPEG")[:-30], "damaged or cut off"),
        "header.png": (png(grey)[:12], "damaged or cut off"),
        "flipped.png": (png(grey)[:200] + b"\xff\0" + png(grey)[202:], "damaged or cut off"),
        "grey16.png": (png(grey[:, :, 0].astype(np.uint16) * 257), "more than 8 bits a channel"),
        "colour16.png": (sixteen_bit_rgb(), "more than 8 bits a channel"),
        "grey16.tif": (encode(Image.fromarray(grey[:, :, 0].astype(np.uint16)), "TIFF"), "more than 8 bits a channel"),
        "float.tif": (encode(Image.fromarray(grey[:, :, 0].astype(np.float32)), "TIFF"), "more than 8 bits a channel"),
        "alpha.png": (png(noise(4, 5, 5, 4)), "alpha channel"),
        "grey_alpha.png": (encode(Image.fromarray(noise(5, 5, 5, 2), "LA")), "alpha channel"),
        "transparent.png": (encode(palette, transparency=0), "transparency"),
        "transparent_grey.png": (encode(Image.fromarray(grey[:, :, 0]), transparency=3), "transparency"),
        "cmyk.jpg": (encode(Image.fromarray(colour).convert("CMYK"), "JPEG"), "CMYK colours"),
        "animated.gif": (encode(frames[0], "GIF", save_all=True, append_images=frames[1:]), "several frames"),
        "animated.png": (encode(frames[0], "PNG", save_all=True, append_images=frames[1:]), "several frames"),
        "bomb.png": (bomb(wide, 30_000, 30_000), "more than 67108864 pixels"),
        "large.png": (bomb(wide, 9_000, 9_000), "more than 67108864 pixels"),
        "poster.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not an image that can be read"),
    }


def sixteen_bit_rgb() -> bytes:
    """Return a PNG of 16 bits a channel, which Pillow reads as if it had 8 and cannot write."""
    import struct
    import zlib

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + bytes(range(12)) for _ in range(2))
    header = struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


def bomb(data: bytes, width: int, height: int) -> bytes:
    """Return a PNG whose header claims another size."""
    import struct
    import zlib

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
