"""Images or videos as an array in an npz, as guided-diffusion and others save samples, or in an npy."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.media.facts import Decoded, ImageFacts, pixel_digest
from evalsuite.media.npy import ArrayHeader, is_image_shape, is_video_shape, map_npy, read_header, shapes_wanted

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import ImageSource

__all__ = ["MAX_UNPACKED_BYTES", "ArrayImage", "RowEntry", "find_videos", "list_npy", "list_npz"]

MAX_UNPACKED_BYTES = 1 << 33
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, lengths of name and extra field
_MISSES = (OSError, ValueError, KeyError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, struct.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayImage:
    """A row of an array of images. An `evalsuite.types.ImageSource`.

    Parameters
    ----------
    path : Path
        The npz or npy.
    index : int
        Of the row.
    sha256 : str
        Of its shape and pixels, in hexadecimal.
    """

    path: Path
    index: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.path}, image {self.index}"

    def pixels(self) -> NDArray[np.uint8]:
        """Read the image: uint8, shape (height, width, channels), 1 or 3 channels.

        Raises
        ------
        InputError
            If it is gone or was changed.
        """
        array = _open_array(self.path)
        pixels = _row(array, self.index) if self.index < len(array) else None
        if pixels is None or pixel_digest(pixels).hex() != self.sha256:
            raise InputError(
                f"{self}: the image is not the one that was evaluated (its SHA-256 differs). Restore the file from a "
                "copy, or evaluate it anew into another folder"
            )
        return pixels


@dataclass(frozen=True, slots=True)
class RowEntry:
    """A row of an array of images. An `evalsuite.media.listing.Entry`."""

    path: Path
    index: int
    prefix: str = ""

    @property
    def name(self) -> str:
        """The number of the row."""
        return f"{self.prefix}{self.index}"

    def read(self) -> tuple[ImageSource, Decoded]:
        """Read and hash the image."""
        pixels = _row(_open_array(self.path), self.index)
        digest = pixel_digest(pixels)
        facts = ImageFacts("array", "L" if pixels.shape[2] == 1 else "RGB")
        return ArrayImage(path=self.path, index=self.index, sha256=digest.hex()), Decoded(pixels, facts, digest)

    def load(self) -> tuple[ImageSource, NDArray[np.uint8]]:
        """Read and hash the image: its pixels only."""
        image, decoded = self.read()
        return image, decoded.pixels


class _Rows(Sequence[RowEntry]):
    """The rows of an array as entries, made when asked for."""

    def __init__(self, path: Path, n: int) -> None:
        self._path = path
        self._n = n

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, index: Any) -> Any:
        chosen = range(self._n)[index]
        return [RowEntry(self._path, i) for i in chosen] if isinstance(chosen, range) else RowEntry(self._path, chosen)


def list_npz(path: Path) -> tuple[Sequence[RowEntry], int]:
    """Return the rows of the array of images in an npz, and the number of its other arrays.

    Raises
    ------
    InputError
        If it is damaged, or holds no array of images, or more than one and none is called ``arr_0``.
    """
    array = _open_array(path)
    with zipfile.ZipFile(path) as archive:
        return _Rows(path, len(array)), len(archive.namelist()) - 1


def list_npy(path: Path) -> tuple[Sequence[RowEntry], int]:
    """Return the rows of the array of images in an npy, which is mapped into memory; InputError if it holds none."""
    return _Rows(path, len(_open_array(path))), 0


def find_videos(path: Path) -> NDArray[np.uint8] | None:
    """Return the array of videos in an npz or npy, uint8 of shape (n, frames, height, width, 1 or 3); None without one.

    None also where ``arr_0`` holds images, whatever lies beside it.

    Raises
    ------
    InputError
        If it holds no videos, or is to be unpacked and too large.
    """
    import numpy as np

    try:
        if path.suffix.lower() == ".npy":
            with path.open("rb") as file:
                headers = {"": read_header(file)}
        else:
            with zipfile.ZipFile(path) as archive:
                headers = _headers(archive, path)
    except (InputError, *_MISSES):  # whoever looks for images says what is wrong with it
        return None
    first = headers.get("arr_0")
    if first is not None and first.dtype == np.uint8 and is_image_shape(first.shape):
        return None
    if not any(header.dtype == np.uint8 and is_video_shape(header.shape) for header in headers.values()):
        return None
    videos = _open_array(path, videos=True)
    if not len(videos):
        raise InputError(f"{path}: holds no videos: its array has shape {videos.shape}")
    return videos


def _open_array(path: Path, *, videos: bool = False) -> NDArray[np.uint8]:
    try:
        state = path.stat()
        return _read_array(path, state.st_size, state.st_mtime_ns, videos)
    except InputError:
        raise
    except _MISSES as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{path}: cannot be read as an {path.suffix.lower()[1:]} of images: {said}") from error


@lru_cache(maxsize=2)
def _read_array(path: Path, size: int, changed: int, videos: bool) -> NDArray[np.uint8]:
    """Return the array, mapped where it is not compressed; `size` and `changed` tell one state of the file apart."""
    del size, changed
    import numpy as np

    if path.suffix.lower() == ".npy":
        return map_npy(path, videos=videos)
    with zipfile.ZipFile(path) as archive:
        name, header = _choose(archive, path, videos=videos)
        info = archive.getinfo(f"{name}.npy")
        if info.compress_type == zipfile.ZIP_STORED and header.in_order:
            start = _data_start(path, info) + header.start
            return np.memmap(path, dtype=np.uint8, mode="r", offset=start, shape=header.shape)
        if info.file_size > MAX_UNPACKED_BYTES:
            raise InputError(
                f"{path}: unpacks to more than {MAX_UNPACKED_BYTES >> 30} GiB; save it with np.savez, which does not "
                "compress, so that it can be read in parts"
            )
        with archive.open(info) as member:
            array: NDArray[np.uint8] = np.lib.format.read_array(member, allow_pickle=False)
            return array


def _headers(archive: zipfile.ZipFile, path: Path) -> dict[str, ArrayHeader]:
    """Return the headers of all arrays, by name."""
    found: dict[str, ArrayHeader] = {}
    for info in archive.infolist():
        if not info.filename.endswith(".npy"):
            continue
        with archive.open(info) as member:
            header = read_header(member)
        if not header.dtype.hasobject and info.file_size != header.n_bytes:
            raise InputError(f"{path}: is damaged: {info.filename} is not as long as its header says")
        found[info.filename.removesuffix(".npy")] = header
    return found


def _choose(archive: zipfile.ZipFile, path: Path, *, videos: bool) -> tuple[str, ArrayHeader]:
    """Return name and header of the array of images or videos, which the arrays' headers tell."""
    import numpy as np

    found, is_shape = _headers(archive, path), is_video_shape if videos else is_image_shape
    images = [name for name, each in found.items() if each.dtype == np.uint8 and is_shape(each.shape)]
    name = "arr_0" if "arr_0" in images else images[0] if len(images) == 1 else None
    if name is None:
        listed = ", ".join(f"{name} {each.dtype} {each.shape}" for name, each in found.items()) or "no array"
        statistics = "; mu and sigma are statistics, the images are needed" if {"mu", "sigma"} <= set(found) else ""
        raise InputError(
            f"{path}: expected one uint8 array of shape {shapes_wanted(found.values(), videos=videos)}, or several of "
            f"which one is called arr_0; found {listed[:500]}{statistics}"
        )
    return name, found[name]


def _data_start(path: Path, info: zipfile.ZipInfo) -> int:
    """Return where an uncompressed member's bytes begin: after a header whose length the directory does not say."""
    with path.open("rb") as file:
        file.seek(info.header_offset)
        signature, n_name, n_extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    start: int = info.header_offset + _LOCAL_HEADER.size + n_name + n_extra
    if signature != b"PK\x03\x04" or start + info.file_size > path.stat().st_size:
        raise InputError(f"{path}: is damaged: {info.filename} is not where the directory says")
    return start


def _row(array: NDArray[np.uint8], index: int) -> NDArray[np.uint8]:
    import numpy as np

    row = array[index]
    return np.array(row[:, :, None] if row.ndim == 2 else row, dtype=np.uint8, order="C")
