"""Open extractors once a process, and run them over more images than memory should hold at once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from evalsuite.extractors import EXTRACTORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor
    from evalsuite.types import ImageSource

__all__ = ["compute_features", "open_extractor"]

_CHUNK = 1000


@cache
def open_extractor(name: str) -> Extractor:
    """Return an extractor by its registry name: the same one at every call.

    Raises
    ------
    UsageError
        If there is no such extractor.
    EvalsuiteError
        If its weights are missing or damaged; the message says how to provide them.
    """
    return cast("Callable[[], Extractor]", EXTRACTORS.get(name))()


def compute_features(extractor: Extractor, images: Sequence[NDArray[np.uint8] | ImageSource]) -> NDArray[np.float32]:
    """Compute the features of many images, of which at most a thousand are read at a time.

    Returns
    -------
    float32, shape (n, dimension)

    Raises
    ------
    InputError
        If an image cannot be read, or the extractor does not take its kind.
    """
    import numpy as np

    found = np.empty((len(images), extractor.dimension), dtype=np.float32)
    for start in range(0, len(images), _CHUNK):
        chunk = [image if isinstance(image, np.ndarray) else image.pixels() for image in images[start : start + _CHUNK]]
        found[start : start + len(chunk)] = extractor.features(chunk)
    return found
