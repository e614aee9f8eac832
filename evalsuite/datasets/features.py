"""Features of the images that the shipped models learned from, for metrics that look for copies of them."""

from __future__ import annotations

import hashlib
import io
import json
from functools import cache
from typing import TYPE_CHECKING

from evalsuite.datasets.catalogue import FOLDER, INSTALL_AGAIN
from evalsuite.errors import InputError, UsageError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TRAINING_FEATURES", "load_training_features"]

TRAINING_FEATURES = {"fashion_mnist/train": "The first 50,000 training images of Fashion-MNIST."}


@cache
def load_training_features(
    name: str, extractor_signature: str, folder: Path = FOLDER
) -> tuple[NDArray[np.float16], NDArray[np.float32]]:
    """Return the features of the images that shipped models learned from.

    Parameters
    ----------
    name : str
        One of `TRAINING_FEATURES`.
    extractor_signature : str
        Of the extractor whose features are wanted.
    folder : Path
        Where the files lie, if not in the package.

    Returns
    -------
    features : ndarray
        float16, shape (n, d), not writable.
    nearest : ndarray
        float32, shape (n,), not writable: Euclidean distance of each to the nearest other one, exact for the features
        as they are here.

    Raises
    ------
    UsageError
        If there is no such set.
    InputError
        If a file is missing or is not the one that was shipped, or if the features are of another extractor.
    """
    if name not in TRAINING_FEATURES:
        hint = did_you_mean(name, TRAINING_FEATURES)
        raise UsageError(f'unknown training set "{name}"{hint} (known: {", ".join(TRAINING_FEATURES)})')
    import numpy as np

    index_path = folder / f"{name}-features.json"
    try:
        index = json.loads(_read(index_path))
        stored, hashes = str(index["extractor"]), {str(key): str(value) for key, value in index["sha256"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{index_path}: expected an index of features in JSON: {error!r}; {INSTALL_AGAIN}") from None
    if stored != extractor_signature:
        raise InputError(
            f"{name}: features of the training images are there for the extractor {stored}, not for "
            f"{extractor_signature}; use that extractor, or give the training images' own features"
        )
    arrays = []
    for part in ("features", "nearest"):
        path = folder / f"{name}-{part}.npy"
        raw = _read(path)
        found = hashlib.sha256(raw).hexdigest()
        if found != hashes.get(part):
            raise InputError(f"{path}: expected SHA-256 {hashes.get(part)}, found {found}; {INSTALL_AGAIN}")
        array = np.load(io.BytesIO(raw), allow_pickle=False)
        array.setflags(write=False)
        arrays.append(array)
    return arrays[0], arrays[1]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); {INSTALL_AGAIN}") from None
