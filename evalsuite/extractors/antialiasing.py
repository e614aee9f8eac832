"""Bicubic resizing with antialiasing, as matrix products with the blocks of weights that are not zero."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["LONGEST_EDGE", "resize_bicubic"]

LONGEST_EDGE = 1 << 13
"""Most pixels along an edge: the weights of longer ones would take more memory than the image."""

_ROWS = 32  # of weights in a block: few enough to skip the zeros, enough to be a product of matrices
_SUPPORT = 2  # of the kernel, in pixels of the smaller image
_A = -0.5


def resize_bicubic(image: NDArray[np.uint8], size: int) -> Tensor:
    """Resize an image to `size` by `size` in float32, from weights in float64, without clamping.

    Parameters
    ----------
    image : uint8 array, shape (height, width, channels)
        Of at most 8,192 pixels along an edge.
    size : int

    Returns
    -------
    Tensor
        float32, shape (channels, size, size), 0 to 255 and a little beyond.

    Notes
    -----
    ``v = sum_k w(|k - x| / s) v[k] / sum_k w(|k - x| / s)`` along both axes, the longer one first, ``x = (i + 0.5) n /
    size - 0.5`` and ``s = max(n / size, 1)``, with Keys' cubic kernel [1]_, a = -0.5. An output pixel reads ``4 s`` or
    so of an edge's pixels: 32 neighbouring ones read a short run of them, and are a small dense product.

    References
    ----------
    .. [1] Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions on Acoustics, Speech
       and Signal Processing 29 (1981).

    Examples
    --------
    >>> import numpy as np
    >>> resize_bicubic(np.full((5, 9, 1), 7, np.uint8), 4)[0, 0].round(decimals=5).tolist()
    [7.0, 7.0, 7.0, 7.0]
    """
    import numpy as np
    import torch

    height, width, channels = image.shape
    pixels = torch.from_numpy(np.asarray(image).astype(np.float32, order="C"))
    if height < width:
        lines = pixels.permute(2, 0, 1).reshape(channels * height, width)
        narrow = _columns(lines, size).view(channels, height, size)
        found = torch.empty(channels, size, size)
        for start, low, weights in _blocks(height, size):
            found[:, start : start + len(weights)] = weights @ narrow[:, low : low + weights.shape[1]]
        return found
    lines = pixels.view(height, width * channels)
    low_lines = torch.empty(size, width * channels)
    for start, low, weights in _blocks(height, size):
        torch.mm(weights, lines[low : low + weights.shape[1]], out=low_lines[start : start + len(weights)])
    planes = low_lines.view(size, width, channels).permute(2, 0, 1).reshape(channels * size, width)
    return _columns(planes, size).view(channels, size, size)


def _columns(lines: Tensor, size: int) -> Tensor:
    import torch

    found = torch.empty(len(lines), size)
    for start, low, weights in _blocks(lines.shape[1], size):
        torch.mm(lines[:, low : low + weights.shape[1]], weights.T, out=found[:, start : start + len(weights)])
    return found


@lru_cache(maxsize=64)
def _blocks(n: int, size: int) -> tuple[tuple[int, int, Tensor], ...]:
    """Return weights by blocks of output pixels: the first of these, the first input pixel, and the weights."""
    import numpy as np
    import torch

    scale = max(n / size, 1.0)
    places = (np.arange(size) + 0.5) * n / size - 0.5
    found = []
    for start in range(0, size, _ROWS):
        part = places[start : start + _ROWS]
        low = max(int(np.floor(part[0] - _SUPPORT * scale)), 0)
        high = min(int(np.ceil(part[-1] + _SUPPORT * scale)) + 1, n)
        weights = _kernel(np.abs(np.arange(low, high) - part[:, None]) / scale)
        weights /= weights.sum(axis=1, keepdims=True)
        found.append((start, low, torch.from_numpy(weights.astype(np.float32))))
    return tuple(found)


def _kernel(t: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    near = ((_A + 2) * t - (_A + 3)) * t * t + 1
    far = ((t - 5) * t + 8) * t * _A - 4 * _A
    return np.where(t < 1, near, np.where(t < _SUPPORT, far, 0.0))
