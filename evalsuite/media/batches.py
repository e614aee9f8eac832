"""One image after the other from arrays, tensors, Pillow images, and iterables of batches of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from evalsuite.media.conversion import FLOAT
from evalsuite.media.decode import MAX_PIXELS, convert_pillow
from evalsuite.media.facts import Decoded, ImageFacts
from evalsuite.media.pixels import is_image
from evalsuite.media.refused import RefusedImageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["images_in"]

_KEYS = ("image", "images", "img", "pixel_values", "jpg", "png")
_EXPECTED = (
    "uint8, or floats from 0 to 1, of shape (n, height, width, channels) or, as tensors are, (n, channels, height, "
    "width), with 1 or 3 channels"
)


def images_in(images: Any, argument: str) -> Iterator[Decoded | RefusedImageError]:
    """Yield images as 8-bit grey or RGB, or, of a Pillow image that cannot be, why.

    Parameters
    ----------
    images : array, tensor or iterable
        A batch: uint8, or floats in [0, 1], which become ``floor(255 v + 0.5)``, of shape (n, height, width), (n,
        height, width, channels) or (n, channels, height, width). Or an iterable of batches, of single images of the
        same shapes without n, or of Pillow images; of pairs, such as a data loader's of images and labels, the first
        counts; of a mapping, the one of ``image``, ``images``, ``img``, ``pixel_values``, ``jpg``, ``png`` in it.
    argument : str
        Named in messages.

    Raises
    ------
    TypeError
        If it is something else, or its numbers are of another type.
    ValueError
        If an image has another shape, which channels come first or last cannot be told, or there is NaN or a value
        out of range.
    """
    if _is_pillow(images):
        raise TypeError(f"`{argument}` is one Pillow image; expected several, such as a list of them")
    if is_image(images):
        yield from _batch(_as_array(images), argument)
        return
    if isinstance(images, (str, bytes, PurePath, Mapping)) or not isinstance(images, Iterable):
        raise TypeError(f"`{argument}` is a {type(images).__name__}; expected {_EXPECTED}, or an iterable of these")
    for i, item in enumerate(images):
        yield from _item(item, f"{argument}[{i}]")


def _item(item: Any, where: str) -> Iterator[Decoded | RefusedImageError]:
    """Yield the images of what an iterable gave."""
    if isinstance(item, Mapping):
        there = [key for key in _KEYS if key in item]
        if len(there) != 1:
            keys = ", ".join(str(key) for key in item)[:200]
            raise TypeError(f"`{where}` is a mapping; expected one of the keys {', '.join(_KEYS)} in it, found {keys}")
        yield from _item(item[there[0]], f'{where}["{there[0]}"]')
    elif isinstance(item, (tuple, list)):
        if not item:
            return
        first = item[0]
        each = isinstance(item, list) and not isinstance(first, (list, tuple)) and getattr(first, "ndim", 0) != 4
        for i, one in enumerate(item if each else item[:1]):
            yield from _item(one, f"{where}[{i}]")
    elif _is_pillow(item):
        yield from _pillow(item, where)
    elif is_image(item):
        array = _as_array(item)
        yield from _batch(array if array.ndim == 4 else array[None], where, single=array.ndim != 4)
    else:
        raise TypeError(f"`{where}` is a {type(item).__name__}; expected an image or a batch: {_EXPECTED}")


def _pillow(image: Any, where: str) -> Iterator[Decoded | RefusedImageError]:
    try:
        yield convert_pillow(image, where)
    except RefusedImageError as error:
        yield error
    except Exception:  # a lazy image whose file is damaged or gone
        yield RefusedImageError(where, "damaged or cut off")


def _batch(array: NDArray[Any], where: str, *, single: bool = False) -> Iterator[Decoded]:
    import numpy as np

    array = _channels_last(array, where, single=single)
    if 0 in array.shape[1:] or array.shape[1] * array.shape[2] > MAX_PIXELS:
        raise ValueError(f"`{where}` has shape {array.shape}; expected images of 1 to {MAX_PIXELS} pixels")
    if array.dtype != np.uint8 and array.dtype.kind != "f":
        advice = {"b": "astype('uint8') * 255", "u": "divide by the largest value there can be, as by images / 65535"}
        hint = advice.get(array.dtype.kind, "convert them to uint8")
        raise TypeError(f"`{where}` is of {array.dtype}; expected {_EXPECTED}; {hint}")
    mode = "L" if array.shape[3] == 1 else "RGB"
    for i, image in enumerate(array):
        if array.dtype == np.uint8:
            yield Decoded(np.array(image, order="C"), ImageFacts("array", mode))
            continue
        _check_range(image, where if single else f"{where}[{i}]")
        wide = image.astype(np.float64 if image.dtype.itemsize > 4 else np.float32)
        pixels = np.ascontiguousarray(np.floor(wide * 255 + 0.5).astype(np.uint8))
        yield Decoded(pixels, ImageFacts("array", mode, bits=8 * image.dtype.itemsize, conversions=(FLOAT,)))


def _channels_last(array: NDArray[Any], where: str, *, single: bool) -> NDArray[Any]:
    """Return a batch as (n, height, width, channels)."""
    shape = array.shape[1:] if single else array.shape
    if array.ndim == 3:
        return array[:, :, :, None]
    first, last = (array.ndim == 4 and array.shape[axis] in (1, 3) for axis in (1, 3))
    if first and last and array.shape[1:] != (1, 1, 1):
        raise ValueError(
            f"`{where}` has shape {shape}, of which either the first or the last axis of an image may be its channels; "
            "save the images as an .npy of shape (n, height, width, channels) and give its path"
        )
    if last:
        return array
    if first:
        return array.transpose(0, 2, 3, 1)
    hint = "; a batch in grey within an iterable needs shape (n, height, width, 1)" if single else ""
    raise ValueError(f"`{where}` has shape {shape}; expected {_EXPECTED}{hint}")


def _check_range(image: NDArray[Any], where: str) -> None:
    import numpy as np

    if not np.isfinite(image).all():
        kind = "NaN" if np.isnan(image).any() else "infinity"
        raise ValueError(f"`{where}` holds {kind}; expected {_EXPECTED}")
    low, high = float(image.min()), float(image.max())
    if low < 0 or high > 1:
        hint = ""
        if low >= -1 and high <= 1:
            hint = "; from -1 to 1, give (images + 1) / 2"
        elif low >= 0 and high <= 255:
            hint = "; from 0 to 255, give images.round() as uint8"
        raise ValueError(f"`{where}` has values from {low:.6g} to {high:.6g}; expected {_EXPECTED}{hint}")


def _as_array(value: Any) -> NDArray[Any]:
    """Return an array, or a tensor as one; of half precision as float32."""
    import numpy as np

    if isinstance(value, np.ndarray):
        return value
    tensor = value.detach().cpu()
    is_half = tensor.is_floating_point() and tensor.element_size() < 4
    found: NDArray[Any] = (tensor.float() if is_half else tensor).numpy()
    return found


def _is_pillow(value: Any) -> bool:
    return is_image(value) and hasattr(value, "getexif")
