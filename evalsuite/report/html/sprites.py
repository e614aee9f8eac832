"""Many small images as one PNG, so that a page of thousands stays small."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.figures import ImageGrid

__all__ = ["Sheet", "make_sheet"]

_LARGEST_TILE = 96
_SHOWN_TILE = 56
_GAP = 2
_GROUP_GAP = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A PNG as a data URI, and how large to show it, in CSS pixels."""

    uri: str
    width: int
    height: int


def make_sheet(grid: ImageGrid) -> Sheet:
    """Put the images of a grid into one PNG; what is between them is transparent.

    Images larger than 96 pixels a side are made smaller; small ones are shown enlarged by a whole number, and stay as
    they are.
    """
    from PIL import Image

    tiles = [_tile(image) for image in grid.images]
    height = max(tile.shape[0] for tile in tiles)
    width = max(tile.shape[1] for tile in tiles)
    columns = min(grid.columns, len(tiles))
    n_rows = -(-len(tiles) // columns)
    tops: list[int] = []
    top = 0
    for row in range(n_rows):
        tops.append(top)
        second = grid.paired and row % 2 == 1
        top += height + (_GROUP_GAP if second else 0 if grid.paired else _GAP)
    sheet = np.zeros((tops[-1] + height, columns * (width + _GAP) - _GAP, 4), dtype=np.uint8)
    for place, tile in enumerate(tiles):
        row, column = divmod(place, columns)
        y = tops[row] + (height - tile.shape[0]) // 2
        x = column * (width + _GAP) + (width - tile.shape[1]) // 2
        sheet[y : y + tile.shape[0], x : x + tile.shape[1], :3] = tile
        sheet[y : y + tile.shape[0], x : x + tile.shape[1], 3] = 255
    grey = all(tile.shape[2] == 1 for tile in tiles)
    image = Image.fromarray(sheet[:, :, [0, 3]], "LA") if grey else Image.fromarray(sheet, "RGBA")
    file = io.BytesIO()
    image.save(file, format="PNG", optimize=True)
    scale = max(1, _SHOWN_TILE // max(width, height))
    return Sheet(
        uri="data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii"),
        width=sheet.shape[1] * scale,
        height=sheet.shape[0] * scale,
    )


def _tile(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return an image of at most `_LARGEST_TILE` pixels a side: uint8, shape (height, width, 1 or 3)."""
    longest = max(image.shape[:2])
    if longest <= _LARGEST_TILE:
        return image
    from PIL import Image

    scale = _LARGEST_TILE / longest
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    small = Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image).resize(size, Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.uint8)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels
