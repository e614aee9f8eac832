"""Resizing of images, bit for bit as Pillow resizes floats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array, check_flag, check_integer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["resize_bicubic"]

_MAX_SIZE: Final = 2**14


def resize_bicubic(image: NDArray[np.uint8], size: int, *, centred: bool = False) -> NDArray[np.float32]:
    """Image resized to a square, bicubic with antialiasing.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, channels), C-contiguous
        Of 1 or 3 channels, and of at least one pixel.
    size : int
        Pixels along an edge of the result, 1 to 2**14.
    centred : bool, default False
        Clamp each value ``v`` to 0 to 255, and return ``(v - 128) / 128``.

    Returns
    -------
    ndarray of float32, shape (channels, size, size)
        0 to 255 and a little beyond; or -1 to 0.9921875 if `centred`.

    Raises
    ------
    TypeError
        If the array has another dtype or the size is not an int.
    ValueError
        If a shape, the layout or the size is not as above.

    Notes
    -----
    ``v = sum_k w(|k + 1/2 - c| / s) v[k] / sum_k w(|k + 1/2 - c| / s)``, along rows and then along columns. There ``n``
    is the number of pixels of the edge, ``c = (i + 1/2) n / size`` the centre of output pixel ``i``, ``s = max(n /
    size, 1)``, and ``w`` Keys' cubic kernel [1]_ with a = -0.5, which is 0 from 2 on. An edge of `size` pixels is left
    as it is.

    Weights and sums are of double precision; a sum is added up from the first pixel to the last one and rounded to
    float32, once along the row and once along the column. So Pillow resizes an image of mode ``F`` with
    ``Image.Resampling.BICUBIC``, and its wheels for x86-64 give the same bits. Pillow 13 begins with columns where
    ``height - size`` is positive and more than ``2 (width - size)``: what is rounded between is then something else,
    and values differ by less than 1e-4.

    References
    ----------
    .. [1] Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions on Acoustics, Speech
       and Signal Processing 29 (1981).

    Examples
    --------
    >>> edge = np.array([[[0], [0], [128], [128]]], dtype=np.uint8)
    >>> resize_bicubic(edge, 2)[0, 0].round().tolist()
    [11.0, 117.0]
    """
    check_array(image, "image", (np.uint8,), 3, contiguous=True)
    if 0 in image.shape or image.shape[2] not in (1, 3):
        raise ValueError(f"`image` must have at least one pixel, and 1 or 3 channels; found shape {image.shape}")
    edge = check_integer(size, "size", 1, _MAX_SIZE)
    resized = _rust.resize_bicubic(image, edge, check_flag(centred, "centred"))
    return np.frombuffer(resized, dtype=np.float32).reshape(image.shape[2], edge, edge)
