"""What the calls take for a set of images: a path, an array, or a data set of tensors."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.media import as_pixels, read_image_set

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.extractors.base import Extractor
    from evalsuite.extractors.settings import FeatureSettings

__all__ = ["ImageInput", "input_features", "open_input"]

_EXPECTED = (
    "the path of a folder, tar or npz of images; a uint8 array of shape (n, height, width) or (n, height, width, 1 or "
    "3); a uint8 tensor of shape (n, 1 or 3, height, width); or a data set of uint8 tensors (1 or 3, height, width)"
)


class ImageInput:
    """Images that are read one by one.

    Parameters
    ----------
    n : int
    load : callable
        Returns the pixels of the i-th: uint8, shape (height, width, 1 or 3).
    """

    def __init__(self, n: int, load: Callable[[int], NDArray[np.uint8]]) -> None:
        self.n = n
        self.load = load


def open_input(given: object, name: str, *, suffixes: Collection[str] | None = None, deep: bool = False) -> ImageInput:
    """Open a set of images.

    Parameters
    ----------
    given : path, array, tensor or data set
    name : str
        Of the argument, for messages.
    suffixes : collection of str, optional
        Of a folder, only files whose names end so, such as ``".png"``, in capitals too.
    deep : bool, default False
        Of a folder, also what is in its subfolders.

    Returns
    -------
    ImageInput
        A folder's images in the order of their names as text, not as numbers. A warning counts by reason images that
        are left out, and says of those in subfolders.

    Raises
    ------
    TypeError
        If it is something else.
    InputError
        If a path cannot be read, or there is no image that can be scored.
    ValueError
        If an array has another shape.
    """
    if isinstance(given, (str, Path)):
        return _of_path(str(given), name, suffixes, deep=deep)
    for module, kind, axes in (("numpy", "ndarray", (3, 4)), ("torch", "Tensor", (4,))):
        loaded = sys.modules.get(module)
        if loaded is not None and isinstance(given, getattr(loaded, kind)):
            array: Any = given
            if array.ndim not in axes:
                raise ValueError(f"`{name}`: expected {_EXPECTED}; it has shape {tuple(array.shape)}")
    if hasattr(given, "__len__") and hasattr(given, "__getitem__") and not isinstance(given, (bytes, dict)):
        data: Any = given
        return ImageInput(len(data), lambda i: _pixels(data[i], name, i))
    raise TypeError(f"`{name}`: expected {_EXPECTED}; got {type(given).__name__}")


def input_features(extractor: Extractor, images: ImageInput, settings: FeatureSettings) -> NDArray[np.float32]:
    """Return the features of a set of images, float32 of shape (n, dimension), computed by the settings.

    Raises
    ------
    InputError
        If weights do not fit, or an image cannot be read or is not taken.
    """
    import numpy as np

    from evalsuite.extractors.pipeline import stream_features
    from evalsuite.extractors.settings import use_settings

    found = np.empty((images.n, extractor.dimension), dtype=np.float32)
    with use_settings(settings):
        extractor.features([])  # weights that do not fit are no fault of an image
        for start, (rows,) in stream_features([extractor], images.n, images.load):
            found[start : start + len(rows)] = rows
    return found


def _of_path(path: str, name: str, suffixes: Collection[str] | None, *, deep: bool) -> ImageInput:
    found = read_image_set(path)
    chosen = dict(zip(found.names, found.images, strict=True))
    if found.path.is_dir():
        wanted = {
            image: source
            for image, source in chosen.items()
            if (deep or "/" not in image) and (suffixes is None or Path(image).suffix.lower() in suffixes)
        }
        if not wanted:
            raise InputError(f"`{name}`: {path}: none of its {len(chosen)} images is where they are looked for")
        if len(wanted) < len(chosen):
            _warn(f"{path}: {len(chosen) - len(wanted)} images in subfolders or of other formats are not looked at")
        chosen = dict(sorted(wanted.items()))
    if found.excluded:
        reasons = ", ".join(f"{count} x {reason}" for reason, count in found.reasons.items())
        _warn(f"{path}: {len(found.excluded)} images are left out: {reasons}")
    sources = list(chosen.values())
    return ImageInput(len(sources), lambda i: sources[i].pixels())


def _pixels(item: Any, name: str, i: int) -> NDArray[np.uint8]:
    """Return an image of an array or data set as pixels; tensors have their channels first."""
    torch = sys.modules.get("torch")
    try:
        if torch is not None and isinstance(item, torch.Tensor) and item.ndim == 3 and item.shape[0] in (1, 3):
            item = item.permute(1, 2, 0)
        return as_pixels(item)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{name}`: image {i}: {error}") from error


def _warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=5)
