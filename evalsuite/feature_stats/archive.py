"""Arrays and files in a zip, read within limits: a header is believed only where the directory says the same."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from evalsuite.errors import InputError

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MAX_BYTES", "MAX_DIMENSION", "Member", "open_regular", "read_array", "read_headers", "read_member"]

MAX_BYTES = 1 << 33
MAX_DIMENSION = 1 << 14
_MOST_HEADER_BYTES = 1 << 16
_MOST_MEMBERS = 10_000


@dataclass(frozen=True, slots=True)
class Member:
    """An array of an npz by its header."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def open_regular(path: Path) -> IO[bytes]:
    """Open a file that is one: a pipe would never end.

    Raises
    ------
    InputError
        If it cannot be read, or is no regular file.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        mode = os.fstat(fd).st_mode
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{path}: cannot be read: {said}") from error
    if not stat.S_ISREG(mode):
        os.close(fd)
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise InputError(f"{path}: expected a file of statistics, it is {kind}")
    return os.fdopen(fd, "rb")


def read_headers(archive: zipfile.ZipFile) -> dict[str, Member]:
    """Return the arrays of an npz by name, with shape and type; no array is read.

    Raises
    ------
    ValueError
        If a header is damaged, or there are too many.
    """
    found: dict[str, Member] = {}
    for info in _arrays(archive):
        with archive.open(info) as member:
            # NumPy would read a header of any length before it says that it is too long.
            head = BytesIO(member.read(_MOST_HEADER_BYTES))
        version = np.lib.format.read_magic(head)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(head)
        count = 1
        for length in shape:
            count *= length
        if not dtype.hasobject and info.file_size != head.tell() + count * dtype.itemsize:
            raise ValueError(f"{info.filename} is not as long as its header says")
        found[info.filename.removesuffix(".npy")] = Member(shape, dtype)
    return found


def read_array(archive: zipfile.ZipFile, name: str) -> np.ndarray[Any, Any]:
    """Return one array of an npz, after `read_headers` has been over it.

    Raises
    ------
    ValueError
        If it is too large, or holds Python objects.
    """
    info = archive.getinfo(f"{name}.npy")
    _check_size(info)
    with archive.open(info) as member:
        array: np.ndarray[Any, Any] = np.lib.format.read_array(member, allow_pickle=False)
        member.read(1)  # to the end, where the checksum is compared
        return array


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a file of a zip; ValueError if it is too large."""
    info = archive.getinfo(name)
    _check_size(info)
    return archive.read(info)


def _arrays(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise ValueError(f"it has more than {_MOST_MEMBERS:,} members")
    return (info for info in members if info.filename.endswith(".npy"))


def _check_size(info: zipfile.ZipInfo) -> None:
    if info.file_size > MAX_BYTES:
        raise ValueError(f"{info.filename} unpacks to more than {MAX_BYTES >> 30} GiB")
