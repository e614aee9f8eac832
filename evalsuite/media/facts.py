"""What there is to know of an image file beside its pixels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["STORED_AS_PIXELS", "Decoded", "ImageFacts", "pixel_digest"]

STORED_AS_PIXELS = "none: stored as pixels"
"""The decoder of images that are no files but arrays."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """How an image was stored, and what was done to make it 8-bit grey or RGB.

    Parameters
    ----------
    format : str
        As Pillow names it, such as ``"JPEG"``; ``"array"`` for a row of an array.
    mode : str
        Pillow's name for the kind of its pixels, such as ``"RGB"``, ``"RGBA"`` or ``"P"``.
    bits : int
        A channel, as stored.
    decoder : str
        What made pixels of it, with its version.
    quality : int, optional
        Estimate of a JPEG's, 1 to 100.
    has_alpha, is_turned, has_profile : bool
        Whether there is transparency, an EXIF orientation other than upright, a colour profile, which is not applied.
    conversions : tuple of str
        Names of what was done, of `evalsuite.media.conversion`.
    """

    format: str
    mode: str
    bits: int = 8
    decoder: str = STORED_AS_PIXELS
    quality: int | None = None
    has_alpha: bool = False
    is_turned: bool = False
    has_profile: bool = False
    conversions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoded:
    """Pixels, uint8 of shape (height, width, 1 or 3), how they were stored, and their digest where it is known.

    See `pixel_digest`.
    """

    pixels: NDArray[np.uint8]
    facts: ImageFacts
    digest: bytes | None = None


def pixel_digest(pixels: NDArray[np.uint8]) -> bytes:
    """Return the SHA-256 of an image's shape and pixels."""
    digest = hashlib.sha256(f"{pixels.shape}".encode("ascii"))
    digest.update(pixels.data if pixels.flags.c_contiguous else pixels.tobytes())
    return digest.digest()
