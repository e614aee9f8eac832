"""Two images of one size, as float64, and the range of their values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["checked_pair"]

_LEVELS = 255.0


def checked_pair(
    image: NDArray[Any], reference: NDArray[Any], data_range: float | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Check two images and bring them to one form.

    Parameters
    ----------
    image, reference : array, shape (height, width) or (height, width, channels)
        One shape; uint8, or floats with a `data_range`.
    data_range : float, optional
        Greatest value less the least that there can be; 255 for uint8 where None.

    Returns
    -------
    tuple of float64, shape (height, width, channels), the same, and float

    Raises
    ------
    TypeError
        If an image is no array of uint8 or floats.
    ValueError
        If the shapes are others or differ, a value is not finite, or `data_range` is missing or not above 0.
    """
    found = []
    for name, array in (("image", image), ("reference", reference)):
        if not isinstance(array, np.ndarray) or (array.dtype != np.uint8 and array.dtype.kind != "f"):
            kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
            raise TypeError(f"`{name}` must be an array of uint8 or floats, got {kind}")
        if array.ndim not in (2, 3) or 0 in array.shape:
            raise ValueError(
                f"`{name}` must have shape (height, width) or (height, width, channels), none of them 0, "
                f"got {array.shape}"
            )
        found.append(np.asarray(array, dtype=np.float64).reshape(*array.shape[:2], -1))
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"`{name}` must be finite, it holds NaN or infinity")
    if found[0].shape != found[1].shape:
        raise ValueError(
            f"`image` and `reference` must have one shape, got {image.shape} and {reference.shape}; resize neither "
            "without saying so: the score is of what was generated"
        )
    if data_range is None:
        if image.dtype != np.uint8 or reference.dtype != np.uint8:
            raise ValueError("`data_range` must be given for floats: greatest value less the least that there can be")
        return found[0], found[1], _LEVELS
    if isinstance(data_range, bool) or not isinstance(data_range, (int, float)):
        raise TypeError(f"`data_range` must be a number, got {type(data_range).__name__}")
    if not (math.isfinite(data_range) and data_range > 0):
        raise ValueError(f"`data_range` must be finite and above 0, got {data_range}")
    return found[0], found[1], float(data_range)
