"""The samples of a Pillow image with all their bits, where Pillow itself would drop half of them or guess at alpha."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from evalsuite.media.conversion import PALETTE, Samples, few_bits
from evalsuite.media.refused import RefusedImageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL.Image import Image

__all__ = ["SIXTEEN_MODES", "bits_of", "raws_of", "read_samples"]

SIXTEEN_MODES = ("I;16", "I;16B", "I;16L")

_BITS_PER_SAMPLE, _PHOTOMETRIC = 258, 262  # TIFF
_PNG_BIT_DEPTH = 24  # signature, length and name of the first chunk, width, height
_WHITE_IS_ZERO = 0
_COLOURS = {"LA": "grey", "RGBA": "RGB", "PA": "palette"}
_OTHER_HALF = {"16B": "16L", "16L": "16B", "16N": "16B" if sys.byteorder == "little" else "16L"}
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


def bits_of(image: Image, data: bytes) -> int:
    """Return how many bits a channel of an image file has, from its header."""
    if image.format == "PNG" and len(data) > _PNG_BIT_DEPTH:
        return data[_PNG_BIT_DEPTH]
    if image.format == "TIFF":
        tags: Any = image.tag_v2  # type: ignore[attr-defined]
        return int(max(tags.get(_BITS_PER_SAMPLE, (1,))))
    return 1 if image.mode == "1" else 8


def read_samples(image: Image, bits: int, where: str, again: Callable[[], Image]) -> tuple[Samples, list[str]]:
    """Decode an image that was opened and not yet loaded.

    Parameters
    ----------
    image : Pillow image
    bits : int
        A channel, as `bits_of` says.
    where : str
        Named in messages.
    again : callable
        Opens the same image anew: of 16 bits in three or four channels Pillow decodes eight at a time.

    Returns
    -------
    (Samples, list of str)
        And the names of conversions that are done already.

    Raises
    ------
    RefusedImageError
        If there is no rule for what it is.
    """
    import numpy as np

    mode, done = image.mode, []
    if mode == "F" or (mode.startswith("I") and bits != 16):
        kind = "floating-point" if mode == "F" else f"{bits}-bit"
        raise RefusedImageError(where, f"{kind} pixels", "save the images with 8 or 16 bits a channel")
    if bits == 16:
        return _sixteen(image, where, again), []
    if bits > 8:
        raise RefusedImageError(where, f"{bits}-bit pixels", "save the images with 8 or 16 bits a channel")
    premultiplied = mode in _PREMULTIPLIED or _is_premultiplied(image)
    if premultiplied and mode in _COLOURS:
        _replace_raw(image, {"RGBa": "RGBA"})
    image.load()
    transparent = image.info.get("transparency")
    if mode in ("P", "PA"):
        done.append(PALETTE)
        # Pillow has an alpha for each of the colours.
        image = image.convert("RGBA" if transparent is not None or mode == "PA" else "RGB")
        transparent = None
    elif mode == "1":
        done.append(few_bits(1))
        image = image.convert("L")
    elif mode in _PREMULTIPLIED:
        array = np.asarray(image)
        return Samples(values=array[:, :, :-1], alpha=array[:, :, -1], premultiplied=True), done
    elif bits < 8 and mode == "L":
        done.append(few_bits(bits))
        if transparent is not None:  # as stored, where the pixels have been spread
            transparent = (transparent % (1 << bits)) * (255 // ((1 << bits) - 1))
    if image.mode in ("LA", "RGBA"):
        array = np.asarray(image)
        return Samples(values=array[:, :, :-1], alpha=array[:, :, -1], premultiplied=premultiplied), done
    if image.mode not in ("L", "RGB", "CMYK"):
        raise RefusedImageError(where, f"{image.mode} colours", "save the images as grey or RGB")
    values = np.array(image, dtype=np.uint8)
    values = values[:, :, None] if values.ndim == 2 else values
    return Samples(values=values, alpha=_keyed(values, transparent, 255)), done


def _sixteen(image: Image, where: str, again: Callable[[], Image]) -> Samples:
    """Return samples of 16 bits: those of grey as Pillow has them, those of others from two halves."""
    import numpy as np

    transparent = image.info.get("transparency")
    if image.mode in ("I", *SIXTEEN_MODES):
        if image.format == "TIFF" and image.mode == "I":  # signed ones
            raise RefusedImageError(where, "signed 16-bit pixels", "save the images with 8 bits, or 16 without sign")
        image.load()
        grey = np.asarray(image).astype(np.uint16)[:, :, None]
        if image.format == "TIFF":
            tags: Any = image.tag_v2  # type: ignore[attr-defined]
            if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
                grey = 65535 - grey
        return Samples(values=grey, alpha=_keyed(grey, transparent, 65535))
    raws = raws_of(image)
    raw = next(iter(raws)) if len(raws) == 1 else ""
    colours, _, order = raw.partition(";")
    if raw == "LA;16B":  # the four bytes of a pixel, as if they were four channels
        _replace_raw(image, {raw: "RGBA"})
        four = np.asarray(_loaded(image)).astype(np.uint16)
        both: NDArray[Any] = four[:, :, 0::2] << 8 | four[:, :, 1::2]
        return Samples(values=both[:, :, :1], alpha=both[:, :, 1])
    if order not in _OTHER_HALF or colours not in ("RGB", "RGBA", "RGBX", "RGBa", "CMYK"):
        raise RefusedImageError(where, "16-bit pixels in an unusual order", "save the images with 8 bits")
    plain = "RGBA" if colours == "RGBa" else colours
    other = again()
    _replace_raw(image, {raw: f"{plain};{order}"})
    _replace_raw(other, {raw: f"{plain};{_OTHER_HALF[order]}"})
    high, low = (np.asarray(_loaded(half)).astype(np.uint16) for half in (image, other))
    values: NDArray[Any] = high << 8 | low
    if image.mode == "RGBA":
        return Samples(values=values[:, :, :3], alpha=values[:, :, 3], premultiplied=colours == "RGBa")
    return Samples(values=values, alpha=_keyed(values, transparent, 65535))


def _keyed(values: NDArray[Any], transparent: Any, largest: int) -> NDArray[Any] | None:
    """Return the alpha of an image of which one colour is transparent; None where none is."""
    import numpy as np

    if transparent is None:
        return None
    colour = np.asarray(transparent, dtype=np.int64).reshape(-1) % (largest + 1)
    if len(colour) != values.shape[2]:
        return None
    return np.where((values == colour).all(axis=2), 0, largest).astype(values.dtype)


def _is_premultiplied(image: Image) -> bool:
    return "RGBa" in raws_of(image)


def raws_of(image: Image) -> set[str]:
    """Return how the pixels of a file that is not loaded yet are packed."""
    return {_raw(tile) for tile in getattr(image, "tile", ())}


def _loaded(image: Image) -> Image:
    image.load()
    return image


def _raw(tile: Any) -> str:
    """Return what a tile says of how pixels are packed, whether with other arguments or alone."""
    args = tile[3]
    return str(args if isinstance(args, str) else args[0])


def _replace_raw(image: Image, names: dict[str, str]) -> None:
    """Have an image that is not loaded yet unpacked in another way."""
    tiles: Any = image.tile  # type: ignore[attr-defined]
    for i, tile in enumerate(tiles):
        raw = names.get(_raw(tile))
        if raw is not None:
            args = raw if isinstance(tile[3], str) else (raw, *tile[3][1:])
            made = (*tile[:3], args)
            tiles[i] = type(tile)(*made) if hasattr(tile, "_fields") else made
