"""Images that were enlarged by repeating pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["is_enlarged"]

_LEAST = 16


def is_enlarged(pixels: NDArray[np.uint8]) -> bool:
    """Whether an image consists of equal blocks of 2x2 or 3x3 pixels, and is neither tiny nor of one colour.

    Enlarging by a smooth filter is not seen.
    """
    height, width, channels = pixels.shape
    if min(height, width) < _LEAST:
        return False
    for factor in (2, 3):
        if height % factor or width % factor:
            continue
        middle = height // 2 // factor * factor
        if (pixels[middle] != pixels[middle + 1]).any():  # which most images end with
            continue
        blocks = pixels.reshape(height // factor, factor, width // factor, factor, channels)
        if (blocks == blocks[:, :1, :, :1]).all() and (pixels != pixels[:1, :1]).any():
            return True
    return False
