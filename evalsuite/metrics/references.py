"""Reference sets of images by name or path, their features, and what metrics derive from those: each computed once."""

from __future__ import annotations

import hashlib
import os
import weakref
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from evalsuite.datasets import DATASETS, load_images
from evalsuite.errors import InputError, UsageError, did_you_mean
from evalsuite.extractors.opening import compute_all_features, open_extractor
from evalsuite.feature_stats import FeatureStatistics, check_comparable, is_statistics_file, read_statistics
from evalsuite.media import image_files_at, kept_images

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from evalsuite.media import ImageSet
    from evalsuite.metrics.base import FloatArray
    from evalsuite.types import ImageSource

__all__ = [
    "OncePerArray",
    "ReferenceSet",
    "all_reference_features",
    "check_image_set",
    "find_reference",
    "find_statistics",
    "reference_features",
]

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
        What was found at a path; None for a data set, and for a file of statistics.
    state : str
        Of the files when they were read: changes with their names, sizes and times of modification.
    statistics : FeatureStatistics, optional
        Where there are statistics in the place of images.
    """

    name: str
    identity: str
    n: int
    image_set: ImageSet | None = None
    state: str = ""
    statistics: FeatureStatistics | None = None

    @property
    def has_images(self) -> bool:
        """Whether there are images, and not statistics alone."""
        return self.statistics is None

    def images(self) -> Sequence[NDArray[np.uint8] | ImageSource]:
        """Return the images, or where each is to be read from; InputError where there are statistics only."""
        if self.statistics is not None:
            raise InputError(f"{self.name}: holds statistics; the images are needed")
        return self.image_set.images if self.image_set is not None else load_images(self.name)  # type: ignore[return-value]

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """Return one of the images: uint8, shape (height, width, channels)."""
        image = self.images()[index]
        return image.pixels() if hasattr(image, "pixels") else image


def check_image_set(metric: str, option: str, value: object, known: Sequence[str]) -> None:
    """Raise UsageError unless `value` is one of the known names or the path of something that exists."""
    if isinstance(value, str) and (value in known or (value and (image_files_at(value) or kept_images(value)))):
        return
    names = ", ".join(f'"{name}"' for name in known)
    raise UsageError(
        f"{metric}: `{option}` must be one of {names}, or the path of a folder, tar or npz of images that is there, "
        f'got "{value}"{did_you_mean(str(value), known)}'
    )


def find_reference(name: str) -> ReferenceSet:
    """Return a reference set by the name of a data set or of images in memory, or the path of images.

    A path is read again when the name, size or time of modification of a file there has changed.

    Raises
    ------
    InputError
        If there are no images that can be scored.
    """
    if name in DATASETS:
        dataset = DATASETS[name]
        return ReferenceSet(name=name, identity=f"{name}:{dataset.sha256[:12]}", n=dataset.n)
    kept = kept_images(name)
    if kept is not None:
        return ReferenceSet(name=name, identity=f"sha256:{kept.sha256[:12]}", n=len(kept), image_set=kept)
    path = Path(name).expanduser()
    return _read(path.absolute(), _checked_state(path), name)


def find_statistics(name: str, dimension: int) -> FeatureStatistics | None:
    """Return the statistics at a path, which is read again when the file has changed; None where there are images.

    An npz with both, as guided-diffusion writes, has statistics of all images and a part of these.

    Raises
    ------
    InputError
        If the file is no sound statistics, or has none, or several, of so many features.
    """
    path = Path(name).expanduser()
    if name in DATASETS or not is_statistics_file(path):
        return None
    return _read_statistics(path.absolute(), _checked_state(path), name, dimension)


def reference_features(extractor: str, name: str) -> NDArray[np.float32]:
    """Return the features of a reference set, not writable: the same array at every call in a process.

    Raises
    ------
    InputError
        If an image cannot be read by the extractor; the set is named.
    """
    return all_reference_features([extractor], name)[0]


def all_reference_features(extractors: Sequence[str], name: str) -> list[NDArray[np.float32]]:
    """Return the features of a reference set by several extractors, for which each image is read once.

    No more are kept in memory than four arrays; see `reference_features`.
    """
    reference = find_reference(name)
    if reference.statistics is not None:
        return [_stored_features(extractor, name) for extractor in extractors]
    opened = {extractor.signature: extractor for extractor in map(open_extractor, extractors)}
    # Not by its identity, which is that of a set: these are in the order of the images.
    keys = {signature: (signature, reference.name, reference.state) for signature in opened}
    found = {signature: _kept_features.pop(key) for signature, key in keys.items() if key in _kept_features}
    missing = [signature for signature in opened if signature not in found]
    if missing:
        try:
            computed = compute_all_features([opened[signature] for signature in missing], reference.images())
        except InputError as error:
            raise InputError(f'reference set "{reference.name}": {error}') from error
        for signature, features in zip(missing, computed, strict=True):
            _check_finite(features, reference, signature)
            features.setflags(write=False)
            found[signature] = features
    for signature, key in keys.items():
        while len(_kept_features) >= _KEPT:
            del _kept_features[next(iter(_kept_features))]
        _kept_features[key] = found[signature]
    return [found[open_extractor(extractor).signature] for extractor in extractors]


def _check_finite(features: NDArray[np.float32], reference: ReferenceSet, signature: str) -> None:
    """Raise InputError where a network returns what no distance can be computed from."""
    bad = np.flatnonzero(~np.isfinite(features).all(axis=1))
    if len(bad):
        named = f", the first of which is {reference.image_set.names[bad[0]]}" if reference.image_set else ""
        raise InputError(
            f'reference set "{reference.name}": features by {signature} must be finite; those of {len(bad)} of '
            f"{len(features)} images are not{named}"
        )


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

    def __call__(self, array: FloatArray, *more: Any, **options: Any) -> T:
        """Return the value for an array, from memory where it is there."""
        key = (id(array), *more, *sorted(options.items()))
        found = self._kept.get(key)
        if found is not None and found[0]() is array:
            return found[1]
        value = self._compute(array, *more, **options)
        self._kept = {k: kept for k, kept in self._kept.items() if kept[0]() is not None}
        self._kept[key] = (weakref.ref(array), value)
        return value


_KEPT = 4
_kept_features: dict[tuple[str, str, str], NDArray[np.float32]] = {}


def _stored_features(extractor: str, name: str) -> NDArray[np.float32]:
    """Return the features that a file of statistics holds: float32, and the same array at every call."""
    opened = open_extractor(extractor)
    found = find_statistics(name, opened.dimension)
    assert found is not None
    if found.features is None:
        raise InputError(
            f'reference set "{name}": has mean and covariance only; this metric needs the features. Give the images, '
            "or statistics made by evalsuite stats --features"
        )
    check_comparable(f'reference set "{name}"', found, opened)
    return _widened(found)


@lru_cache(maxsize=_KEPT)
def _widened(statistics: FeatureStatistics) -> NDArray[np.float32]:
    assert statistics.features is not None
    found: NDArray[np.float32] = statistics.features.astype("float32")
    found.setflags(write=False)
    return found


@lru_cache(maxsize=_KEPT)
def _read_statistics(path: Path, state: str, name: str, dimension: int) -> FeatureStatistics:
    del state, path
    return read_statistics(Path(name).expanduser(), dimension=dimension)


def _holds_images(path: Path) -> bool:
    """Whether an npz has images beside its statistics, as guided-diffusion's have."""
    if path.suffix.lower() != ".npz":
        return False
    with zipfile.ZipFile(path) as archive:
        return "arr_0.npy" in archive.namelist()


