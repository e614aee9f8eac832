"""Grids of generated images: at random, and by their distance from the real ones."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.figures.record import Figure, ImageGrid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from evalsuite.figures.record import FigureInput
    from evalsuite.types import Output

__all__ = ["feature_grids", "pixels", "random_grid"]

_COLUMNS = 8
_ROWS = 4


def pixels(outputs: Sequence[Output]) -> NDArray[np.uint8] | None:
    """Return a sample's first image, uint8 of shape (height, width, channels); None where there is none to read."""
    from evalsuite.errors import EvalsuiteError

    for output in outputs:
        image = output.image
        if image is None:
            continue
        if isinstance(image, np.ndarray):
            return image
        try:
            return image.pixels()
        except EvalsuiteError:
            return None
    return None


def random_grid(data: FigureInput) -> Figure | None:
    """Return images chosen by the run's seed, the same samples for every model; None where there is no image."""
    having = [i for i, outputs in enumerate(data.outputs) if any(output.image is not None for output in outputs)]
    order = random.Random(f"{data.seed} grid").sample(range(len(data.outputs)), len(data.outputs))
    there = set(having)
    chosen = [i for i in order if i in there][: _COLUMNS * _ROWS]
    images = [image for i in chosen if (image := pixels(data.outputs[i])) is not None]
    if not images:
        return None
    return Figure(
        title="Random samples",
        caption="Chosen by the run's seed, the same samples of every model; none was picked by hand.",
        content=ImageGrid(images=tuple(images), columns=_COLUMNS, alt=f"{len(images)} images chosen at random"),
    )


def feature_grids(
    data: FigureInput,
    reference: NDArray[np.floating],
    real: Callable[[int], NDArray[np.uint8]] | None = None,
) -> list[Figure]:
    """Return the images nearest to and farthest from the real ones, each with its nearest real image below it.

    Parameters
    ----------
    data : FigureInput
        `values` are features, shape (n_samples, d).
    reference : float array, shape (m, d)
        The real images' features.
    real : callable, optional
        Returns the real image of a row of `reference`; without it generated images stand alone.

    Notes
    -----
    Distance is Euclidean, between an image's features and those of the nearest real image.
    """
    if data.values is None or not len(reference):
        return []
    rows = np.flatnonzero(~np.isnan(data.values).any(axis=1))
    if not len(rows):
        return []
    distance, nearest = nearest_rows(np.asarray(data.values[rows], dtype=np.float32), reference)
    order = np.argsort(distance, kind="stable")
    figures: list[Figure] = []
    for title, places in (("Nearest to a real image", order), ("Farthest from any real image", order[::-1])):
        generated: list[NDArray[np.uint8]] = []
        compared: list[NDArray[np.uint8]] = []
        shown: list[float] = []
        for place in places:
            image = pixels(data.outputs[int(rows[place])])
            if image is None:
                continue
            generated.append(image)
            shown.append(float(distance[place]))
            if real is not None:
                compared.append(real(int(nearest[place])))
            if len(generated) == _COLUMNS * 2:
                break
        if not generated:
            continue
        figures.append(
            Figure(
                title=title,
                caption="Above: generated. Below it: the real image whose features are nearest (Euclidean)."
                if real
                else "By the Euclidean distance to the features of the nearest real image.",
                content=ImageGrid(
                    images=tuple(_interleave(generated, compared)),
                    columns=_COLUMNS,
                    paired=real is not None,
                    alt=f"{len(generated)} generated images" + (", each above its nearest real image" if real else ""),
                ),
                note=f"distance {min(shown):.3g} to {max(shown):.3g}",
            )
        )
    return figures


def nearest_rows(
    features: NDArray[np.float32], reference: NDArray[np.floating]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the distance of each row to the nearest row of `reference`, and which that is: shapes (n,) and (n,).

    float32 throughout: these choose pictures, they are no score.
    """
    reference = np.asarray(reference, dtype=np.float32)
    squares = np.einsum("ij,ij->i", reference, reference)
    best = np.empty(len(features), dtype=np.int64)
    block = max(1, (1 << 24) // max(1, len(reference)))
    for start in range(0, len(features), block):
        part = features[start : start + block]
        best[start : start + block] = np.argmin(squares - 2 * (part @ reference.T), axis=1)
    return np.linalg.norm(features - reference[best], axis=1).astype(np.float32), best


def _interleave(upper: Sequence[NDArray[np.uint8]], lower: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    """Return rows of the one above rows of the other."""
    if not lower:
        return list(upper)
    tiles: list[NDArray[np.uint8]] = []
    for start in range(0, len(upper), _COLUMNS):
        tiles += upper[start : start + _COLUMNS]
        tiles += lower[start : start + _COLUMNS]
    return tiles
