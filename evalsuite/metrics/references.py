"""Reference sets of images by name or path, their features, and what metrics derive from those: each computed once."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from evalsuite.datasets import DATASETS, load_images
from evalsuite.errors import InputError, UsageError, did_you_mean
from evalsuite.extractors.opening import compute_features, open_extractor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.media import ImageSet
    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import ImageSource

__all__ = ["OncePerArray", "ReferenceSet", "check_image_set", "find_reference", "reference_features"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSet:
    """Images to compare with.

    Parameters
    ----------
    name : str
        As the user gave it: of a data set, or a path.
    identity : str
        Name and hash of a data set, hash of the images at a path: equal for equal images.
    n : int
        Images.
    image_set : ImageSet, optional
        What was found at a path; None for a data set.
    """

    name: str
    identity: str
    n: int
    image_set: ImageSet | None = None

    def images(self) -> Sequence[NDArray[np.uint8] | ImageSource]:
        """Return the images, or where each is to be read from."""
        return self.image_set.images if self.image_set is not None else load_images(self.name)  # type: ignore[return-value]

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """Return one of the images: uint8, shape (height, width, channels)."""
        image = self.images()[index]
        return image.pixels() if hasattr(image, "pixels") else image


def check_image_set(metric: str, option: str, value: object, known: Sequence[str]) -> None:
    """Raise UsageError unless `value` is one of the known names or the path of something that exists."""
    if isinstance(value, str) and (value in known or (value and Path(value).exists())):
        return
    names = ", ".join(f'"{name}"' for name in known)
    raise UsageError(
        f"{metric}: `{option}` must be one of {names}, or the path of a folder, tar or npz of images that is there, "
        f'got "{value}"{did_you_mean(str(value), known)}'
    )


def find_reference(name: str) -> ReferenceSet:
    """Return a reference set by the name of a data set, or the path of a folder, tar or npz.

    A path is read again when its time of modification has changed.

    Raises
    ------
    InputError
        If there are no images that can be scored.
    """
    if name in DATASETS:
        dataset = DATASETS[name]
        return ReferenceSet(name=name, identity=f"{name}:{dataset.sha256[:12]}", n=dataset.n)
    path = Path(name)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    return _read(path.absolute(), changed, name)


def reference_features(extractor: str, name: str) -> NDArray[np.float32]:
    """Return the features of a reference set, not writable: the same array at every call in a process.

    Raises
    ------
    InputError
        If an image cannot be read by the extractor; the set is named.
    """
    return _features(extractor, open_extractor(extractor).signature, find_reference(name))


class OncePerArray(Generic[T]):
    """A function of an array that is not computed again while the same array, itself and not a copy, is still there.

    Parameters
    ----------
    compute : callable
        Takes the array and what else was given.
    """

    def __init__(self, compute: Callable[..., T]) -> None:
        self._compute = compute
        self._kept: dict[tuple[Any, ...], tuple[weakref.ref[Any], T]] = {}

    def __call__(self, array: FloatArray, *more: Any) -> T:
        """Return the value for an array, from memory where it is there."""
        key = (id(array), *more)
        found = self._kept.get(key)
        if found is not None and found[0]() is array:
            return found[1]
        value = self._compute(array, *more)
        self._kept = {k: kept for k, kept in self._kept.items() if kept[0]() is not None}
        self._kept[key] = (weakref.ref(array), value)
        return value


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, name: str) -> ReferenceSet:
    del changed
    from evalsuite.media import read_image_set

    found = read_image_set(path)
    return ReferenceSet(name=name, identity=f"sha256:{found.sha256[:12]}", n=len(found), image_set=found)


_cached_features: dict[tuple[str, str], NDArray[np.float32]] = {}


def _features(extractor: str, signature: str, reference: ReferenceSet) -> NDArray[np.float32]:
    key = (signature, reference.identity)
    if key not in _cached_features:
        try:
            found = compute_features(open_extractor(extractor), reference.images())
        except InputError as error:
            raise InputError(f'reference set "{reference.name}": {error}') from error
        found.setflags(write=False)
        _cached_features[key] = found
    return _cached_features[key]
