"""Film strips of generated videos: a few of each one's frames in a row."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.errors import EvalsuiteError
from evalsuite.figures.record import Figure, ImageGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from evalsuite.figures.record import FigureInput
    from evalsuite.types import Output

__all__ = ["random_films"]

_FRAMES = 8
_VIDEOS = 4


def random_films(data: FigureInput) -> Figure | None:
    """Return frames of videos chosen by the run's seed, a row a video, the same samples for every model.

    None where there is no video. Frames are evenly spaced from the first to the last.
    """
    having = {i for i, outputs in enumerate(data.outputs) if any(output.video is not None for output in outputs)}
    order = random.Random(f"{data.seed} grid").sample(range(len(data.outputs)), len(data.outputs))
    chosen = [i for i in order if i in having][:_VIDEOS]
    films = [film for i in chosen if (film := _first(data.outputs[i])) is not None]
    if not films:
        return None
    columns = min(_FRAMES, *map(len, films))
    shown = [film[place] for film in films for place in np.linspace(0, len(film) - 1, columns).round().astype(int)]
    return Figure(
        title="Random samples",
        caption="A row a video, with frames evenly spaced from its first to its last. Chosen by the run's seed, the "
        "same samples of every model; none was picked by hand.",
        content=ImageGrid(images=tuple(shown), columns=columns, alt=f"{len(films)} videos chosen at random"),
    )


def _first(outputs: Sequence[Output]) -> NDArray[np.uint8] | None:
    """Return the frames of a sample's first video; None where it cannot be read."""
    from evalsuite.media import frames_of

    for output in outputs:
        if output.video is not None:
            try:
                return frames_of(output)
            except EvalsuiteError:
                return None
    return None
