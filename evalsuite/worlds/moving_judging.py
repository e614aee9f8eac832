"""Whether a film of shapes is what was asked for."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite.worlds.moving_film import N_FRAMES, STEP
from evalsuite.worlds.moving_templates import MOTIONS, Mover
from evalsuite.worlds.picture_reading import Thing, read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["judge_film"]

# Pixels that a reading may be off: a box's edge in noise.
_LEAST, _MOST = STEP / 3, 2.0 * STEP  # of a step in the direction that was asked for
_ASIDE = 1.0  # of a step across it, or of a thing that stands still from where it began
_DRIFT = 2.0  # of all steps across it


def judge_film(
    frames: NDArray[np.uint8], movers: Sequence[Mover]
) -> tuple[Literal["right", "wrong", "undecided"], str]:
    """Compare a film with a request.

    Parameters
    ----------
    frames : ndarray
        uint8, shape (frames, height, width, channels).
    movers : sequence of Mover
        Of different shapes.

    Returns
    -------
    str, str
        The verdict, and what is not right, in a few words.

    Notes
    -----
    A film is right where it has 9 frames, each of them shows each thing in its shape and colour, once, and nothing
    else, and the centre of each thing goes from frame to frame as was asked: by 1 to 6 pixels in the direction (3 are
    asked for) and by at most 1 across it, 2 in all; what stands still stays within a pixel of where it began. It is
    undecided where all is so but a thing can be read in two ways.

    Examples
    --------
    >>> from evalsuite.worlds.moving_film import render_film
    >>> circle = Mover("circle", "red", "right")
    >>> film = render_film([circle], [(2, 20)])
    >>> judge_film(film, [circle])
    ('right', '')
    >>> judge_film(film[::-1], [circle])
    ('wrong', 'frame 2: the circle does not move right')
    """
    if len(frames) != N_FRAMES:
        return "wrong", f"expected {N_FRAMES} frames, found {len(frames)}"
    paths = np.empty((N_FRAMES, len(movers), 2))
    doubts: list[str] = []
    for i, frame in enumerate(frames):
        things = read_picture(frame)
        if isinstance(things, str):
            return "wrong", f"frame {i + 1}: {things}"
        if len(things) != len(movers):
            return "wrong", f"frame {i + 1}: expected {len(movers)} things, found {len(things)}"
        ways = [way for way in permutations(things) if all(map(_may_be, way, movers))]
        if not ways:
            return "wrong", f"frame {i + 1}: not the shapes and colours that were asked for"
        if len(ways) > 1:
            return "undecided", f"frame {i + 1}: things can be read in two ways"
        if any(len(thing.shapes) + len(thing.colours) > 2 for thing in things):
            doubts.append(f"frame {i + 1}: a thing can be read in two ways")
        paths[i] = [(thing.x, thing.y) for thing in ways[0]]
    for place, mover in enumerate(movers):
        fault = _wrong_step(paths[:, place], mover)
        if fault:
            return "wrong", fault
    return ("undecided", doubts[0]) if doubts else ("right", "")


def _may_be(thing: Thing, mover: Mover) -> bool:
    return mover.shape in thing.shapes and mover.colour in thing.colours


def _wrong_step(path: NDArray[np.float64], mover: Mover) -> str:
    """Return at which frame a thing does not move as was asked; empty where it does."""
    way = np.array(MOTIONS[mover.motion], dtype=np.float64)
    if mover.motion == "still":
        off = np.flatnonzero(abs(path - path[0]).max(axis=1) > _ASIDE)
        return f"frame {off[0] + 1}: the {mover.shape} does not stand still" if len(off) else ""
    across = way[::-1]
    for i, (before, after) in enumerate(pairwise(path), start=2):
        step = after - before
        if not _LEAST <= step @ way <= _MOST:
            return f"frame {i}: the {mover.shape} does not move {mover.motion}"
        if abs(step @ across) > _ASIDE or abs((after - path[0]) @ across) > _DRIFT:
            return f"frame {i}: the {mover.shape} leaves its line"
    return ""
