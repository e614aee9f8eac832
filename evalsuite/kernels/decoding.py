"""Decoding of PNG files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_integer, new_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decode_png", "png_decoder"]

_MAX_EDGE = 2**31 - 1  # of a PNG


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
    height, width, channels = (check_integer(n, "shape", 1, _MAX_EDGE) for n in shape)
    out = new_table((height, width, channels), np.uint8, "shape", height)
    _rust.decode_png(data, out)
    return out


def png_decoder() -> str:
    """Name and version of the decoder.

    Returns
    -------
    str
        ``"png 0.18.1"``: a crate of Rust.
    """
    return _rust.png_decoder()
