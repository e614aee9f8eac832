"""Read the images and labels that come with the package."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from evalsuite.datasets.catalogue import FOLDER, INSTALL_AGAIN, find_dataset
from evalsuite.datasets.idx import read_idx
from evalsuite.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["check_hash", "load_images", "load_labels"]


@cache
def load_images(name: str, folder: Path = FOLDER) -> NDArray[np.uint8]:
    """Return the images of a data set.

    Parameters
    ----------
    name : str
        One of ``evalsuite.datasets.DATASETS``.
    folder : Path
        Where the files lie, if not in the package.

    Returns
    -------
    ndarray
        uint8, shape (n, height, width, channels), not writable; the same array at every call.

    Raises
    ------
    UsageError
        If there is no such data set.
    InputError
        If its file is missing or is not the one that was shipped.
    """
    found = find_dataset(name)
    height, width, channels = found.shape
    path = folder / f"{found.stem}-images.gz"
    pixels = read_idx(path, (found.n, height, width), INSTALL_AGAIN)
    check_hash(path, pixels.tobytes(), found.sha256)
    return pixels.reshape(found.n, height, width, channels)


@cache
def load_labels(name: str, folder: Path = FOLDER) -> NDArray[np.uint8]:
    """Return the class of each image of a data set: uint8, shape (n,); see `load_images`."""
    found = find_dataset(name)
    path = folder / f"{found.stem}-labels.gz"
    labels = read_idx(path, (found.n,), INSTALL_AGAIN)
    check_hash(path, labels.tobytes(), found.labels_sha256)
    return labels


def check_hash(path: Path, content: bytes, expected: str) -> None:
    """Raise InputError unless `content`, read from `path`, has the expected SHA-256."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise InputError(f"{path}: expected content of SHA-256 {expected}, found {found}; {INSTALL_AGAIN}")
