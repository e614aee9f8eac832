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

__all__ = ["feature_grids", "feature_rows", "influence_grid", "nearest_rows", "pixels", "random_grid", "ranked_grid"]

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
        `values` are features, shape (n_samples, d); of longer rows the first d columns count.
    reference : float array, shape (m, d)
        The real images' features.
    real : callable, optional
        Returns the real image of a row of `reference`; without it generated images stand alone.

    Notes
    -----
    Distance is Euclidean, between an image's features and those of the nearest real image.
    """
    rows, vectors = feature_rows(data, reference.shape[1])
    if not len(rows) or not len(reference):
        return []
    distance, nearest = nearest_rows(vectors, reference)
    caption = (
        "Above: generated. Below it: the real image whose features are nearest (Euclidean)."
        if real
        else "By the Euclidean distance to the features of the nearest real image."
    )
    partner = (lambda place: real(int(nearest[place]))) if real else None
    order = np.argsort(distance, kind="stable")
    return [
        figure
        for title, places in (("Nearest to a real image", order), ("Farthest from any real image", order[::-1]))
        if (figure := ranked_grid(data, rows, places, distance, title, caption, "distance", partner))
    ]


def influence_grid(data: FigureInput, rows: NDArray[np.int64], shares: NDArray[np.float64]) -> Figure | None:
    """Return the images that a distance between sets suffers from most; None where none can be read.

    Parameters
    ----------
    data : FigureInput
    rows : int64 array, shape (n,)
        The samples that were measured.
    shares : float64 array, shape (n,)
        By how much of itself the distance would fall without each.
    """
    return ranked_grid(
        data,
        rows,
        np.argsort(-shares, kind="stable"),
        100 * shares,
        "Those that raise the distance most",
        "Left out alone, each would lower it by so many per cent (to first order). Not the same as the least real: an "
        "image weighs by what it adds to the set.",
        "per cent",
    )


def feature_rows(data: FigureInput, d: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return which samples have features, shape (n,), and the first d of each, float32 of shape (n, d)."""
    if data.values is None or data.values.shape[1] < d:
        return np.empty(0, dtype=np.int64), np.empty((0, d), dtype=np.float32)
    first = np.asarray(data.values[:, :d], dtype=np.float32)
    rows = np.flatnonzero(np.isfinite(first).all(axis=1))
    return rows, first[rows]


def ranked_grid(
    data: FigureInput,
    rows: NDArray[np.int64],
    places: NDArray[np.int64],
    measure: NDArray[np.floating],
    title: str,
    caption: str,
    measured: str,
    partner: Callable[[int], NDArray[np.uint8]] | None = None,
) -> Figure | None:
    """Return a grid of the first images in an order; None where none can be read.

    Parameters
    ----------
    data : FigureInput
    rows : int64 array, shape (n,)
        The sample behind each place.
    places : int64 array, shape (n,)
        In the order to show them.
    measure : float array, shape (n,)
        What they are ordered by, by place; `measured` is its name.
    title, caption, measured : str
    partner : callable, optional
        Returns the image to show below that of a place.
    """
    shown: list[int] = []
    generated: list[NDArray[np.uint8]] = []
    for place in places.tolist():
        image = pixels(data.outputs[int(rows[place])])
        if image is not None:
            shown.append(place)
            generated.append(image)
        if len(generated) == _COLUMNS * 2:
            break
    if not generated:
        return None
    compared = [partner(place) for place in shown] if partner else []
    ends = sorted(float(measure[place]) for place in shown)
    return Figure(
        title=title,
        caption=caption,
        content=ImageGrid(
            images=tuple(_interleave(generated, compared)),
            columns=_COLUMNS,
            paired=partner is not None,
            alt=f"{len(generated)} generated images" + (", each above the one it is compared with" if partner else ""),
        ),
        note=f"{measured} {ends[0]:.3g} to {ends[-1]:.3g}",
    )


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
