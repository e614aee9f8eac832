"""Squared distances between sets of vectors in strips of rows, with ties decided as exact arithmetic would.

A strip comes from one float32 matrix product, with a bound on its error. Whatever lies within the bound of a decision
is computed again as a sum of squared differences in float64, which is 0 for equal vectors, the same in both directions,
and the same however the rows are split.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["check_pair", "exact_squared", "places", "scale_of", "strips", "strips_of_hits"]

_ROWS = 512
_COLUMNS = 4096
_PAIRS = 1 << 14
_UNIT = float(np.finfo(np.float32).eps) / 2


def strips(
    x: NDArray[np.floating], y: NDArray[np.floating]
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield where rows start, their squared distances times ``scale_of(x, y)**2``, and a bound on each row's error.

    Moved to the mean of `y` and scaled to at most unit length, so that float32 neither overflows nor wastes digits.
    """
    centre, scale = _centre(y), scale_of(x, y)

    def scaled(part: NDArray[np.floating]) -> NDArray[np.float32]:
        return ((part - centre) * scale).astype(np.float32)

    tiles = [slice(start, start + _COLUMNS) for start in range(0, len(y), _COLUMNS)]
    column_squares = np.empty(len(y), dtype=np.float32)
    for tile in tiles:
        part = scaled(y[tile])
        column_squares[tile] = (part * part).sum(axis=1)
    longest = np.sqrt(column_squares.max(initial=0.0))
    for start in range(0, len(x), _ROWS):
        rows = scaled(x[start : start + _ROWS])
        row_squares = (rows * rows).sum(axis=1)
        doubled = np.float32(-2.0) * rows
        strip = np.empty((len(rows), len(y)), dtype=np.float32)
        for tile in tiles:  # scaled anew for each strip, as a copy of them all would take as much memory as they do
            np.matmul(doubled, scaled(y[tile]).T, out=strip[:, tile])
        strip += column_squares
        strip += row_squares[:, None]
        # Three sums of d products, each within d units of its terms' sizes, and the roundings of their operands.
        error = np.float32((x.shape[1] + 16) * _UNIT) * (np.sqrt(row_squares) + longest) ** 2
        yield start, strip, error


def strips_of_hits(
    points: NDArray[np.floating],
    centres: NDArray[np.floating],
    squared_radii: NDArray[np.float64],
    squared_point_radii: NDArray[np.float64] | None = None,
) -> Iterator[tuple[slice, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield points, a strip at a time, with the balls around centres they lie in, and the centres in balls around them.

    Parameters
    ----------
    points, centres : float, shapes (n, d) and (m, d)
    squared_radii : float64, shape (m,)
        Of the balls around centres; a surface belongs to its ball.
    squared_point_radii : float64, shape (n,), optional
        Of the balls around points; without them nothing is in one.

    Yields
    ------
    slice, and two times bool of shape (rows, m)

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is not finite.
    """
    check_pair(points, centres)
    for given, many in ((squared_radii, centres), (squared_point_radii, points)):
        if given is not None and given.shape != (len(many),):
            raise ValueError(f"expected {len(many)} radii, got shape {given.shape}")
    if not len(centres):
        nothing = np.zeros((len(points), 0), dtype=np.bool_)
        yield slice(0, len(points)), nothing, nothing
        return
    factor = scale_of(points, centres) ** 2
    for start, strip, error in strips(points, centres):
        rows = slice(start, start + len(strip))
        part = points[rows]
        inside = _within(strip, squared_radii[None, :], factor, error, part, centres)
        if squared_point_radii is None:
            yield rows, inside, np.zeros_like(inside)
        else:
            yield rows, inside, _within(strip, squared_point_radii[rows, None], factor, error, part, centres)


def _within(
    strip: NDArray[np.float32],
    squared: NDArray[np.float64],
    factor: float,
    error: NDArray[np.float32],
    points: NDArray[np.floating],
    centres: NDArray[np.floating],
) -> NDArray[np.bool_]:
    """Return where a strip's distances, times `factor`, are at most the squared radii, as exact arithmetic decides."""
    around = (squared * factor).astype(np.float32)
    bound = error[:, None] + np.float32(2 * _UNIT) * around
    found = np.asarray(strip <= around - bound)
    near = strip <= around + bound  # of those outside the lower bound float32 cannot tell
    near ^= found
    rows, columns = places(near)
    found[rows, columns] = (
        exact_squared(points, rows, centres, columns) <= np.broadcast_to(squared, strip.shape)[rows, columns]
    )
    return found


def places(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of what is true, in order: ``np.nonzero``, which is ten times slower on two axes."""
    rows, columns = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return rows, columns


def _centre(y: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(y.mean(axis=0, dtype=np.float64))


def scale_of(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    """Return what brings the longest deviation from the mean of `y` to length 1."""
    centre = _centre(y)
    longest = max(
        float(np.abs(part[start : start + _ROWS] - centre).max(initial=0.0))
        for part in (x, y)
        for start in range(0, max(len(part), 1), _ROWS)
    )
    return 1.0 / (longest * float(np.sqrt(x.shape[1]))) if longest > 0 else 1.0


def exact_squared(
    x: NDArray[np.floating], rows: NDArray[np.int64], y: NDArray[np.floating], columns: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return exact squared distances of pairs, in float64."""
    found = np.empty(len(rows))
    for start in range(0, len(rows), _PAIRS):
        part = slice(start, start + _PAIRS)
        difference = x[rows[part]].astype(np.float64) - y[columns[part]]
        found[part] = (difference * difference).sum(axis=1)
    return found


def check_pair(x: NDArray[np.floating], y: NDArray[np.floating]) -> None:
    """Raise ValueError unless both are finite vectors of one dimension."""
    if checked(x).shape[1] != checked(y).shape[1]:
        raise ValueError(f"the two sets must have one dimension, got {x.shape[1]} and {y.shape[1]}")
