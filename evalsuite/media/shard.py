"""Shards: a run's images in tars, which grow by whole batches and are on the disk before the log refers to them."""

from __future__ import annotations

import hashlib
import os
import re
import tarfile
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from evalsuite.errors import RunLogError
from evalsuite.media.stored import StoredImage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MEDIA", "SHARD_BYTES", "ShardWriter", "check_shards", "encode_png", "is_shard_name", "shard_end"]

MEDIA = "media"
SHARD_BYTES = 1 << 28

_BLOCK = tarfile.BLOCKSIZE
_END = b"\0" * (2 * _BLOCK)
_NAME = re.compile(r"images-([0-9]{5,})\.tar")


class ShardWriter:
    """Appends images to the shards of a run, ``media/images-00000.tar`` and so on.

    Parameters
    ----------
    folder : Path
        The run's folder, held by a `RunLock`.
    ends : mapping of str to int
        For each shard, up to where the log refers to it. What lies beyond, written by a process that was killed before
        it could log it, is cut off at the first `append`, and a shard that the log knows nothing of is removed.
    shard_bytes : int
        A shard that has grown past this is closed and another begun.
    """

    def __init__(self, folder: Path, ends: Mapping[str, int], *, shard_bytes: int = SHARD_BYTES) -> None:
        self._folder = folder / MEDIA
        self._ends = dict(ends)
        self._shard_bytes = shard_bytes
        self._number = max((_number(name) for name in ends), default=0)
        self._fd = -1
        self._size = 0

    def append(self, images: Sequence[tuple[str, NDArray[np.uint8]]]) -> list[StoredImage]:
        """Append images, each with the name that a person sees in the tar; when this returns they are on the disk.

        Parameters
        ----------
        images : sequence of (str, uint8 array of shape (height, width, 1 or 3))

        Raises
        ------
        OSError
            If they cannot be written. The shard is cut back to what it was.
        """
        if not images:
            return []
        if self._fd < 0:
            self._open()
        if self._size >= self._shard_bytes:
            self.close()
            self._number += 1
            self._open()
        path = self._path(self._number)
        parts: list[bytes] = []
        stored: list[StoredImage] = []
        offset = self._size
        for name, pixels in images:
            data = encode_png(pixels)
            header = _header(name, len(data))
            parts += [header, data, b"\0" * (-len(data) % _BLOCK)]
            digest = hashlib.sha256(data).hexdigest()
            stored.append(StoredImage(path=path, offset=offset + len(header), length=len(data), sha256=digest))
            offset = shard_end(stored[-1])
        try:
            # With the end of a tar each time, which the next append overwrites: a kill leaves a whole tar behind.
            _write(self._fd, b"".join([*parts, _END]), self._size)
            os.fsync(self._fd)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._fd, self._size)
                os.ftruncate(self._fd, self._size + len(_END))  # zeros, which the end is made of
            raise
        self._size = offset
        return stored

    def close(self) -> None:
        """Close the shard that grows."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _path(self, number: int) -> Path:
        return self._folder / f"images-{number:05d}.tar"

    def _open(self) -> None:
        """Open the shard that grows, without what the log does not refer to."""
        self._folder.mkdir(exist_ok=True)
        path = self._path(self._number)
        for stray in self._folder.iterdir():
            if is_shard_name(stray.name) and stray.name not in self._ends:
                stray.unlink()
        self._size = self._ends.get(path.name, 0)
        self._ends[path.name] = self._size
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            os.ftruncate(self._fd, self._size)
            _sync_folder(self._folder)
            _sync_folder(self._folder.parent)
        except OSError:
            os.close(self._fd)
            self._fd = -1
            raise


def check_shards(folder: Path, ends: Mapping[str, int]) -> None:
    """Find out whether a run's shards are there and as long as the log says, which costs nearly nothing.

    Raises
    ------
    RunLogError
        If one is missing or too short; it is named.
    """
    for name, end in ends.items():
        path = folder / MEDIA / name
        try:
            size = path.stat().st_size
        except OSError as error:
            raise RunLogError(
                f"{path}: the run's log refers to images in it, but it cannot be read ({error.strerror}); {_ADVICE}"
            ) from error
        if size < end:
            raise RunLogError(f"{path}: the run's log refers to {end} bytes of images in it, it has {size}; {_ADVICE}")


_ADVICE = "restore it from a copy, or move the run's folder away to start over"


def shard_end(image: StoredImage) -> int:
    """Return where an image's padding ends."""
    end = image.offset + image.length
    return end + -end % _BLOCK


def is_shard_name(name: object) -> bool:
    """Whether `name` is a file name such as shards have; there is no slash in it."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Return an image, uint8 of shape (height, width, 1 or 3), as a PNG without any text or date."""
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(buffer, "PNG")
    return buffer.getvalue()


def _header(name: str, length: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = length
    info.mode = 0o644
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "replace")


def _number(name: str) -> int:
    match = _NAME.fullmatch(name)
    assert match is not None
    return int(match.group(1))


def _write(fd: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, offset)
        offset += written
        view = view[written:]


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
