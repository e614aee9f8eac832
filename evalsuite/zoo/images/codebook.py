"""The codebook of picture models: every cell that a picture of the world can have, and a name for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalsuite.worlds.picture_templates import COLOURS, SHAPES
from evalsuite.worlds.pictures import CELLS, OFFSETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CODES", "codes_of_scene", "picture_of_codes"]

_KINDS: tuple[tuple[str, str, int, int], ...] = tuple(
    (shape, colour, right, down)
    for shape in SHAPES
    for colour in COLOURS
    for right in range(OFFSETS)
    for down in range(OFFSETS)
)

CODES: tuple[str, ...] = ("<empty>", *(f"<{i}>" for i in range(1, len(_KINDS) + 1)))
"""Names of an empty cell, and of each object at each place in a cell. They say nothing of what they stand for."""


def codes_of_scene(scene: Sequence[Any]) -> list[int]:
    """Return the code of each cell of a scene, by rows; see ``metadata["scene"]`` of the picture world."""
    codes = [0] * (CELLS * CELLS)
    for shape, colour, column, row, right, down in scene:
        codes[row * CELLS + column] = 1 + _KINDS.index((shape, colour, right, down))
    return codes


def picture_of_codes(codes: Sequence[int]) -> NDArray[np.uint8]:
    """Draw cells by their codes, by rows; those beyond the last are cut off, those missing empty: uint8, 48x48x3."""
    from evalsuite.worlds.picture_canvas import render_scene

    scene: list[Any] = []
    for place, code in enumerate(codes[: CELLS * CELLS]):
        if code:
            row, column = divmod(place, CELLS)
            shape, colour, right, down = _KINDS[code - 1]
            scene.append([shape, colour, column, row, right, down])
    return render_scene(scene)
