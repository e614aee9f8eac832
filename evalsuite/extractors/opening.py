"""Open extractors once a process, and compute the features of many images."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from evalsuite.errors import UsageError
from evalsuite.extractors import BY_PATH, EXTRACTORS
from evalsuite.extractors.naming import parse_extractor
from evalsuite.extractors.settings import feature_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor
    from evalsuite.types import ImageSource

__all__ = ["compute_all_features", "compute_features", "open_extractor"]


def open_extractor(name: str) -> Extractor:
    """Return an extractor in the precision of the settings in force: the same one at every call.

    Parameters
    ----------
    name : str
        Registry name, such as ``"inception_fid"``; with a protocol, ``"inception_fid@clean"``; or kind and path.

    Raises
    ------
    UsageError
        If there is no such extractor, or it does not compute in that precision.
    EvalsuiteError
        If its weights are missing or damaged; the message says how to provide them.
    """
    return _opened(name, feature_settings().precision)


@cache
def _opened(name: str, precision: str) -> Extractor:
    if precision != "float32":
        in_precision = getattr(_opened(name, "float32"), "in_precision", None)
        if in_precision is None:
            raise UsageError(
                f'extractor "{name}" computes in float32 only; precision {precision} is for inception_fid, '
                "inception_logits, fashion_convnet and fashion_classifier"
            )
        return cast("Extractor", in_precision(precision))
    parsed = parse_extractor(name)
    if parsed.path is not None:
        module, _, attribute = BY_PATH[parsed.base].target.partition(":")
        return cast("Extractor", getattr(import_module(module), attribute)(parsed.path))
    opener = cast("Callable[..., Extractor]", EXTRACTORS.get(parsed.base))
    return opener() if parsed.protocol is None else opener(parsed.protocol)


open_extractor.cache_clear = _opened.cache_clear  # type: ignore[attr-defined]


def compute_features(extractor: Extractor, images: Sequence[NDArray[np.uint8] | ImageSource]) -> NDArray[np.float32]:
    """Compute the features of many images; see ``evalsuite.extractors.pipeline``.

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

    from evalsuite.extractors.pipeline import stream_features

    def load(i: int) -> NDArray[np.uint8]:
        image = images[i]
        return image if isinstance(image, np.ndarray) else image.pixels()

    found = [np.empty((len(images), extractor.dimension), dtype=np.float32) for extractor in extractors]
    for start, rows in stream_features(extractors, len(images), load):
        for features, part in zip(found, rows, strict=True):
            features[start : start + len(part)] = part
    return found
