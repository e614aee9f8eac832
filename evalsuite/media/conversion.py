"""The rule by which images become 8-bit grey or RGB: exact arithmetic, rounded once, and a name for whatever was done.

With samples from 0 to ``M`` (255, or 65535 for 16 bits):

- 16 bits: ``round(v / 257)``;
- alpha: ``round(255 (v a + M (M - a)) / M**2)``, which is over white, so that what is hidden does not count;
- CMYK: ``R = round(255 (M - C) (M - K) / M**2)``, and G and B by magenta and yellow in the place of cyan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ALPHA",
    "CMYK",
    "CONVERSION_RULE",
    "EXACT",
    "FIRST",
    "FLOAT",
    "OPAQUE",
    "ORIENTATION",
    "PALETTE",
    "Samples",
    "convert_samples",
    "described_conversions",
    "few_bits",
    "upright",
]

CONVERSION_RULE = 1
"""Goes up whenever the pixels of an image could change; it stands in statistics files and in what is told of a set."""

SIXTEEN = "16-bit to 8-bit"
ALPHA = "alpha over white"
OPAQUE = "opaque alpha dropped"
PALETTE = "palette to RGB"
CMYK = "CMYK to RGB"
ORIENTATION = "EXIF orientation applied"
FLOAT = "float in [0, 1] to 8-bit"
FIRST = "first picture of several"

EXACT = frozenset({PALETTE, ORIENTATION, OPAQUE, FIRST, "1-bit to 8-bit", "2-bit to 8-bit", "4-bit to 8-bit"})
"""What is only another way to store the same picture."""

_ROWS = 1 << 18  # samples converted at a time, as wider integers take eight times their memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """What an image file holds, before it is converted.

    Parameters
    ----------
    values : uint8 or uint16, shape (height, width, channels)
        1 channel for grey, 3 for RGB, 4 for CMYK.
    alpha : of the same type, shape (height, width), optional
    premultiplied : bool
        Whether the values were multiplied by alpha already.
    """

    values: NDArray[np.uint8] | NDArray[np.uint16]
    alpha: NDArray[np.uint8] | NDArray[np.uint16] | None = None
    premultiplied: bool = False


def convert_samples(samples: Samples) -> tuple[NDArray[np.uint8], list[str]]:
    """Return pixels by the rule, uint8 of shape (height, width, 1 or 3), and the names of what was done.

    Examples
    --------
    >>> import numpy as np
    >>> black = np.zeros((1, 2, 1), np.uint8)
    >>> pixels, done = convert_samples(Samples(values=black, alpha=np.array([[255, 0]], np.uint8)))
    >>> pixels[0, :, 0].tolist(), done
    ([0, 255], ['alpha over white'])
    """
    import numpy as np

    values, alpha = samples.values, samples.alpha
    largest = (1 << 8 * values.dtype.itemsize) - 1
    done = [SIXTEEN] if largest > 255 else []
    if values.shape[2] == 4:
        done.append(CMYK)
    if alpha is not None and bool((alpha == largest).all()):
        done.append(OPAQUE)
        alpha = None
    elif alpha is not None:
        done.append(ALPHA)
    if alpha is None and values.shape[2] != 4 and values.dtype == np.uint8:
        return np.ascontiguousarray(values, dtype=np.uint8), done
    height, width, channels = values.shape
    pixels = np.empty((height, width, min(channels, 3)), dtype=np.uint8)
    step = max(1, _ROWS // max(1, width * channels))
    for start in range(0, height, step):
        rows = slice(start, start + step)
        for channel in range(pixels.shape[2]):  # by planes, which are many times faster than by pixels
            part = values[rows, :, channel]
            if channels == 4:
                found = _rounded(_wide(largest - part) * _wide(largest - values[rows, :, 3]), largest)
            elif alpha is None:
                found = _narrow(part)
            elif samples.premultiplied:
                found = _narrow(largest - (alpha[rows] - np.minimum(part, alpha[rows])))
            else:
                opacity = _wide(alpha[rows])
                found = _rounded(_wide(part) * opacity + (largest - opacity) * largest, largest)
            pixels[rows, :, channel] = found
    return pixels, done


def described_conversions(conversions: Mapping[str, int]) -> str:
    """Say what was done to how many images, and by which version of the rule.

    Examples
    --------
    >>> described_conversions({"alpha over white": 10, "16-bit to 8-bit": 3})
    'converted by rule 1: 10 x alpha over white, 3 x 16-bit to 8-bit'
    """
    counts = ", ".join(f"{count} x {name}" for name, count in conversions.items())
    return f"converted by rule {CONVERSION_RULE}: {counts}"


def few_bits(bits: int) -> str:
    """Return the name of the conversion of grey of fewer than 8 bits, which is spread over 0 to 255."""
    return f"{bits}-bit to 8-bit"


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Return an image as EXIF's orientation, 1 to 8, says that it is to be seen; of another number as it is."""
    import numpy as np

    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _wide(samples: NDArray[Any]) -> NDArray[Any]:
    """Return samples as integers that hold their products: of 8 bits, of 16; and those times 510: of 64."""
    import numpy as np

    return samples.astype(np.uint16 if samples.dtype.itemsize == 1 else np.uint64)


def _rounded(products: NDArray[Any], largest: int) -> NDArray[Any]:
    """Return ``255 p / largest**2``, rounded, in the place of products; ties cannot be."""
    if largest == 255:
        products += 128
        products += products >> 8
        products >>= 8  # exact for all p up to 255 * 255
        return products
    whole = largest * largest
    products *= 510
    products += whole
    products //= 2 * whole
    return products


def _narrow(samples: NDArray[Any]) -> NDArray[Any]:
    """Return samples of 16 bits over 257, rounded; those of 8 bits as they are."""
    import numpy as np

    if samples.dtype.itemsize == 1:
        return samples
    wide: NDArray[Any] = samples.astype(np.uint32)
    wide *= 255
    wide += 32895
    wide >>= 16  # exact for all values of 16 bits
    return wide
