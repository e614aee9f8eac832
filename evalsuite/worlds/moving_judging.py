"""Whether a film of shapes is what was asked for."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Literal

import numpy as np

from evalsuite.worlds.moving_film import N_FRAMES, STEP
from evalsuite.worlds.moving_steadiness import find_unrest
from evalsuite.worlds.moving_templates import MOTIONS, Mover
from evalsuite.worlds.picture_reading import read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.worlds.picture_reading import Thing

__all__ = ["judge_film"]

# Pixels that a reading may be off: a box's edge in noise.
_LEAST, _MOST = STEP / 3, 2.0 * STEP  # of a step in the direction that was asked for
_ASIDE = 1.0  # of a step across it, or of a thing that stands still from where it began
_DRIFT = 2.0  # of all steps across it
_CHANGE = 1.5  # of a thing's number of pixels and brightness, as a factor, to the next frame and since the first


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
    asked for) and by at most 1 across it, 2 in all; what stands still stays within a pixel of where it began.

    Nothing flickers: a thing's number of pixels and its mean brightness are at most 1.5 times those of the frame before
    and of the first one, and at least 2/3 of them. At most 1 in 10 of a frame's bright pixels (70 of 255 levels or
    more) belongs to no thing. The canvas, which is what touches no bright pixel, is on average at most 12 levels from
    the median of all frames, and at most 1 in 50 of its pixels is more than 40 away. So uniform noise of 20
    levels either way is no fault, nor is blur.

    A film is undecided where all is so but a thing can be read in two ways; where that leaves open which thing is
    which, one way of naming them that makes it right is enough.

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
    found: list[list[Thing]] = []
    ways: list[list[tuple[Thing, ...]]] = []
    for i, frame in enumerate(frames, start=1):
        things = read_picture(frame)
        if isinstance(things, str):
            return "wrong", f"frame {i}: {things}"
        if len(things) != len(movers):
            return "wrong", f"frame {i}: expected {len(movers)} things, found {len(things)}"
        ways.append([way for way in permutations(things) if all(map(_may_be, way, movers))])
        if not ways[-1]:
            return "wrong", f"frame {i}: not the shapes and colours that were asked for"
        found.append(things)
    fault = _wrong_paths(ways, movers) or find_unrest(frames, found)
    if fault:
        return "wrong", fault
    for i, things in enumerate(found, start=1):
        if any(len(thing.shapes) + len(thing.colours) > 2 for thing in things):
            return "undecided", f"frame {i}: a thing can be read in two ways"
    return "right", ""


def _may_be(thing: Thing, mover: Mover) -> bool:
    return mover.shape in thing.shapes and mover.colour in thing.colours


def _wrong_paths(ways: Sequence[Sequence[tuple[Thing, ...]]], movers: Sequence[Mover]) -> str:
    """Return what is wrong with the paths of things; empty where some way of naming them makes all of them right."""
    reached = {(way, way) for way in range(len(ways[0]))}  # of the first frame, and of the last one so far
    for before, after in pairwise(ways):
        reached = {
            (first, new)
            for first, old in reached
            for new in range(len(after))
            if not any(map(_wrong_step, ways[0][first], before[old], after[new], movers))
        }
        if not reached:
            return _first_fault([way[0] for way in ways], movers)
    return ""


def _first_fault(path: Sequence[tuple[Thing, ...]], movers: Sequence[Mover]) -> str:
    for mover, things in zip(movers, zip(*path, strict=True), strict=True):
        for i, (before, after) in enumerate(pairwise(things), start=2):
            fault = _wrong_step(things[0], before, after, mover)
            if fault:
                return f"frame {i}: the {mover.shape} {fault}"
    return ""


def _wrong_step(first: Thing, before: Thing, after: Thing, mover: Mover) -> str:
    """Return what a thing does from a frame to the next that was not asked for; empty where there is nothing."""
    way = np.array(MOTIONS[mover.motion], dtype=np.float64)
    start, old, new = (np.array([thing.x, thing.y]) for thing in (first, before, after))
    if mover.motion == "still":
        if abs(new - start).max() > _ASIDE:
            return "does not stand still"
    else:
        across = way[::-1]
        if not _LEAST <= (new - old) @ way <= _MOST:
            return f"does not move {mover.motion}"
        if abs((new - old) @ across) > _ASIDE or abs((new - start) @ across) > _DRIFT:
            return "leaves its line"
    for known in (before, first):
        if not 1 / _CHANGE <= after.n_pixels / known.n_pixels <= _CHANGE:
            return "grows or shrinks"
        if not 1 / _CHANGE <= after.brightness / known.brightness <= _CHANGE:
            return "flickers"
    return ""
