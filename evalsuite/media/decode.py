"""Bytes become pixels exactly, or are refused with a reason: no image is scored as something that it is not."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING

from evalsuite.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["MAX_BYTES", "MAX_PIXELS", "SUFFIXES", "RefusedImageError", "decode_image", "pillow_pixels"]

MAX_PIXELS = 1 << 26
MAX_BYTES = 1 << 28
SUFFIXES = frozenset({".bmp", ".gif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})

_FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_MAGIC = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")
_PNG_BIT_DEPTH = 24  # signature, length and name of the first chunk, width, height
_TIFF_BITS_PER_SAMPLE = 258
_ORIENTATION = 0x0112
_OPAQUE = {"1": "L", "L": "L", "P": "RGB", "RGB": "RGB"}


class RefusedImageError(InputError):
    """An image that cannot be scored.

    Parameters
    ----------
    where : str
        The file, or the member of an archive.
    reason : str
        In a few words that are the same for all such images, so that they can be counted.
    advice : str, optional
        What to do.
    """

    def __init__(self, where: str, reason: str, advice: str = "") -> None:
        super().__init__(f"{where}: {reason}" + (f"; {advice}" if advice else ""))
        self.reason = reason


def decode_image(data: bytes, where: str) -> NDArray[np.uint8]:
    """Decode an image file.

    Grey and colour images of 8 bits a channel (or 1 bit) are taken as they are; a palette without transparency becomes
    the colours it stands for. An EXIF orientation is applied, as every viewer does.

    Parameters
    ----------
    data : bytes
        BMP, GIF, JPEG, PNG, TIFF or WebP.
    where : str
        Named in messages.

    Returns
    -------
    uint8 array, shape (height, width, channels)
        1 channel for grey, 3 for colour.

    Raises
    ------
    RefusedImageError
        If it is empty, damaged or cut off, no image, has more than 8 bits a channel, transparency, other colours than
        grey and RGB, several frames, or more than 2**26 pixels.
    """
    if not data:
        raise RefusedImageError(where, "empty file")
    if len(data) > MAX_BYTES:
        raise RefusedImageError(where, f"more than {MAX_BYTES >> 20} MiB")
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=_FORMATS) as image:
                _check_header(image, data, where)
                image.load()
                return pillow_pixels(image, where)
    except (RefusedImageError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise RefusedImageError(where, f"more than {MAX_PIXELS} pixels") from None
    except UnidentifiedImageError:
        known = data.startswith(_MAGIC)
        raise RefusedImageError(where, "damaged or cut off" if known else "not an image that can be read") from None
    except Exception as error:  # Pillow's decoders raise whatever comes to hand over damaged bytes
        raise RefusedImageError(where, "damaged or cut off") from error


def pillow_pixels(image: Image, where: str) -> NDArray[np.uint8]:
    """Return the pixels of a Pillow image, upright; RefusedImageError as in `decode_image`."""
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


def _check_header(image: Image, data: bytes, where: str) -> None:
    """Refuse, before any pixel is decoded, what must not be, and what Pillow would decode to fewer bits."""
    if image.width * image.height > MAX_PIXELS:
        raise RefusedImageError(where, f"more than {MAX_PIXELS} pixels")
    if getattr(image, "n_frames", 1) > 1:
        raise RefusedImageError(where, "several frames")
    bits = [data[_PNG_BIT_DEPTH]] if image.format == "PNG" else []
    if image.format == "TIFF":
        bits = list(image.tag_v2.get(_TIFF_BITS_PER_SAMPLE, ()))  # type: ignore[attr-defined]
    if any(bit > 8 for bit in bits):
        raise RefusedImageError(where, "more than 8 bits a channel", "save the images with 8 bits")
