"""Bytes become pixels by one rule, or are refused with a reason: no image is scored as something that it is not."""

from __future__ import annotations

import warnings
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from evalsuite.media.conversion import ALPHA, FIRST, OPAQUE, ORIENTATION, convert_samples, upright
from evalsuite.media.facts import Decoded, ImageFacts
from evalsuite.media.fast_decode import fast_pixels
from evalsuite.media.jpeg_quality import estimate_quality
from evalsuite.media.refused import RefusedImageError
from evalsuite.media.samples import SIXTEEN_MODES, bits_of, raws_of, read_samples

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "SUFFIXES",
    "convert_pillow",
    "decode_file",
    "decode_image",
    "pillow_pixels",
    "pillow_version",
]

MAX_PIXELS = 1 << 26
MAX_BYTES = 1 << 28
SUFFIXES = frozenset({".bmp", ".gif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})

_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_MAGIC = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")
_TIFF = (b"II*\0", b"MM\0*")
_ORIENTATION = 0x0112
_SEVERAL_PICTURES = "MPO"  # a JPEG with others behind it: previews, what a display may brighten, the other eye's view
_PILLOW = r"PIL\."
_OPAQUE = {"1": "L", "L": "L", "P": "RGB", "RGB": "RGB"}


def decode_image(data: bytes, where: str, *, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Decode an image file: its pixels only; see `decode_file`."""
    return decode_file(data, where, max_pixels=max_pixels).pixels


def decode_file(data: bytes, where: str, *, max_pixels: int = MAX_PIXELS) -> Decoded:
    """Decode an image file, and bring it to 8-bit grey or RGB by the rule of `evalsuite.media.conversion`.

    Grey and colour images of 8 bits a channel are taken as they are; whatever else was done to one has a name among
    its conversions. A kernel, and simplejpeg where it is installed, decode the kinds of PNG and JPEG for which they are
    equal to Pillow bit for bit, and Pillow the others; see `evalsuite.media.fast_decode`.

    Parameters
    ----------
    data : bytes
        BMP, GIF, JPEG, PNG, TIFF or WebP.
    where : str
        Named in messages.
    max_pixels : int
        More are refused.

    Returns
    -------
    Decoded

    Raises
    ------
    RefusedImageError
        If it is empty, damaged or cut off, no image, has pixels for which there is no rule (floats, 32 bits, other
        colours than grey, RGB and CMYK), several frames, or too many pixels.
    """
    if not data:
        raise RefusedImageError(where, "empty file")
    if len(data) > MAX_BYTES:
        raise RefusedImageError(where, f"more than {MAX_BYTES >> 20} MiB")
    from PIL import Image, UnidentifiedImageError

    _ignore_warnings_of_pillow()

    def open_again() -> Image.Image:
        return Image.open(BytesIO(data), formats=_FORMATS)

    try:
        with open_again() as image:
            _check_header(image, where, max_pixels)
            bits = bits_of(image, data)
            return _fast(image, bits, data) or _converted(image, bits, where, open_again)
    except (RefusedImageError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise RefusedImageError(where, f"more than {max_pixels} pixels") from None
    except UnidentifiedImageError:
        raise RefusedImageError(where, _unidentified(data)) from None
    except Exception as error:  # Pillow's decoders raise whatever comes to hand over damaged bytes
        raise RefusedImageError(where, "damaged or cut off") from error


def convert_pillow(image: Image, where: str) -> Decoded:
    """Bring a Pillow image of the user's to 8-bit grey or RGB as `decode_file` does; RefusedImageError likewise."""
    if image.width * image.height > MAX_PIXELS:
        raise RefusedImageError(where, f"more than {MAX_PIXELS} pixels")
    if image.mode not in SIXTEEN_MODES and any(";16" in raw for raw in raws_of(image)):
        raise RefusedImageError(where, "16-bit pixels that Pillow reads as 8", "give the file itself")
    image.load()
    copy = image.copy()
    bits = {"1": 1, "I": 32}.get(image.mode, 16 if image.mode in SIXTEEN_MODES else 8)
    return _converted(copy, bits, where, lambda: copy)


def pillow_pixels(image: Image, where: str) -> NDArray[np.uint8]:
    """Return the pixels of a Pillow image that a model made, upright.

    Raises
    ------
    RefusedImageError
        If it is not grey or RGB of 8 bits: what a model returns is taken as it is, or not at all.
    """
    import numpy as np
    from PIL import ImageOps

    if "transparency" in image.info or image.mode == "PA":
        raise RefusedImageError(where, "transparency", "put the images on a background and save them without it")
    if image.mode in ("LA", "La", "RGBA", "RGBa"):
        raise RefusedImageError(where, "alpha channel", "put the images on a background and save them without it")
    if image.mode.startswith("I") or image.mode == "F":
        raise RefusedImageError(where, "more than 8 bits a channel", "save the images with 8 bits")
    if image.mode not in _OPAQUE:
        raise RefusedImageError(where, f"{image.mode} colours", "save the images as grey or RGB")
    if image.getexif().get(_ORIENTATION, 1) != 1:
        image = ImageOps.exif_transpose(image)
    pixels = np.array(image.convert(_OPAQUE[image.mode]), dtype=np.uint8)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels


@cache
def pillow_version() -> str:
    """Return Pillow's name and version, as decoders are named."""
    from PIL import __version__

    return f"Pillow {__version__}"


def _fast(image: Image, bits: int, data: bytes) -> Decoded | None:
    """Decode without Pillow, where that gives the same; otherwise None."""
    found = fast_pixels(data, image, bits)
    if found is None:
        return None
    samples, decoder = found
    pixels, done = convert_samples(samples)
    orientation = image.getexif().get(_ORIENTATION, 1) if image.format == "JPEG" else 1
    return _described(image, bits, pixels, done, (orientation, orientation), decoder)


def _converted(image: Image, bits: int, where: str, again: Callable[[], Image]) -> Decoded:
    before = _header_orientation(image)
    samples, done = read_samples(image, bits, where, again)
    # Some formats are turned by Pillow, which then forgets the orientation; a PNG has it behind its pixels.
    left = image.getexif().get(_ORIENTATION, 1)
    pixels, more = convert_samples(samples)
    return _described(image, bits, pixels, [*done, *more], (before, left), pillow_version())


def _described(
    image: Image, bits: int, pixels: NDArray[np.uint8], done: list[str], orientations: tuple[int, int], decoder: str
) -> Decoded:
    is_turned = any(orientation in range(2, 9) for orientation in orientations)
    if is_turned:
        pixels = upright(pixels, orientations[1])
        done = [*done, ORIENTATION]
    kind = image.format or "Pillow"
    if kind == _SEVERAL_PICTURES:
        kind, done = "JPEG", [FIRST, *done]
    facts = ImageFacts(
        format=kind,
        mode=image.mode,
        bits=bits,
        decoder=decoder,
        quality=estimate_quality(getattr(image, "quantization", {})) if kind == "JPEG" else None,
        has_alpha=ALPHA in done or OPAQUE in done,
        is_turned=is_turned,
        has_profile=bool(image.info.get("icc_profile")),
        conversions=tuple(done),
    )
    return Decoded(pixels, facts)


def _header_orientation(image: Image) -> int:
    orientation = (
        image.getexif().get(_ORIENTATION, 1) if image.format in ("JPEG", _SEVERAL_PICTURES, "TIFF", "WEBP") else 1
    )
    return orientation if isinstance(orientation, int) else 1


def _ignore_warnings_of_pillow() -> None:
    """Keep Pillow's warnings from the user, who is told what was left out and why.

    Not by `warnings.catch_warnings`, which undoes what other threads do meanwhile.
    """
    first = warnings.filters[0] if warnings.filters else None
    if first is None or getattr(first[3], "pattern", first[3]) != _PILLOW:
        warnings.filterwarnings("ignore", module=_PILLOW)


def _check_header(image: Image, where: str, max_pixels: int) -> None:
    """Refuse, before any pixel is decoded, what must not be."""
    if image.width * image.height > max_pixels:
        raise RefusedImageError(where, f"more than {max_pixels} pixels")
    if getattr(image, "n_frames", 1) > 1 and image.format != _SEVERAL_PICTURES:
        raise RefusedImageError(where, "several frames")


def _unidentified(data: bytes) -> str:
    if data.startswith(_TIFF):
        return "damaged or cut off, or a rare kind of TIFF"
    return "damaged or cut off" if data.startswith(_MAGIC) else "not an image that can be read"
