"""Whether frames hold nothing but the things that were read in them, and a canvas that keeps still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.worlds.picture_reading import BRIGHT, grown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.worlds.picture_reading import Thing

__all__ = ["find_unrest"]

_STRAY = 0.1  # share of a frame's bright pixels that may belong to no thing
_UNREST = 12.0  # of 255: mean distance of a frame's canvas from what it mostly is
_FAR, _FEW = 40.0, 0.02  # of 255, and the share of the canvas that may be farther from what it mostly is


def find_unrest(frames: NDArray[np.uint8], things: Sequence[Sequence[Thing]]) -> str:
    """Return which frame has bright specks beside its things, or another canvas; empty where none has.

    Parameters
    ----------
    frames : ndarray
        uint8, shape (frames, height, width, channels).
    things : sequence of sequences of Thing
        What was read in each frame.

    Notes
    -----
    Specks are bright pixels that belong to no thing, of which each frame may have 1 in 10. The canvas of a frame is
    what is not bright and does not touch what is, and is not so in the median of all frames either. At each
    place it is compared with that median; their mean distance may be 12 of 255 levels, and 1 pixel in 50 may be more
    than 40 away. So noise is no fault, and neither is a canvas that is grey or has a pattern and keeps it.
    """
    levels = frames.max(axis=3)
    usual = np.median(levels, axis=0)
    covered = grown(usual >= BRIGHT)  # by things, for most of the time
    for i, (level, found) in enumerate(zip(levels, things, strict=True), start=1):
        bright = level >= BRIGHT
        n_bright, n_things = int(bright.sum()), sum(thing.n_pixels for thing in found)
        if n_bright - n_things > _STRAY * n_bright:
            return f"frame {i}: {n_bright - n_things} of {n_bright} bright pixels belong to no thing"
        canvas = ~(grown(bright) | covered)
        away = abs(level[canvas] - usual[canvas])
        if len(away) and (away.mean() > _UNREST or (away > _FAR).mean() > _FEW):
            return f"frame {i}: the canvas is not that of the other frames"
    return ""
