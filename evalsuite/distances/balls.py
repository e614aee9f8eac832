"""Which members of a set lie in balls around those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.sketch import PAIR_COST, Sketch
from evalsuite.distances.tiles import SketchedSet, tiles
from evalsuite.kernels.neighbours import pairs_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Hits", "hits"]

_SAMPLE = 64


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Pairs of a point and a centre, one of which lies in the ball around the other.

    Parameters
    ----------
    inside : tuple of int64, shape (hits,)
        Points that lie in a ball around a centre, and those centres.
    squared : float64, shape (hits,)
        Their squared distances; 0 where one is surely within the lesser radius.
    around : tuple of int64
        Points whose ball a centre lies in, and those centres.
    """

    inside: tuple[NDArray[np.int64], NDArray[np.int64]]
    squared: NDArray[np.float64]
    around: tuple[NDArray[np.int64], NDArray[np.int64]]


def hits(
    points: SketchedSet,
    centres: SketchedSet,
    squared_radii: NDArray[np.float64],
    squared_point_radii: NDArray[np.float64] | None = None,
    *,
    settled: NDArray[np.bool_] | None = None,
    lesser_radii: NDArray[np.float64] | None = None,
) -> Iterator[Hits]:
    """Yield the hits between two sets, a tile of pairs at a time.

    Parameters
    ----------
    points, centres : SketchedSet
        Of n and m members, by one sketch.
    squared_radii : float64, shape (m,)
        Of the balls around centres; a surface belongs to its ball.
    squared_point_radii : float64, shape (n,), optional
        Of the balls around points; without them nothing is in one.
    settled : bool, shape (m,), optional
        Centres that are left out of what lies in balls around points, which the caller may change between tiles.
    lesser_radii : float64, shape (m,), optional
        Squared, none above `squared_radii`, which they are where nothing is given: whether a point is within these is
        all that must be known of it.

    Yields
    ------
    Hits

    Raises
    ------
    ValueError
        If there is not one radius for each.
    """
    for given, many in ((squared_radii, centres), (squared_point_radii, points)):
        if given is not None and given.shape != (len(many),):
            raise ValueError(f"expected {len(many)} radii, got shape {given.shape}")
    radii = np.ascontiguousarray(squared_radii)
    point_radii = None if squared_point_radii is None else np.ascontiguousarray(squared_point_radii)
    lesser = radii if lesser_radii is None else np.ascontiguousarray(lesser_radii)
    if points.sketch.basis is not None and _leaves_much_open(points, centres, radii, lesser):
        plain = Sketch(points.sketch.centre, points.sketch.scale)
        points = SketchedSet(points.features, plain, points.members)
        centres = SketchedSet(centres.features, plain, centres.members)
    for rows, columns, tile in tiles(points, centres):
        inside, squared, around = pairs_within(
            tile,
            points.sketch.scale,
            points.side(rows, centres),
            None if point_radii is None else point_radii[rows],
            centres.side(columns, points),
            radii[columns],
            settled=None if settled is None else settled[columns],
            lesser_radii=lesser[columns],
        )
        width = tile.shape[1]
        yield Hits(
            (rows.start + inside // width, columns.start + inside % width),
            squared,
            (rows.start + around // width, columns.start + around % width),
        )


def _leaves_much_open(
    points: SketchedSet, centres: SketchedSet, radii: NDArray[np.float64], lesser: NDArray[np.float64]
) -> bool:
    """Return whether what sketches cannot decide costs more than products of whole vectors, as it may in wide balls."""
    few = points.members[:: max(len(points) // _SAMPLE, 1)]
    sample = SketchedSet(points.features, points.sketch, few)
    scale, n_open = points.sketch.scale, 0
    for rows, columns, tile in tiles(sample, centres):
        side = centres.side(columns, sample)
        near = tile <= (np.sqrt(radii[columns]) * scale + side.slack) ** 2 + side.error
        most = tile + 4.0 * np.outer(sample.rest[rows], side.rest) + side.error
        sure = most <= np.maximum(np.sqrt(lesser[columns]) * scale - side.slack, 0.0) ** 2
        n_open += int((near & ~sure).sum())
    width = len(points.sketch.centre)
    return n_open * PAIR_COST > (1.0 - points.sketch.width / width) * len(few) * len(centres)
