"""What is in a picture: objects, each with shape, colour and place, read off its pixels.

Pixels that are bright enough stand out from the black canvas. Those that touch are one object, unless they are of two
colours. An object's colour is the one of the palette that its bright pixels point to. Its shape is the one that covers
its box most alike; what reaches all four edges of the picture is a canvas that is not black, and no shape. Where two
readings are about as good, the object is doubtful; where none is good, it is something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.worlds.picture_canvas import PALETTE, cover
from evalsuite.worlds.picture_templates import SHAPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BRIGHT", "MAX_OBJECTS", "OTHER", "Thing", "grown", "read_picture"]

OTHER = "other"
MAX_OBJECTS = 64

BRIGHT = 70  # of 255: what stands out from the canvas
_SPECK = 8  # pixels: what is smaller is noise
_BOTH = 0.2  # share of an object's pixels that a second colour must have to be an object of its own
_ALIKE, _NEAR = 0.72, 0.03  # least overlap with a shape, and how far apart two are at least
_POINTS, _NEARLY = 0.94, 0.015  # the same of the cosine with a colour
_LARGEST = 512  # pixels, across and down
_MARGIN = 0.05  # share of the picture's height and width within which an object reaches an edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object in a picture.

    Parameters
    ----------
    shapes, colours : tuple of str
        What it may be: one, two where it is doubtful, or `OTHER`.
    x, y : float
        Centre of its box, in pixels from the left and from the top.
    n_pixels : int
    brightness : float
        Mean of its pixels' brightest channel.
    """

    shapes: tuple[str, ...]
    colours: tuple[str, ...]
    x: float
    y: float
    n_pixels: int
    brightness: float


def read_picture(image: NDArray[np.uint8]) -> list[Thing] | str:
    """Return what is in a picture, from top to bottom and left to right.

    Parameters
    ----------
    image : ndarray
        uint8, shape (height, width, channels), 1 or 3 channels, at most 512 across and down.

    Returns
    -------
    list of Thing, or str
        Why it cannot be read: no picture of that kind, or more than 64 objects.

    Examples
    --------
    >>> from evalsuite.worlds.picture_canvas import render_scene
    >>> (thing,) = read_picture(render_scene([("circle", "red", 1, 2, 0, 0)]))
    >>> thing.shapes, thing.colours, thing.x, thing.y
    (('circle',), ('red',), 17.5, 29.5)
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (1, 3):
        return "no picture: expected uint8 of shape (height, width, 1 or 3)"
    if not 1 <= min(image.shape[:2]) <= max(image.shape[:2]) <= _LARGEST:
        return f"expected at most {_LARGEST} x {_LARGEST} pixels, found {image.shape[0]} x {image.shape[1]}"
    pixels = np.broadcast_to(image, (*image.shape[:2], 3)).astype(np.int64)
    labels = _components(pixels.max(axis=2) >= BRIGHT)
    sizes = np.bincount(labels.ravel())
    kept = [label for label in range(1, len(sizes)) if sizes[label] >= _SPECK]
    if len(kept) > MAX_OBJECTS:
        return f"more than {MAX_OBJECTS} objects"
    found = [thing for label in kept for thing in _things(pixels, labels == label)]
    return sorted(found, key=lambda thing: (thing.y, thing.x))


def _things(pixels: NDArray[np.int64], mask: NDArray[np.bool_]) -> list[Thing]:
    """Return the object that touching pixels are; or those of two or more colours that touch."""
    names = list(PALETTE)
    nearest = _cosines(pixels[mask]).argmax(axis=1)
    shares = np.bincount(nearest, minlength=len(names)) / len(nearest)
    if (shares >= _BOTH).sum() < 2:
        return [_thing(pixels, mask)]
    by_colour = np.full(mask.shape, -1)
    by_colour[mask] = nearest
    parts = [by_colour == i for i in np.flatnonzero(shares >= _BOTH)]
    pieces = [
        labels == label for part in parts for labels in [_components(part)] for label in range(1, labels.max() + 1)
    ]
    large = [piece for piece in pieces if piece.sum() >= _SPECK]
    return [_thing(pixels, piece) for piece in large[:MAX_OBJECTS]] or [_thing(pixels, mask)]


def _thing(pixels: NDArray[np.int64], mask: NDArray[np.bool_]) -> Thing:
    brightness = pixels.max(axis=2)
    core = float(np.quantile(brightness[mask], 0.8))
    bright = mask & (brightness >= 0.7 * core)
    colour = pixels[bright].mean(axis=0)
    # The neighbours of an object are its faint edge.
    around = grown(mask)
    coverage = np.where(around, np.minimum(brightness / core, 1.0), 0.0)
    rows, columns = (np.flatnonzero((coverage > 0.3).any(axis=axis)) for axis in (1, 0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    height, width = mask.shape
    near = (top / height, left / width, (height - bottom) / height, (width - right) / width)
    return Thing(
        shapes=(OTHER,) if max(near) <= _MARGIN else _shapes(coverage[top:bottom, left:right]),
        colours=_named(dict(zip(PALETTE, _cosines(colour[None])[0].tolist(), strict=True)), _POINTS, _NEARLY),
        x=float(left + right) / 2,
        y=float(top + bottom) / 2,
        n_pixels=int(mask.sum()),
        brightness=float(brightness[mask].mean()),
    )


def _shapes(coverage: NDArray[np.float64]) -> tuple[str, ...]:
    """Return the shape whose cover of the box is most like the object's: intersection over union of what is covered."""
    height, width = coverage.shape
    if not 2 / 3 <= width / height <= 3 / 2:
        return (OTHER,)
    overlaps = {}
    for shape in SHAPES:
        whole = cover(shape, width, height) / 16
        overlaps[shape] = float(np.minimum(whole, coverage).sum() / np.maximum(whole, coverage).sum())
    return _named(overlaps, _ALIKE, _NEAR)


def _named(likeness: dict[str, float], least: float, apart: float) -> tuple[str, ...]:
    ranked = sorted(likeness, key=lambda name: -likeness[name])
    if likeness[ranked[0]] < least:
        return (OTHER,)
    second = likeness[ranked[0]] - likeness[ranked[1]] < apart
    return tuple(ranked[:2]) if second else (ranked[0],)


def _cosines(pixels: NDArray[np.floating] | NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the cosine of each pixel's colour, shape (n, 3), with each of the palette: float64, shape (n, colours)."""
    palette = np.array(list(PALETTE.values()), dtype=np.float64)
    palette /= np.linalg.norm(palette, axis=1, keepdims=True)
    norms = np.maximum(np.linalg.norm(pixels, axis=1, keepdims=True), 1e-9)
    return np.asarray((pixels / norms) @ palette.T)


def grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask with the neighbours of what is in it, corners too: bool, the same shape."""
    padded = np.pad(mask, 1)
    height, width = mask.shape
    parts = [padded[i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return np.asarray(np.any(parts, axis=0))


def _components(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the number of each pixel's region, corners touching, from 1; 0 elsewhere: int64, the shape of `mask`."""
    labels = np.zeros(mask.shape, dtype=np.int64)
    width = mask.shape[1]
    left = set(np.flatnonzero(mask).tolist())
    count = 0
    flat = labels.ravel()
    for start in np.flatnonzero(mask).tolist():
        if start not in left:
            continue
        count += 1
        left.discard(start)
        stack = [start]
        while stack:
            at = stack.pop()
            flat[at] = count
            column = at % width
            for step in (-width, 0, width):
                for aside in (-1, 0, 1):
                    other = at + step + aside
                    if 0 <= column + aside < width and other in left:
                        left.discard(other)
                        stack.append(other)
    return labels
