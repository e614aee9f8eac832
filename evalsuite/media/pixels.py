"""Whatever a model returns for an image becomes uint8 pixels, or is refused with what was expected."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from evalsuite.errors import InputError
from evalsuite.media.decode import MAX_PIXELS, pillow_pixels
from evalsuite.media.refused import RefusedImageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalsuite.types import Output

__all__ = ["as_pixels", "check_numbers", "is_image", "pixels_of", "to_array"]

_EXPECTED = "a uint8 array of shape (height, width), (height, width, 1) or (height, width, 3), or a Pillow image"


def is_image(value: object) -> bool:
    """Whether `value` is of a kind that holds images: an array, a tensor, a Pillow image."""
    return _is(value, "numpy", "ndarray") or _is(value, "torch", "Tensor") or _is(value, "PIL.Image", "Image")


def as_pixels(value: object) -> NDArray[np.uint8]:
    """Return an image as pixels, exactly: nothing is scaled, rounded or clipped.

    Parameters
    ----------
    value : object
        A uint8 array or tensor of shape (height, width), (height, width, 1) or (height, width, 3); or a Pillow image,
        grey or RGB.

    Returns
    -------
    uint8 array, shape (height, width, channels)
        A copy.

    Raises
    ------
    TypeError
        If it is something else, or its numbers are not uint8; how to convert is said.
    ValueError
        If it has another shape, no pixels or more than 2**26, or holds NaN.
    """
    import numpy as np

    if _is(value, "PIL.Image", "Image"):
        image: Any = value
        _check_shape((image.height, image.width, 1))
        try:
            return pillow_pixels(image, "the Pillow image")
        except RefusedImageError as error:
            raise ValueError(str(error)) from None
        except OSError as error:  # a lazy image whose file is damaged or gone
            raise ValueError(f"the Pillow image cannot be loaded: {error}") from None
    array = to_array(value)
    if array is None:
        raise TypeError(f"the image is a {type(value).__name__}; expected {_EXPECTED}")
    check_numbers(array, "image", _EXPECTED)
    _check_shape(array.shape)
    return np.array(array.reshape(*array.shape[:2], -1), dtype=np.uint8, order="C")


def to_array(value: object) -> NDArray[Any] | None:
    """Return an array or tensor as an array, whatever its numbers are; None if it is something else."""
    import numpy as np

    if _is(value, "torch", "Tensor"):
        tensor: Any = value
        tensor = tensor.detach().cpu()
        value = tensor.float().numpy() if tensor.is_floating_point() else tensor.numpy()
    return value if isinstance(value, np.ndarray) else None


def pixels_of(output: Output) -> NDArray[np.uint8]:
    """Return the pixels of an output's image: uint8, shape (height, width, channels).

    Raises
    ------
    InputError
        If it has no image, or one that cannot be read or is not as `as_pixels` wants it.
    """
    image = output.image
    if image is None:
        raise InputError(f'the output of sample "{output.sample_id}" has no image')
    if not is_image(image) and hasattr(image, "pixels"):
        return image.pixels()
    try:
        return as_pixels(image)
    except (TypeError, ValueError) as error:
        raise InputError(f'the output of sample "{output.sample_id}": {error}') from error


def _is(value: object, module: str, name: str) -> bool:
    """Whether `value` is of a class, without importing its package: what was not imported made no value."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, getattr(loaded, name, ()))


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) == 3 and shape[0] in (1, 3) and shape[2] not in (1, 3):
        raise ValueError(
            f"the image has shape {shape}, channels first; put them last, as by image.transpose(1, 2, 0), or permute "
            f"of a tensor; expected {_EXPECTED}"
        )
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3)):
        hint = "; return one image a request" if len(shape) == 4 else ""
        raise ValueError(f"the image has shape {shape}{hint}; expected {_EXPECTED}")
    if 0 in shape:
        raise ValueError(f"the image has no pixels, its shape is {shape}")
    if shape[0] * shape[1] > MAX_PIXELS:
        raise ValueError(f"the image has shape {shape}; expected {MAX_PIXELS} pixels at most")


def check_numbers(value: NDArray[Any], what: str, expected: str) -> None:
    """Refuse numbers that are not uint8.

    What was found, and how to convert it, is said in the same words for all images of a model, so that they add up.

    Raises
    ------
    TypeError, ValueError
    """
    import numpy as np

    if value.dtype == np.uint8:
        return
    kind = value.dtype.kind
    if kind not in "fiub" or value.size == 0:
        raise TypeError(f"the {what} is of {value.dtype}; expected {expected}")
    if kind == "f" and not np.isfinite(value).all():
        raise ValueError(f"the {what} is of {value.dtype} and holds {_not_finite(value)}; expected {expected}")
    low, high = float(value.min()), float(value.max())
    found, convert = "", f"{what}.clip(0, 255).astype('uint8')"
    if kind == "b":
        convert = f"{what}.astype('uint8') * 255"
    elif kind == "f" and low >= 0 and high <= 1:
        found, convert = " from 0 to 1", f"({what} * 255).round().astype('uint8')"
    elif kind == "f" and low >= -1 and high <= 1:
        found, convert = " from -1 to 1", f"(({what} + 1) * 127.5).round().astype('uint8')"
    raise TypeError(f"the {what} is of {value.dtype}{found}; convert it to uint8, as by {convert}; expected {expected}")


def _not_finite(value: NDArray[Any]) -> str:
    import numpy as np

    kinds = {"NaN": np.isnan(value).any(), "infinity": np.isinf(value).any()}
    return " and ".join(kind for kind, there in kinds.items() if there)
