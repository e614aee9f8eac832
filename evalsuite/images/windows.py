"""Means over a Gaussian window about each pixel, as structural similarity takes them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BORDERS", "SIGMA", "WINDOW", "Border", "check_border", "similarity_means"]

WINDOW: Final = 11
"""Pixels along an edge of the window."""

SIGMA: Final = 1.5
"""Standard deviation of the window's weights, in pixels."""

Border: TypeAlias = Literal["valid", "reflect"]
BORDERS: Final = ("valid", "reflect")

_K1, _K2 = 0.01, 0.03
_HALF = WINDOW // 2
_VALUES = 1 << 20  # of an image at a time: 8 MiB of each of a dozen arrays


def check_border(border: object) -> None:
    """Raise ValueError unless `border` is one of `BORDERS`."""
    if border not in BORDERS:
        raise ValueError(f'`border` must be "valid" or "reflect", got {border!r}')


def similarity_means(
    x: NDArray[np.float64], y: NDArray[np.float64], data_range: float, border: Border
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Structural similarity, and its part without the means, in the window about each pixel: their means.

    Parameters
    ----------
    x, y : float64, shape (height, width, channels)
        At least 11 pixels along each edge, or 6 with ``border="reflect"``.
    data_range : float
        Above 0.
    border : {"valid", "reflect"}
        Windows that lie within the image; or one about each pixel of the image mirrored at its outermost pixels.

    Returns
    -------
    tuple of float64, both of shape (channels,)
        ``l c s`` and ``c s`` of the paper, with its constants 0.01 and 0.03.
    """
    constants = (_K1 * data_range) ** 2, (_K2 * data_range) ** 2
    if border == "reflect":
        sides = ((_HALF, _HALF), (_HALF, _HALF), (0, 0))
        x, y = np.pad(x, sides, mode="reflect"), np.pad(y, sides, mode="reflect")
    rows, columns = x.shape[0] - WINDOW + 1, x.shape[1] - WINDOW + 1
    sums = np.zeros((2, x.shape[2]))
    step = max(1, _VALUES // (x.shape[1] * x.shape[2]))
    for start in range(0, rows, step):
        strip = slice(start, min(start + step, rows) + WINDOW - 1)
        sums += [part.sum(axis=(0, 1)) for part in _maps(x[strip], y[strip], *constants)]
    means = sums / (rows * columns)
    return means[0], means[1]


def _maps(
    x: NDArray[np.float64], y: NDArray[np.float64], c1: float, c2: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean_x, mean_y = _blurred(x), _blurred(y)
    means = mean_x * mean_y
    squares_x, squares_y = mean_x * mean_x, mean_y * mean_y
    # Not cut off at 0, below which rounding may leave them: so those of equal images are equal.
    variance_x = _blurred(x * x) - squares_x
    variance_y = _blurred(y * y) - squares_y
    covariance = _blurred(x * y) - means
    contrast = (2 * covariance + c2) / (variance_x + variance_y + c2)
    return (2 * means + c1) / (squares_x + squares_y + c1) * contrast, contrast


@lru_cache(maxsize=1)
def _weights() -> tuple[float, ...]:
    at = np.arange(WINDOW) - _HALF
    weights = np.exp(-((at / SIGMA) ** 2) / 2)
    return tuple((weights / weights.sum()).tolist())


def _blurred(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weighted means over all windows within an image, along one axis and then the other."""
    for axis in (0, 1):
        n = x.shape[axis] - WINDOW + 1
        total = np.zeros((n, *x.shape[1:]) if axis == 0 else (x.shape[0], n, x.shape[2]))
        for offset, weight in enumerate(_weights()):
            total += weight * (x[offset : offset + n] if axis == 0 else x[:, offset : offset + n])
        x = total
    return x
