"""The pictures of the picture world: colours, shapes, and how the oracle draws a scene."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.worlds.pictures import CELLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["CELL", "PALETTE", "SIDE", "SIZE", "cover", "render_scene"]

CELL = 12  # pixels of a cell, across and down
SIDE = CELLS * CELL
SIZE = 9  # pixels of an object
_FIRST = 1  # pixels between a cell's edge and an object without offset
_FINE = 4  # points of a pixel, across and down, that are inside a shape or not

PALETTE: dict[str, tuple[int, int, int]] = {
    "blue": (50, 80, 250),
    "green": (40, 200, 60),
    "purple": (190, 50, 220),
    "red": (230, 40, 40),
    "white": (240, 240, 240),
    "yellow": (240, 220, 40),
}


@cache
def cover(shape: str, width: int, height: int) -> NDArray[np.int64]:
    """Return how much of each pixel a shape covers that fills a box: int64, shape (height, width), 0 to 16.

    Parameters
    ----------
    shape : {"circle", "cross", "square", "triangle"}
        The triangle stands on its base; the cross has arms a third as wide as the box.
    width, height : int
        Of the box, in pixels.
    """
    # Twice the position of each point, in a box of 2 x 2, so that all is in whole numbers.
    nx, ny = _FINE * width, _FINE * height
    x = (2 * np.arange(nx) + 1 - nx)[None, :] * ny  # in units of 1 / (nx * ny), from -nx*ny to nx*ny
    y = (2 * np.arange(ny) + 1 - ny)[:, None] * nx
    whole = nx * ny
    if shape == "square":
        inside = np.ones((ny, nx), dtype=bool)
    elif shape == "circle":
        inside = x * x + y * y <= whole * whole
    elif shape == "cross":
        inside = (3 * abs(x) <= whole) | (3 * abs(y) <= whole)
    elif shape == "triangle":
        inside = 2 * abs(x) <= y + whole
    else:
        raise ValueError(f"`shape` must be circle, cross, square or triangle, got {shape!r}")
    return np.asarray(inside.reshape(height, _FINE, width, _FINE).sum(axis=(1, 3)), dtype=np.int64)


def render_scene(scene: Sequence[Any]) -> NDArray[np.uint8]:
    """Draw a scene on black.

    Parameters
    ----------
    scene : sequence of (shape, colour, column, row, offset across, offset down)
        As ``metadata["scene"]`` of a sample has it.

    Returns
    -------
    ndarray
        uint8, shape (48, 48, 3); edges are smooth, and the same bytes everywhere.
    """
    canvas = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    for shape, colour, column, row, right, down in scene:
        top, left = row * CELL + _FIRST + down, column * CELL + _FIRST + right
        part = cover(shape, SIZE, SIZE)[:, :, None] * np.array(PALETTE[colour])
        canvas[top : top + SIZE, left : left + SIZE] = (part + _FINE * _FINE // 2) // (_FINE * _FINE)
    return canvas
