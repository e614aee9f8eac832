"""Images from Python: arrays, tensors, Pillow images, and whatever yields batches of them, as a data loader does."""

from __future__ import annotations

import os
import tempfile
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.media.batches import images_in
from evalsuite.media.facts import pixel_digest
from evalsuite.media.image_set import ImageSet, SetBuilder
from evalsuite.media.refused import RefusedImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KeptImage", "kept_images", "named_images", "read_images"]

_named: dict[str, ImageSet] = {}
_numbers = count(1)


class _Spool:
    """A file without a name, to which images are appended; it is gone with the last reference to it."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile(prefix="evalsuite-") as file:
            self._fd = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._fd)
        self._end = 0

    def append(self, data: bytes) -> int:
        """Append bytes, and return where they begin."""
        start, view = self._end, memoryview(data)
        while view:
            written = os.pwrite(self._fd, view, self._end)
            self._end += written
            view = view[written:]
        return start

    def read(self, start: int, n: int) -> bytes:
        """Return `n` bytes."""
        parts: list[bytes] = []
        while n and (part := os.pread(self._fd, n, start)):
            parts.append(part)
            start, n = start + len(part), n - len(part)
        if n:
            raise InputError("the images that were given in Python cannot be read back from the temporary file")
        return b"".join(parts)


@dataclass(frozen=True, slots=True, eq=False)
class KeptImage:
    """An image that was given in Python. An `evalsuite.types.ImageSource`."""

    spool: _Spool
    offset: int
    shape: tuple[int, int, int]
    sha256: str

    def pixels(self) -> NDArray[np.uint8]:
        """Read the image: uint8, shape (height, width, channels), 1 or 3 channels."""
        import numpy as np

        height, width, channels = self.shape
        data = self.spool.read(self.offset, height * width * channels)
        return np.frombuffer(data, dtype=np.uint8).reshape(self.shape).copy()


def read_images(
    images: Any, argument: str = "images", *, progress: Callable[[int, int], None] | None = None
) -> ImageSet:
    """Read images that are given in Python.

    Parameters
    ----------
    images : array, tensor or iterable
        See `evalsuite.media.batches.images_in`. An iterable is gone through once; its pixels go to a temporary file,
        so that memory does not grow with their number.
    argument : str
        Named in messages.
    progress : callable, optional
        Told how many images are done, twice.

    Returns
    -------
    ImageSet
        Called by their numbers. Images with floats count as converted.

    Raises
    ------
    TypeError
        If it is something else.
    ValueError
        If an image has another shape, or holds NaN or a value out of range; argument and image are named.
    InputError
        If there is no image, none that can be scored, or no room for them on the disk.
    """
    builder = SetBuilder()
    n = 0
    try:
        spool = _Spool()
        for n, found in enumerate(images_in(images, argument), start=1):
            if isinstance(found, RefusedImageError):
                builder.excluded[str(n - 1)] = found.reason
                continue
            height, width, channels = found.pixels.shape
            offset = spool.append(found.pixels.tobytes())
            digest = pixel_digest(found.pixels)
            kept = KeptImage(spool, offset, (height, width, channels), digest.hex())
            builder.add(str(n - 1), kept, replace(found, digest=digest))
            if progress is not None:
                progress(n, n)
    except OSError as error:
        raise InputError(
            f"{argument}: cannot be kept in a temporary file in {tempfile.gettempdir()} ({error.strerror}); set TMPDIR "
            "to a folder with more room, or save them to a folder or an npy"
        ) from error
    if not n:
        raise InputError(f"{argument}: there is no image in it")
    return builder.finish(Path(argument), 0, shown=argument)


@contextmanager
def named_images(images: ImageSet) -> Iterator[str]:
    """Give a set of images a name for a while, by which `kept_images` finds it, as metrics know sets by name."""
    name = f"images in memory, {next(_numbers)}: {images.path}"
    _named[name] = images
    try:
        yield name
    finally:
        del _named[name]


def kept_images(name: str) -> ImageSet | None:
    """Return the set that has this name; None where there is none."""
    return _named.get(name)
