"""The IDX format of MNIST: a big-endian header with the shape, then one byte a value; compressed with gzip."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from typing import TYPE_CHECKING

from evalsuite.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["read_idx", "write_idx"]

_UINT8 = 0x08


def read_idx(path: Path, shape: tuple[int, ...], advice: str) -> NDArray[np.uint8]:
    """Read an array of bytes.

    Parameters
    ----------
    path : Path
        A file as `write_idx` writes it, or one of MNIST's.
    shape : tuple of int
        What the array must have.
    advice : str
        What to do when the file is not as it should be; ends the message.

    Returns
    -------
    ndarray
        uint8, not writable.

    Raises
    ------
    InputError
        If the file cannot be read, is not IDX, or holds another shape.

    References
    ----------
    .. [1] LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998: the file format.
    """
    import numpy as np

    expected = f"expected IDX bytes of shape {shape} in gzip"
    header, n_bytes = 4 + 4 * len(shape), math.prod(shape)
    try:
        with gzip.open(path) as file:
            raw = file.read(header + n_bytes + 1)  # no more, whatever the file would unfold to
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); {advice}") from None
    except (EOFError, zlib.error) as error:
        raise InputError(f"{path}: {expected}, found a broken stream ({error}); {advice}") from None
    if len(raw) < header or raw[:4] != bytes((0, 0, _UINT8, len(shape))):
        raise InputError(f"{path}: {expected}, found another header ({raw[:4].hex()}); {advice}")
    found = struct.unpack(f">{len(shape)}I", raw[4:header])
    if found != shape or len(raw) != header + n_bytes:
        raise InputError(f"{path}: {expected}, found shape {found} and {len(raw) - header} bytes; {advice}")
    return np.frombuffer(raw, dtype=np.uint8, offset=header).reshape(shape)


def write_idx(path: Path, array: NDArray[np.uint8]) -> None:
    """Write an array of bytes so that the same array gives the same file wherever zlib is the same."""
    header = bytes((0, 0, _UINT8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes(), compresslevel=9, mtime=0))