def _checked_state(path: Path) -> str:
    found = image_files_at(path)
    try:
        return _state(path) if found in ([], [path]) else "".join(_state(each) for each in found)
    except OSError as error:
        raise InputError(f"{error.filename or path}: cannot be read: {error.strerror}") from error


@lru_cache(maxsize=_KEPT)
def _read(path: Path, state: str, name: str) -> ReferenceSet:
    from evalsuite.media import read_image_set

    if is_statistics_file(path) and not _holds_images(path):
        statistics = read_statistics(Path(name).expanduser(), any_part=True)
        identity = statistics.source or f"statistics:{statistics.digest()[:12]}"
        if statistics.features is not None and statistics.features.dtype != "float32":
            identity += f":{statistics.features.dtype}"
        return ReferenceSet(name=name, identity=identity, n=statistics.n or 0, state=state, statistics=statistics)
    found = read_image_set(path)
    return ReferenceSet(name=name, identity=f"sha256:{found.sha256[:12]}", n=len(found), image_set=found, state=state)


def _state(path: Path) -> str:
    """Return a digest of where a file, or each file in and below a folder, is, how large, and when it was changed."""
    found: list[tuple[str, int, int]] = []
    folders = [os.fspath(path.absolute())]
    if not path.is_dir():
        stat = path.stat()
        found, folders = [(folders[0], stat.st_size, stat.st_mtime_ns)], []
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif _is_file(entry):
                    stat = entry.stat()
                    found.append((entry.path, stat.st_size, stat.st_mtime_ns))
    return hashlib.sha256(repr(sorted(found)).encode("utf-8", "surrogateescape")).hexdigest()


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file, or a link to one; a link to nowhere or to itself is none, and is left out as such."""
    try:
        return entry.is_file()
    except OSError:
        return False
