"""Others in the place of Pillow, for the kinds of files for which all are equal bit for bit.

Which those are was found by comparing them on files of every kind, whole and damaged (``test_fast_decode.py``):

- simplejpeg, where it is installed, for sequential and progressive JPEG with Huffman codes, 8 bits, in grey or colour;
- a kernel for PNG of 8 bits in grey or RGB, with alpha or without.

Other kinds are left to Pillow, and so is every file that the other refuses or that is not whole: what can be read never
depends on what is installed.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from evalsuite.media.conversion import Samples

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["fast_pixels"]

_JPEG_CHANNELS = {"L": 1, "RGB": 3}
_PNG_CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
_PLAIN_FRAMES = frozenset((0xC0, 0xC1, 0xC2))  # ITU-T T.81, table B.1
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Chunks that change neither a pixel nor how an image is to be seen.
_HARMLESS = frozenset((b"IHDR", b"IDAT", b"IEND", b"bKGD", b"cHRM", b"gAMA", b"iCCP", b"pHYs", b"sRGB", b"tIME"))


def fast_pixels(data: bytes, image: Image, bits: int) -> tuple[Samples, str] | None:
    """Decode a file of which Pillow has read the header.

    Returns
    -------
    (Samples, str) or None
        And the decoder's name and version; None where Pillow has to decode it.
    """
    if image.format == "JPEG":
        decode, name = _jpeg_decoder()
        channels = _JPEG_CHANNELS.get(image.mode, 0)
        is_plain = _is_plain_jpeg
    elif image.format == "PNG" and bits == 8:
        from evalsuite.kernels.decoding import decode_png, png_decoder

        decode, name = decode_png, png_decoder()
        channels = _PNG_CHANNELS.get(image.mode, 0)
        is_plain = _is_plain_png
    else:
        return None
    if decode is None or not channels or not is_plain(data):
        return None
    try:
        pixels = decode(data, (image.height, image.width, channels))
    except Exception:  # Pillow says what is wrong with it, or reads it
        return None
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.dtype != "uint8" or pixels.shape != (image.height, image.width, channels):
        return None
    if channels in (2, 4):
        return Samples(values=pixels[:, :, :-1], alpha=pixels[:, :, -1]), name
    return Samples(values=pixels), name


@cache
def _jpeg_decoder() -> tuple[Callable[[bytes, tuple[int, int, int]], NDArray[np.uint8]] | None, str]:
    module, name = _installed("simplejpeg")
    if module is not None:
        decode_jpeg = module.decode_jpeg
        return lambda data, shape: decode_jpeg(data, "GRAY" if shape[2] == 1 else "RGB"), name
    return None, ""


def _installed(package: str) -> tuple[Any, str]:
    """Return a package and its name with its version; None where it is missing or does not load."""
    try:
        module = import_module(package)
        release = getattr(module, "__version__", None) or version(package)
    except (ImportError, OSError, RuntimeError, PackageNotFoundError):
        return None, ""
    return module, f"{package} {release}"


def _is_plain_jpeg(data: bytes) -> bool:
    """Whether a JPEG is of a kind that all read: sequential or progressive, with Huffman codes and 8 bits."""
    at = 2
    while at + 5 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
        elif marker in _FRAMES:
            return marker in _PLAIN_FRAMES and data[at + 4] == 8
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def _is_plain_png(data: bytes) -> bool:
    """Whether a PNG has all its chunks, and none from which Pillow takes more than pixels."""
    if not data.startswith(_SIGNATURE):
        return False
    view = memoryview(data)
    at = len(_SIGNATURE)
    while at + 12 <= len(view):
        length = int.from_bytes(view[at : at + 4], "big")
        end = at + 8 + length
        kind = bytes(view[at + 4 : at + 8])
        if kind not in _HARMLESS or end + 4 > len(view):
            return False
        if kind == b"IEND":
            return True
        at = end + 4
    return False
