"""A folder of image files."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.errors import InputError
from evalsuite.media.decode import decode_file
from evalsuite.media.listing import MAX_ENTRIES, is_image_name, is_shard, natural_key
from evalsuite.media.stored import StoredImage, read_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.media.facts import Decoded
    from evalsuite.types import ImageSource

__all__ = ["FileEntry", "list_folder"]


@dataclass(frozen=True, slots=True)
class FileEntry:
    """An image file, or a member of an archive. An `evalsuite.media.listing.Entry`."""

    name: str
    path: Path
    offset: int = 0
    length: int | None = None

    def read(self) -> tuple[ImageSource, Decoded]:
        """Read, hash and decode the image; RefusedImageError if it is none that can be scored."""
        data = read_bytes(self.path, self.offset, self.length)
        decoded = decode_file(data, f"{self.path}" if self.length is None else f"{self.path}: {self.name}")
        digest = hashlib.sha256(data).hexdigest()
        return StoredImage(path=self.path, offset=self.offset, length=len(data), sha256=digest), decoded

    def load(self) -> tuple[ImageSource, NDArray[np.uint8]]:
        """Read the image: its pixels only."""
        image, decoded = self.read()
        return image, decoded.pixels


def list_folder(folder: Path) -> tuple[list[FileEntry], list[Path], int]:
    """Return the image files in and below `folder` in natural order, files that may hold images, and how many others.

    Linked files count. Linked folders are passed over, so that no loop of links is ever followed; they are counted
    among the others.

    Raises
    ------
    InputError
        If a folder cannot be read, or there are more than 4,000,000 files.
    """
    entries: list[FileEntry] = []
    shards: list[Path] = []
    n_other = 0

    def fail(error: OSError) -> None:
        raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from error

    for parent, folders, files in os.walk(folder, onerror=fail):
        n_other += sum(Path(parent, each).is_symlink() for each in folders)
        for file in files:
            path = Path(parent) / file
            if is_image_name(file):
                entries.append(FileEntry(path.relative_to(folder).as_posix(), path))
            elif is_shard(path):
                shards.append(path)
            else:
                n_other += 1
        if len(entries) + len(shards) > MAX_ENTRIES:
            raise InputError(f"{folder}: has more than {MAX_ENTRIES} images")
    entries.sort(key=lambda entry: natural_key(entry.name))
    return entries, sorted(shards, key=lambda path: natural_key(path.relative_to(folder).as_posix())), n_other
