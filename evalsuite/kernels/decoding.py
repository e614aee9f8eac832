"""Decoding of PNG files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_integer

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decode_png", "png_decoder"]

_MOST = (2**30, 2**30, 4)
_MAX_PIXELS = 2**30


def decode_png(data: bytes, shape: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Pixels of a PNG file of 8 bits a channel.

    Parameters
    ----------
    data : bytes
        The file.
    shape : (int, int, int)
        Height, width and channels that its header names: 1 for grey, 3 for RGB, one more with alpha.

    Returns
    -------
    ndarray of uint8, shape `shape`
        As stored: neither gamma nor a background nor a profile is applied.

    Raises
    ------
    TypeError
        If `data` is not bytes, or the shape is not of ints.
    ValueError
        If the file is damaged, cut off, of another shape, or has another depth or a palette. All its checksums count.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"`data` must be bytes; found {type(data).__name__}")
    height, width, channels = (check_integer(n, "shape", 1, most) for n, most in zip(shape, _MOST, strict=True))
    if height * width > _MAX_PIXELS:
        raise ValueError(f"`shape` must be of at most 2**30 pixels; found {height} x {width}")
    pixels = _rust.decode_png(data, (height, width, channels))
    return np.frombuffer(pixels, dtype=np.uint8).reshape(height, width, channels)


def png_decoder() -> str:
    """Name and version of the decoder.

    Returns
    -------
    str
        ``"png 0.18.1"``: a crate of Rust.
    """
    return _rust.png_decoder()
