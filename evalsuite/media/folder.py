"""A folder of image files."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.media.decode import decode_image
from evalsuite.media.listing import MAX_ENTRIES, is_image_name, natural_key
from evalsuite.media.stored import StoredImage, read_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import ImageSource

__all__ = ["FileEntry", "list_folder"]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """An image file, or a member of an archive. An `evalsuite.media.listing.Entry`."""

    name: str
    path: Path
    offset: int = 0
    length: int | None = None

    def load(self) -> tuple[ImageSource, NDArray[np.uint8]]:
        """Read, hash and decode the image; RefusedImageError if it is none that can be scored."""
        data = read_bytes(self.path, self.offset, self.length)
        pixels = decode_image(data, f"{self.path}" if self.length is None else f"{self.path}: {self.name}")
        digest = hashlib.sha256(data).hexdigest()
        return StoredImage(path=self.path, offset=self.offset, length=len(data), sha256=digest), pixels


def list_folder(folder: Path) -> tuple[list[FileEntry], int]:
    """Return the image files in and below `folder`, in natural order, and the number of other files.

    Linked files count, linked folders are passed over.

    Raises
    ------
    InputError
        If a folder cannot be read, or there are more than 4,000,000 files.
    """
    entries: list[FileEntry] = []
    n_other = 0

    def fail(error: OSError) -> None:
        raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from error

    for parent, _, files in os.walk(folder, onerror=fail):
        for file in files:
            path = Path(parent) / file
            if is_image_name(file):
                entries.append(FileEntry(path.relative_to(folder).as_posix(), path))
            else:
                n_other += 1
        if len(entries) > MAX_ENTRIES:
            raise InputError(f"{folder}: has more than {MAX_ENTRIES} images")
    return sorted(entries, key=lambda entry: natural_key(entry.name)), n_other
