"""The header of a NumPy array in a file, which is read before a single element is, and arrays mapped into memory."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.media.decode import MAX_PIXELS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "MAX_HEADER_BYTES",
    "ArrayHeader",
    "is_image_shape",
    "is_video_shape",
    "map_npy",
    "read_header",
    "shapes_wanted",
]

MAX_HEADER_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class ArrayHeader:
    """Shape, whether it is in C order, type, and where the elements begin."""

    shape: tuple[int, ...]
    in_order: bool
    dtype: np.dtype[Any]
    start: int

    @property
    def count(self) -> int:
        """Elements."""
        count = 1
        for length in self.shape:
            count *= length
        return count

    @property
    def n_bytes(self) -> int:
        """Bytes of header and elements; of objects, which are never read, of their pointers."""
        return self.start + self.count * self.dtype.itemsize


def read_header(file: BinaryIO | Any) -> ArrayHeader:
    """Read the header of an array; ValueError if it is none, or longer than 64 KiB, which NumPy would read."""
    import numpy as np

    head = BytesIO(file.read(MAX_HEADER_BYTES))
    version = np.lib.format.read_magic(head)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(head)
    if any(length < 0 for length in shape):
        raise ValueError(f"the shape {shape} has a negative length")
    return ArrayHeader(shape, not fortran, dtype, head.tell())


def is_image_shape(shape: tuple[int, ...]) -> bool:
    """Whether an array of uint8 of this shape may be images: (n, height, width) or (n, height, width, 1 or 3)."""
    sound = len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3))
    return sound and shape[1] * shape[2] <= MAX_PIXELS and 0 not in shape[1:]


def is_video_shape(shape: tuple[int, ...]) -> bool:
    """Whether an array of uint8 of this shape may be videos: (n, frames, height, width, 1 or 3)."""
    return len(shape) == 5 and shape[4] in (1, 3) and 0 not in shape[1:]


def shapes_wanted(found: Iterable[ArrayHeader], *, videos: bool) -> str:
    """Say what shape an array of images or videos has; of both where images are wanted and one found is like videos."""
    shapes = "(n, frames, height, width, channels)"
    if not videos:
        of_videos = f", or of videos {shapes}," if any(len(each.shape) == 5 for each in found) else ""
        shapes = f"(n, height, width) or (n, height, width, channels){of_videos}"
    return f"{shapes} with 1 or 3 channels"


def map_npy(path: Path, *, videos: bool = False) -> NDArray[np.uint8]:
    """Return the images, or videos, in an ``.npy``, mapped into memory and not read.

    Raises
    ------
    InputError
        If it holds none, or is not as long as its header says.
    ValueError, OSError
        If it is no ``.npy``, or cannot be read.
    """
    import numpy as np

    with path.open("rb") as file:
        header = read_header(file)
    if header.dtype != np.uint8 or not (is_video_shape if videos else is_image_shape)(header.shape):
        wanted = shapes_wanted([header], videos=videos)
        raise InputError(f"{path}: expected a uint8 array of shape {wanted}, found {header.dtype} {header.shape}")
    if path.stat().st_size != header.n_bytes:
        raise InputError(f"{path}: is damaged or cut off: it is not as long as its header says")
    if not header.count:
        return np.empty(header.shape, dtype=np.uint8)
    order: Any = "C" if header.in_order else "F"
    return np.memmap(path, dtype=np.uint8, mode="r", offset=header.start, shape=header.shape, order=order)
