"""Nearest neighbours and the balls around them, in strips of rows, with ties decided as exact arithmetic would.

A strip of squared distances comes from one float32 matrix product, with a bound on its error. Whatever lies within the
bound of a decision is computed again as a sum of squared differences in float64, which is 0 for equal vectors, the same
in both directions, and the same however the rows are split.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["covered", "leave_out_recall", "nearest", "neighbour_distances", "strips_of_hits"]

_ROWS = 512
_COLUMNS = 4096
_PAIRS = 1 << 14
_UNIT = float(np.finfo(np.float32).eps) / 2


def neighbour_distances(features: NDArray[np.floating], k: int) -> NDArray[np.float64]:
    """Squared distance of each member of a set to its k-th nearest other member.

    Parameters
    ----------
    features : float, shape (n, d)
        More than k of them. A member that occurs twice is another member.
    k : int
        At least 1.

    Returns
    -------
    float64, shape (n,)

    Raises
    ------
    ValueError
        If there are no more than `k` members, or a value is not finite.
    """
    checked(features)
    if not 1 <= k < len(features):
        raise ValueError(f"the {k}. nearest of the other members needs at least {k + 1} of them, got {len(features)}")
    found = np.zeros(len(features))
    # Of a vector that is there more than k times nothing need be computed, however many pairs of them there are.
    open_rows = np.flatnonzero(_multiplicity(features) <= k)
    for start, strip, error in _strips(features[open_rows], features):
        here = np.arange(len(strip))
        own = open_rows[start : start + len(strip)]
        strip[here, own] = np.inf
        bound = np.partition(strip, k - 1, axis=1)[:, k - 1] + 2 * error
        rows, columns = _true(strip <= bound[:, None])
        exact = _squared(features, own[rows], features, columns)
        order = np.lexsort((exact, rows))
        firsts = np.searchsorted(rows, here)
        found[own] = exact[order][firsts + k - 1]
    return found


def nearest(
    features: NDArray[np.floating], others: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nearest member of another set: its index (the first of several), and the squared distance to it.

    Parameters
    ----------
    features, others : float, shapes (n, d) and (m, d)

    Returns
    -------
    tuple of int64 and float64, shape (n,)

    Raises
    ------
    ValueError
        If `others` is empty, or a value is not finite.
    """
    _check_pair(features, others)
    if not len(others):
        raise ValueError("there is no nearest member of an empty set")
    index = np.empty(len(features), dtype=np.int64)
    squared = np.empty(len(features))
    for start, strip, error in _strips(features, others):
        rows, columns = _true(strip <= (strip.min(axis=1) + 2 * error)[:, None])
        exact = _squared(features, start + rows, others, columns)
        firsts = np.searchsorted(rows, np.arange(len(strip)))
        chosen = np.lexsort((columns, exact, rows))[firsts]
        index[start : start + len(strip)] = columns[chosen]
        squared[start : start + len(strip)] = exact[chosen]
    return index, squared


