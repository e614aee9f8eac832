"""Which members of a set lie in balls around those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.tiles import tiles
from evalsuite.kernels.neighbours import pairs_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from evalsuite.distances.tiles import SketchedSet

__all__ = ["Hits", "hits"]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Pairs of a point and a centre, one of which lies in the ball around the other.

    Parameters
    ----------
    inside : tuple of int64, shape (hits,)
        Points that lie in a ball around a centre, and those centres.
    squared : float64, shape (hits,)
        Their squared distances; empty where these were not asked for.
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
    with_distances: bool = False,
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
    with_distances : bool, default False

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
    decide = points.sketch.basis is None and not with_distances
    for rows, columns, tile in tiles(points, centres):
        inside, squared, around = pairs_within(
            tile,
            points.sketch.scale,
            points.side(rows, centres),
            None if point_radii is None else point_radii[rows],
            centres.side(columns, points),
            radii[columns],
            None if settled is None else settled[columns],
            bounds_decide=decide,
        )
        width = tile.shape[1]
        yield Hits(
            (rows.start + inside // width, columns.start + inside % width),
            squared if with_distances else squared[:0],
            (rows.start + around // width, columns.start + around % width),
        )
