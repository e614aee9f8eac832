"""The films of the world of moving shapes: where things are in each frame, and how the oracle draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.worlds.moving_templates import MOTIONS, Mover
from evalsuite.worlds.picture_canvas import PALETTE, SIDE, SIZE, cover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.rng import CounterRng

__all__ = ["N_FRAMES", "STEP", "choose_starts", "render_film"]

N_FRAMES = 9  # a multiple of 4 and one more, as networks that compress time by 4 make them
STEP = 3  # pixels from one frame to the next
_WAY = STEP * (N_FRAMES - 1)
_GAP = 2  # pixels between things, and to the edges, at least
_FULL = 16  # of `cover`
_TRIES = 10_000  # three things, whatever way they go, have room in one try of 200 or fewer


def choose_starts(rng: CounterRng, movers: Sequence[Mover]) -> list[tuple[int, int]]:
    """Draw places, of the left and upper edge, from which things move without meeting or leaving the canvas.

    ValueError if none are found in 10,000 tries, as of many things.
    """
    for _ in range(_TRIES):
        starts = [tuple(_draw(rng, way) for way in MOTIONS[mover.motion]) for mover in movers]
        paths = [_path(start, mover.motion) for start, mover in zip(starts, movers, strict=True)]
        pairs = [(a, b) for i, a in enumerate(paths) for b in paths[:i]]
        if all((abs(a - b).max(axis=1) >= SIZE + _GAP).all() for a, b in pairs):
            return [(x, y) for x, y in starts]
    raise ValueError(f"found no places from which {len(movers)} things move without meeting; ask for fewer")


def render_film(movers: Sequence[Mover], starts: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
    """Draw things that move, on black.

    Parameters
    ----------
    movers : sequence of Mover
    starts : sequence of (int, int)
        Left and upper edge of each in the first frame.

    Returns
    -------
    ndarray
        uint8, shape (9, 48, 48, 3); edges are smooth, and the same bytes everywhere.
    """
    film = np.zeros((N_FRAMES, SIDE, SIDE, 3), dtype=np.uint8)
    for mover, start in zip(movers, starts, strict=True):
        part = cover(mover.shape, SIZE, SIZE)[:, :, None] * np.array(PALETTE[mover.colour])
        drawn = (part + _FULL // 2) // _FULL
        for frame, (x, y) in zip(film, _path(start, mover.motion).tolist(), strict=True):
            frame[y : y + SIZE, x : x + SIZE] = drawn
    return film


def _draw(rng: CounterRng, way: int) -> int:
    first = _GAP + (_WAY if way < 0 else 0)
    last = SIDE - SIZE - _GAP - (_WAY if way > 0 else 0)
    return first + rng.below(last - first + 1)


def _path(start: Sequence[int], motion: str) -> NDArray[np.int64]:
    """Return where a thing is in each frame: int64, shape (9, 2)."""
    steps = STEP * np.arange(N_FRAMES, dtype=np.int64)[:, None]
    return np.asarray(np.array(start) + steps * np.array(MOTIONS[motion]), dtype=np.int64)