def covered(
    points: NDArray[np.floating], centres: NDArray[np.floating], squared_radii: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether each point lies in a ball around any of the centres; a point on the surface does.

    Parameters
    ----------
    points, centres : float, shapes (n, d) and (m, d)
    squared_radii : float64, shape (m,)

    Returns
    -------
    bool, shape (n,)

    Raises
    ------
    ValueError
        If the shapes do not fit, or a value is not finite.
    """
    _check_pair(points, centres)
    if squared_radii.shape != (len(centres),):
        raise ValueError(f"expected {len(centres)} radii, got shape {squared_radii.shape}")
    inside = np.zeros(len(points), dtype=np.bool_)
    if not len(centres):
        return inside
    scale = _scale(points, centres)
    radii = (squared_radii * scale**2).astype(np.float32)
    widest = float(radii.max())
    for start, strip, error in _strips(points, centres):
        strip -= radii
        error = error + np.float32(2 * _UNIT * widest)
        least = strip.min(axis=1)
        inside[start : start + len(strip)] = least < -error
        open_rows = np.flatnonzero((least >= -error) & (least <= error))
        rows, columns = _true(strip[open_rows] <= error[open_rows, None])
        rows = start + open_rows[rows]
        exact = _squared(points, rows, centres, columns)
        inside[rows[exact <= squared_radii[columns]]] = True
    return inside


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
    _check_pair(points, centres)
    for given, many in ((squared_radii, centres), (squared_point_radii, points)):
        if given is not None and given.shape != (len(many),):
            raise ValueError(f"expected {len(many)} radii, got shape {given.shape}")
    factor = _scale(points, centres) ** 2
    for start, strip, error in _strips(points, centres):
        rows = slice(start, start + len(strip))
        part = points[rows]
        inside = _within(strip, squared_radii[None, :], factor, error, part, centres)
        if squared_point_radii is None:
            yield rows, inside, np.zeros_like(inside)
        else:
            yield rows, inside, _within(strip, squared_point_radii[rows, None], factor, error, part, centres)


def leave_out_recall(
    points: NDArray[np.floating], features: NDArray[np.floating], blocks: NDArray[np.int64], k: int
) -> NDArray[np.float64]:
    """Share of points in a ball around any of the features, to its k-th neighbour, without one block at a time.

    Parameters
    ----------
    points, features : float, shapes (m, d) and (n, d)
    blocks : int64, shape (n,)
        The block of each feature vector, 0..b-1.
    k : int

    Returns
    -------
    float64, shape (b,)
        NaN where no more than `k` features are left. In float32, which a jackknife does not feel: points within
        rounding of a ball's surface may fall on either side.

    Notes
    -----
    Leaving out a block widens only the balls of features with a member of it among their k nearest. Each feature thus
    has one radius for most blocks, and one for each of the at most k blocks of its neighbours.
    """
    _check_pair(points, features)
    n_blocks = int(blocks.max()) + 1 if len(blocks) else 0
    left = len(features) - np.bincount(blocks, minlength=n_blocks)
    if not n_blocks or left.min() <= k:
        return np.full(n_blocks, np.nan)
    radii, near_blocks, wider = _radii_without_blocks(features, blocks, k, _scale(points, features))
    member = np.equal(blocks[:, None], np.arange(n_blocks)).astype(np.float32)
    # Of feature i in column s: the block without which it has radius wider[i, s], unless i itself is in it.
    gains = [
        np.equal(near_blocks[:, s, None], np.arange(n_blocks)).astype(np.float32) * (1.0 - member) for s in range(k)
    ]
    hits = np.zeros(n_blocks)
    for _, strip, _ in _strips(points, features):
        base = strip <= radii
        inside = base.astype(np.float32)
        counts = inside.sum(axis=1, keepdims=True) - inside @ member
        for s, gain in enumerate(gains):
            counts += ((strip <= wider[:, s]) & ~base).astype(np.float32) @ gain
        hits += (counts > 0.5).sum(axis=0)
    return hits / len(points)


def _radii_without_blocks(
    features: NDArray[np.floating], blocks: NDArray[np.int64], k: int, scale: float
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Return squared radii, shape (n,); the blocks of the k neighbours, and the radii without those, both (n, k)."""
    n = len(features)
    radii = np.empty(n, dtype=np.float32)
    near_blocks = np.empty((n, k), dtype=np.int64)
    wider = np.empty((n, k), dtype=np.float32)
    own_scale = np.float32((scale / _scale(features, features)) ** 2)
    for start, strip, _ in _strips(features, features):
        here = np.arange(len(strip))
        there = slice(start, start + len(strip))
        strip[here, start + here] = np.inf
        near = np.argpartition(strip, k - 1, axis=1)[:, :k]
        radii[there] = strip[here[:, None], near].max(axis=1)
        near_blocks[there] = blocks[near]
        for s in range(k):
            rest = np.where(blocks == near_blocks[there, s, None], np.float32(np.inf), strip)
            wider[there, s] = np.partition(rest, k - 1, axis=1)[:, k - 1]
    return radii * own_scale, near_blocks, wider * own_scale


def _strips(
    x: NDArray[np.floating], y: NDArray[np.floating]
) -> Iterator[tuple[int, NDArray[np.float32], NDArray[np.float32]]]:
    """Yield where rows start, their squared distances times ``_scale(x, y)**2``, and a bound on each row's error.

    Moved to the mean of `y` and scaled to at most unit length, so that float32 neither overflows nor wastes digits.
    """
    centre, scale = _centre(y), _scale(x, y)

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
    rows, columns = _true(near)
    found[rows, columns] = (
        _squared(points, rows, centres, columns) <= np.broadcast_to(squared, strip.shape)[rows, columns]
    )
    return found


def _multiplicity(features: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return how often each vector is there, told by its bytes."""
    counts: dict[bytes, int] = {}
    keys = [blake2b(row.tobytes(), digest_size=16).digest() for row in features]
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return np.array([counts[key] for key in keys], dtype=np.int64)


def _true(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of what is true, in order: ``np.nonzero``, which is ten times slower on two axes."""
    rows, columns = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return rows, columns


def _centre(y: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(y.mean(axis=0, dtype=np.float64))


def _scale(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    """Return what brings the longest deviation from the mean of `y` to length 1."""
    centre = _centre(y)
    longest = max(
        float(np.abs(part[start : start + _ROWS] - centre).max(initial=0.0))
        for part in (x, y)
        for start in range(0, max(len(part), 1), _ROWS)
    )
    return 1.0 / (longest * float(np.sqrt(x.shape[1]))) if longest > 0 else 1.0


def _squared(
    x: NDArray[np.floating], rows: NDArray[np.int64], y: NDArray[np.floating], columns: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return exact squared distances of pairs, in float64."""
    found = np.empty(len(rows))
    for start in range(0, len(rows), _PAIRS):
        part = slice(start, start + _PAIRS)
        difference = x[rows[part]].astype(np.float64) - y[columns[part]]
        found[part] = (difference * difference).sum(axis=1)
    return found


def _check_pair(x: NDArray[np.floating], y: NDArray[np.floating]) -> None:
    if checked(x).shape[1] != checked(y).shape[1]:
        raise ValueError(f"the two sets must have one dimension, got {x.shape[1]} and {y.shape[1]}")
