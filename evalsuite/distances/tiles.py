"""Bounds on the distances of all pairs, a tile at a time, and what is decided with them as exact arithmetic would.

A tile comes from one float32 matrix product of sketches, with a bound on its error. Whatever lies within that of a
decision is computed as a sum of squared differences in float64, which is 0 for equal vectors, the same in both
directions, and the same however the rows are split.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked
from evalsuite.kernels.neighbours import TileSide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from evalsuite.distances.sketch import Sketch

__all__ = ["SketchedSet", "check_pair", "own_tiles", "scout_tiles", "tiles"]

_ROWS = 2048
_KEPT_ROWS, _KEPT_COLUMNS = 1024, 4096
_PART = 2048
_UNIT = float(np.finfo(np.float32).eps) / 2


class SketchedSet:
    """A set's sketches: kept where they are short, made anew for each tile where they are the vectors themselves.

    Parameters
    ----------
    features : float, shape (n, d)
    sketch : Sketch
    members : int64, shape (m,), optional
        Which of the features are meant; all of them where nothing is given.
    """

    def __init__(
        self, features: NDArray[np.floating], sketch: Sketch, members: NDArray[np.int64] | None = None
    ) -> None:
        wide = features.dtype in (np.float32, np.float64)
        self.features = np.ascontiguousarray(features, dtype=None if wide else _wider(features.dtype))
        self.sketch = sketch
        self.members = np.arange(len(features), dtype=np.int64) if members is None else members
        n = len(self.members)
        self.lengths = np.empty(n)
        self.slack = np.empty(n)
        self.rest = np.zeros(n)  # lengths of what sketches leave out of vectors
        self._kept = None if sketch.basis is None else np.empty((n, sketch.width + 2), dtype=np.float32)
        for start in range(0, n, _PART):
            rows = slice(start, start + _PART)
            part, self.slack[rows] = sketch.rows(self.features[self.members[rows]])
            squares = np.einsum("ij,ij->i", part, part, dtype=np.float64)
            self.lengths[rows] = np.sqrt(squares)
            if self._kept is not None:
                self.rest[rows] = part[:, -1]
                self._kept[rows] = _with_squares(part, squares)

    def __len__(self) -> int:
        return len(self.members)

    def rows(self) -> Iterator[slice]:
        """Yield the rows of tiles: few where that makes no sketches anew, as a tile on the diagonal says all twice."""
        return self._spans(0, _ROWS if self._kept is None else _KEPT_ROWS)

    def columns(self, start: int = 0) -> Iterator[slice]:
        """Yield the columns of tiles from one on: many at a time, as threads of a product wait for the next one."""
        return self._spans(start, _ROWS if self._kept is None else _KEPT_COLUMNS)

    def _spans(self, start: int, size: int) -> Iterator[slice]:
        n = len(self)
        return (slice(first, min(first + size, n)) for first in range(start, n, size))

    def panel(self, rows: slice) -> NDArray[np.float32]:
        """Return sketches, their squared lengths, and ones: shape (rows, width + 2)."""
        if self._kept is not None:
            return self._kept[rows]
        members = self.members[rows]
        panel = np.empty((len(members), self.sketch.width + 2), dtype=np.float32)
        for start in range(0, len(members), _PART):
            part = slice(start, start + _PART)
            found, _ = self.sketch.rows(self.features[members[part]])
            panel[part] = _with_squares(found, self.lengths[rows][part] ** 2)
        return panel

    def side(self, rows: slice, other: SketchedSet) -> TileSide:
        """Return rows as the kernels take them, of a tile between this set and another."""
        # A sum of products, within one unit for each of its terms' sizes, and the roundings of its operands.
        error = (self.sketch.width + 20) * _UNIT * (self.lengths[rows] + other.lengths.max(initial=0.0)) ** 2
        slack = self.slack[rows] + other.slack.max(initial=0.0)
        return TileSide(self.features, self.members[rows], slack, error, self.rest[rows])


def tiles(x: SketchedSet, y: SketchedSet) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    """Yield rows of `x`, rows of `y`, and the bounds of their pairs, which the next tile overwrites."""
    space = _space(x, y)
    for rows in x.rows():
        left = _turned(x.panel(rows))
        for columns in y.columns():
            yield rows, columns, _product(left, y.panel(columns), space)


def own_tiles(x: SketchedSet) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    """Yield the tiles on the diagonal of the matrix of all pairs of `x`, then those above it."""
    space = _space(x, x)
    for rows in x.rows():
        panel = x.panel(rows)
        yield rows, rows, _product(_turned(panel), panel, space)
    for rows in x.rows():
        left = _turned(x.panel(rows))
        for columns in x.columns(rows.stop):
            yield rows, columns, _product(left, x.panel(columns), space)


def scout_tiles(x: SketchedSet, y: SketchedSet, width: int) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    """Yield tiles as `tiles` does of the first coordinates of sketches alone, up to a constant for each row."""
    space = _space(x, y)
    for columns in y.columns():
        panel = y.panel(columns)[:, :width]
        right = _with_squares(panel, np.einsum("ij,ij->i", panel, panel, dtype=np.float64))[:, :-1]
        for rows in x.rows():
            left = np.ones((rows.stop - rows.start, width + 1), dtype=np.float32)
            np.multiply(x.panel(rows)[:, :width], np.float32(-2.0), out=left[:, :width])
            yield rows, columns, _product(left, right, space)


def check_pair(x: NDArray[np.floating], y: NDArray[np.floating]) -> None:
    """Raise ValueError unless both are finite vectors of one dimension."""
    if checked(x).shape[1] != checked(y).shape[1]:
        raise ValueError(f"the two sets must have one dimension, got {x.shape[1]} and {y.shape[1]}")


def _space(x: SketchedSet, y: SketchedSet) -> NDArray[np.float32]:
    rows = max((part.stop - part.start for part in x.rows()), default=0)
    columns = max((part.stop - part.start for part in y.columns()), default=0)
    return np.empty(rows * columns, dtype=np.float32)


def _wider(dtype: np.dtype[np.floating]) -> type[np.floating]:
    return np.float32 if dtype.itemsize < 4 else np.float64


def _with_squares(part: NDArray[np.float32], squares: NDArray[np.float64]) -> NDArray[np.float32]:
    ends = np.stack([squares, np.ones(len(part))], axis=1)
    return np.concatenate([part, ends.astype(np.float32)], axis=1)


def _turned(panel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a panel is multiplied by: ``(-2 x, 1, |x|**2) . (y, |y|**2, 1)`` is the squared distance."""
    turned = np.float32(-2.0) * panel
    turned[:, -2] = 1.0
    turned[:, -1] = panel[:, -2]
    return np.asarray(turned)


def _product(left: NDArray[np.float32], right: NDArray[np.float32], space: NDArray[np.float32]) -> NDArray[np.float32]:
    tile = space[: len(left) * len(right)].reshape(len(left), len(right))
    return np.matmul(left, right.T, out=tile)
