"""Images from Python: arrays, tensors, Pillow images, and whatever yields batches of them, as a data loader does."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.media.batches import images_in
from evalsuite.media.image_set import ImageSet, SetBuilder
from evalsuite.media.npz import pixel_digest
from evalsuite.media.refused import RefusedImageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["KeptImage", "kept_images", "named_images", "read_images"]

_named: dict[str, ImageSet] = {}
_numbers = count(1)


@dataclass(frozen=True, slots=True, eq=False)
class KeptImage:
    """An image that was given in Python. An `evalsuite.types.ImageSource`.

    Its pixels lie in a file without a name, which is gone with the last image of its set.
    """

    file: IO[bytes]
    offset: int
    shape: tuple[int, int, int]
    sha256: str

    def pixels(self) -> NDArray[np.uint8]:
        """Read the image: uint8, shape (height, width, channels), 1 or 3 channels."""
        import numpy as np

        height, width, channels = self.shape
        wanted = height * width * channels
        parts: list[bytes] = []
        while wanted and (part := os.pread(self.file.fileno(), wanted, self.offset + sum(map(len, parts)))):
            parts.append(part)
            wanted -= len(part)
        if wanted:
            raise InputError("the images that were given in Python cannot be read back from the temporary file")
        return np.frombuffer(b"".join(parts), dtype=np.uint8).reshape(self.shape).copy()


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
    offset = n = 0
    file: Any = tempfile.TemporaryFile(prefix="evalsuite-")  # noqa: SIM115 (open as long as the images are)
    try:
        for n, found in enumerate(images_in(images, argument), start=1):
            if isinstance(found, RefusedImageError):
                builder.excluded[str(n - 1)] = found.reason
                continue
            pixels = found.pixels
            file.write(pixels.tobytes())
            kept = KeptImage(file, offset, pixels.shape, pixel_digest(pixels))
            builder.add(str(n - 1), kept, found)
            offset += pixels.size
            if progress is not None:
                progress(n, n)
        file.flush()
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
