"""Images that lie in a file, read when they are needed and checked against their hash."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.media.decode import MAX_BYTES, decode_image
from evalsuite.media.refused import RefusedImageError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["StoredImage", "read_bytes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """An image file, or a part of a larger file that is one. An `evalsuite.types.ImageSource`.

    Parameters
    ----------
    path : Path
    offset, length : int
        Where its bytes are.
    sha256 : str
        Of these bytes, in hexadecimal.
    """

    path: Path
    offset: int
    length: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.path}" + (f", bytes {self.offset} to {self.offset + self.length}" if self.offset else "")

    def data(self) -> bytes:
        """Read the bytes.

        Raises
        ------
        InputError
            If the file is gone, or its bytes are not those that were stored.
        """
        data = read_bytes(self.path, self.offset, self.length)
        if len(data) != self.length or hashlib.sha256(data).hexdigest() != self.sha256:
            raise InputError(
                f"{self}: the image is not the one that was stored (its SHA-256 differs). Restore the file from a "
                "copy, or generate or evaluate anew into another folder"
            )
        return data

    def pixels(self) -> NDArray[np.uint8]:
        """Read the image: uint8, shape (height, width, channels), 1 or 3 channels.

        Raises
        ------
        InputError
            If it is gone, was changed, or is no image that can be scored.
        """
        return decode_image(self.data(), str(self))


def read_bytes(path: Path, offset: int = 0, length: int | None = None) -> bytes:
    """Read a part of a file, or all of it; of a file that ends before, what there is.

    Raises
    ------
    RefusedImageError
        If it is no regular file, cannot be read, or is longer than an image may be.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would never end
            raise RefusedImageError(str(path), "not a regular file")
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            wanted = os.fstat(fd).st_size - offset if length is None else length
            if wanted > MAX_BYTES:
                raise RefusedImageError(str(path), f"more than {MAX_BYTES >> 20} MiB")
            parts: list[bytes] = []
            while wanted > 0 and (part := os.pread(fd, wanted, offset)):
                parts.append(part)
                offset += len(part)
                wanted -= len(part)
            return b"".join(parts)
        finally:
            os.close(fd)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise RefusedImageError(str(path), f"cannot be read: {said}") from error
