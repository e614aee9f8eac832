"""Peak signal-to-noise ratio of an image with a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.images.pair import checked_pair

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decibels", "psnr", "squared_error"]


def psnr(image: NDArray[Any], reference: NDArray[Any], *, data_range: float | None = None) -> float:
    """Peak signal-to-noise ratio, in decibels.

    Parameters
    ----------
    image, reference : array, shape (height, width) or (height, width, channels)
        Of one shape; uint8, or floats with a `data_range`.
    data_range : float, optional
        Greatest value less the least that there can be; 255 for uint8 where None.

    Returns
    -------
    float
        Infinite for equal images; at least 0 for images within their range.

    Raises
    ------
    TypeError, ValueError
        If the images have no such shape, two shapes, or values that are not finite, or `data_range` is wrong.

    Notes
    -----
    ``10 log10(data_range**2 / MSE)``, with the mean of the squared differences over all pixels and channels.

    References
    ----------
    .. [1] Huynh-Thu and Ghanbari, "Scope of validity of PSNR in image/video quality assessment", Electronics
       Letters 44, 2008.

    Examples
    --------
    >>> import numpy as np
    >>> black = np.zeros((8, 8), dtype=np.uint8)
    >>> round(psnr(black + np.uint8(1), black), 4)  # 20 log10(255)
    48.1308
    """
    x, y, span = checked_pair(image, reference, data_range)
    return float(decibels(np.float64(((x - y) ** 2).mean()), span))


def squared_error(image: NDArray[np.uint8], reference: NDArray[np.uint8]) -> float:
    """Return the sum of the squared differences of two images of uint8, exactly; see `psnr` for errors."""
    x, y, _ = checked_pair(image, reference, None)
    return float(((x - y) ** 2).sum())


def decibels(error: NDArray[np.float64] | np.float64, data_range: float = 255.0) -> NDArray[np.float64]:
    """Return the ratio for mean squared errors, float64 of any shape: infinite where the error is 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(20 * np.log10(data_range) - 10 * np.log10(error))
