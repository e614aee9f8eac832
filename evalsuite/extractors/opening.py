"""Open extractors once a process, and run them over more images than memory should hold at once."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from evalsuite.extractors import BY_PATH, EXTRACTORS
from evalsuite.extractors.naming import parse_extractor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor
    from evalsuite.types import ImageSource

__all__ = ["compute_all_features", "compute_features", "open_extractor", "read_in_parts"]

_MOST_IMAGES = 1000
_MOST_BYTES = 1 << 28


@cache
def open_extractor(name: str) -> Extractor:
    """Return an extractor: the same one at every call.

    Parameters
    ----------
    name : str
        Registry name, such as ``"inception_fid"``; with a protocol, ``"inception_fid@clean"``; or kind and path.

    Raises
    ------
    UsageError
        If there is no such extractor.
    EvalsuiteError
        If its weights are missing or damaged; the message says how to provide them.
    """
    parsed = parse_extractor(name)
    if parsed.path is not None:
        module, _, attribute = BY_PATH[parsed.base].target.partition(":")
        return cast("Extractor", getattr(import_module(module), attribute)(parsed.path))
    opener = cast("Callable[..., Extractor]", EXTRACTORS.get(parsed.base))
    return opener() if parsed.protocol is None else opener(parsed.protocol)


def compute_features(extractor: Extractor, images: Sequence[NDArray[np.uint8] | ImageSource]) -> NDArray[np.float32]:
    """Compute the features of many images, of which no more are read at a time than memory holds; see `read_in_parts`.

    Returns
    -------
    float32, shape (n, dimension)

    Raises
    ------
    InputError
        If an image cannot be read, or the extractor does not take its kind.
    """
    return compute_all_features([extractor], images)[0]


def compute_all_features(
    extractors: Sequence[Extractor], images: Sequence[NDArray[np.uint8] | ImageSource]
) -> list[NDArray[np.float32]]:
    """Compute the features of many images by several extractors, with each image read once; see `compute_features`."""
    import numpy as np

    found = [np.empty((len(images), extractor.dimension), dtype=np.float32) for extractor in extractors]
    start = 0
    for part in read_in_parts(image if isinstance(image, np.ndarray) else image.pixels() for image in images):
        for features, extractor in zip(found, extractors, strict=True):
            features[start : start + len(part)] = extractor.features(part)
        start += len(part)
    return found


def read_in_parts(images: Iterable[NDArray[np.uint8]]) -> Iterator[list[NDArray[np.uint8]]]:
    """Yield images in lists of at most a thousand, and of 256 MiB or one image more."""
    part: list[NDArray[np.uint8]] = []
    n_bytes = 0
    for image in images:
        part.append(image)
        n_bytes += image.nbytes
        if len(part) == _MOST_IMAGES or n_bytes >= _MOST_BYTES:
            yield part
            part, n_bytes = [], 0
    if part:
        yield part
