"""Nearest neighbours and pairs within radii, from bounds on distances a tile of pairs at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["TileSide", "enter_pairs", "keep_nearest", "keep_smallest", "pairs_within"]


@dataclass(frozen=True, slots=True, eq=False)
class TileSide:
    """The rows, or the columns, of a tile of bounds.

    With D the distance of a pair times the tile's scale, and B its bound, ``sqrt(B - error) - slack <= D`` and
    ``D <= sqrt(B + 4 rest rest' + error) + slack`` with the error and slack of either side and the rests of both.

    Parameters
    ----------
    features : ndarray of float32 or float64, shape (n, d), C-contiguous
        All vectors of the set. They are not copied: nobody may write to them during a call.
    members : ndarray of int64, shape (rows,), C-contiguous
        Which vector each row stands for.
    slack, error, rest : ndarray of float64, shape (rows,), C-contiguous
    """

    features: NDArray[np.floating]
    members: NDArray[np.int64]
    slack: NDArray[np.float64]
    error: NDArray[np.float64]
    rest: NDArray[np.float64]

    def given(self) -> tuple[Any, ...]:
        """Return what the compiled functions take, checked."""
        check_array(self.features, "features", (np.float32, np.float64), 2, contiguous=True)
        check_array(self.members, "members", (np.int64,), 1, contiguous=True)
        check_array(self.slack, "slack", (np.float64,), 1, contiguous=True)
        check_array(self.error, "error", (np.float64,), 1, contiguous=True)
        check_array(self.rest, "rest", (np.float64,), 1, contiguous=True)
        return self.features, self.members, self.slack, self.error, self.rest


Lists = tuple["NDArray[np.float64]", "NDArray[np.int64]"]


def keep_nearest(
    tile: NDArray[np.float32],
    scale: float,
    rows: TileSide,
    row_lists: Lists,
    columns: TileSide,
    column_lists: Lists | None = None,
    *,
    same: bool = False,
) -> None:
    """Enter the pairs of a tile into lists of the k nearest, in place.

    Parameters
    ----------
    tile : ndarray of float32, shape (r, c), C-contiguous
        Bounds on squared distances, times ``scale**2``.
    scale : float
    rows, columns : TileSide
    row_lists : tuple of ndarray of float64 and of int64, shapes (r, k), C-contiguous
        Squared distances of each row's nearest columns in order, then by number; and which vectors they are. Infinity
        and the largest int64 where there is none yet.
    column_lists : tuple likewise, shapes (c, k), optional
        Of the columns' nearest rows.
    same : bool, default False
        The two sides are of one set: no member is a neighbour of itself, and which of more than k copies of itself a
        list holds is left open.

    Raises
    ------
    TypeError
        If an array has another dtype.
    ValueError
        If a shape or a layout is not as above, or a member is not one of the features.

    Examples
    --------
    >>> x, y = np.array([[0.0], [5.0]]), np.array([[1.0], [4.0], [7.0]])
    >>> sides = [TileSide(v, np.arange(len(v)), *np.full((3, len(v)), 1e-6)) for v in (x, y)]
    >>> tile = ((x - y.T) ** 2).astype(np.float32)
    >>> lists = np.full((2, 1), np.inf), np.full((2, 1), 2**63 - 1)
    >>> keep_nearest(tile, 1.0, sides[0], lists, sides[1])
    >>> lists[0].ravel(), lists[1].ravel()
    (array([1., 1.]), array([0, 1]))
    """
    check_array(tile, "tile", (np.float32,), 2, contiguous=True)
    _check_lists(row_lists)
    if column_lists is not None:
        _check_lists(column_lists)
    row_side, column_side = _given(rows, columns)
    _rust.keep_nearest(tile, scale, row_side, row_lists, column_side, column_lists, same)


def keep_smallest(tile: NDArray[np.float32], lists: Lists, members: NDArray[np.int64]) -> None:
    """Enter the columns of a tile into lists of those with the smallest bounds of each row, in place.

    Parameters
    ----------
    tile : ndarray of float32, shape (r, c), C-contiguous
    lists : tuple of ndarray of float64 and of int64, shapes (r, k), C-contiguous
        As in `keep_nearest`, of bounds.
    members : ndarray of int64, shape (c,), C-contiguous
        Which vector each column stands for.

    Raises
    ------
    TypeError
        If an array has another dtype.
    ValueError
        If a shape or a layout is not as above.

    Examples
    --------
    >>> lists = np.full((1, 2), np.inf), np.full((1, 2), 2**63 - 1)
    >>> keep_smallest(np.array([[3, 1, 2]], dtype=np.float32), lists, np.array([10, 11, 12]))
    >>> lists[1]
    array([[11, 12]])
    """
    check_array(tile, "tile", (np.float32,), 2, contiguous=True)
    check_array(members, "members", (np.int64,), 1, contiguous=True)
    _check_lists(lists)
    _rust.keep_smallest(tile, lists, members)


def enter_pairs(
    rows: TileSide, lists: Lists, others: TileSide, candidates: NDArray[np.int64], *, same: bool = False
) -> None:
    """Enter given pairs into lists of the k nearest, in place.

    Parameters
    ----------
    rows, others : TileSide
    lists : tuple of ndarray of float64 and of int64, shapes (r, k), C-contiguous
        As in `keep_nearest`.
    candidates : ndarray of int64, shape (r, c), C-contiguous
        For each row, vectors of the other side's set.
    same : bool, default False
        The two sides are of one set: no member is a neighbour of itself.

    Raises
    ------
    TypeError
        If an array has another dtype.
    ValueError
        If a shape or a layout is not as above, or a member is not one of the features.

    Examples
    --------
    >>> x, y = np.array([[0.0], [5.0]]), np.array([[1.0], [4.0], [7.0]])
    >>> sides = [TileSide(v, np.arange(len(v)), *np.zeros((3, len(v)))) for v in (x, y)]
    >>> lists = np.full((2, 1), np.inf), np.full((2, 1), 2**63 - 1)
    >>> enter_pairs(sides[0], lists, sides[1], np.array([[0, 1], [0, 2]]))
    >>> lists[0].ravel(), lists[1].ravel()
    (array([1., 4.]), array([0, 2]))
    """
    check_array(candidates, "candidates", (np.int64,), 2, contiguous=True)
    _check_lists(lists)
    row_side, other_side = _given(rows, others)
    _rust.enter_pairs(row_side, lists, other_side, candidates, same)


def pairs_within(
    tile: NDArray[np.float32],
    scale: float,
    rows: TileSide,
    row_radii: NDArray[np.float64] | None,
    columns: TileSide,
    column_radii: NDArray[np.float64],
    *,
    settled: NDArray[np.bool_] | None = None,
    lesser_radii: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Find the pairs of a tile that lie within a radius, its surface included.

    Parameters
    ----------
    tile : ndarray of float32, shape (r, c), C-contiguous
        Bounds on squared distances, times ``scale**2``.
    scale : float
    rows, columns : TileSide
    row_radii : ndarray of float64, shape (r,), optional
        Squared.
    column_radii : ndarray of float64, shape (c,)
        Squared.
    settled : ndarray of bool, shape (c,), optional
        Columns of which it is not asked whether they lie within rows' radii.
    lesser_radii : ndarray of float64, shape (c,), optional
        Squared, none above `column_radii`, which they are where nothing is given. Pairs surely within these are not
        computed.

    Returns
    -------
    tuple of ndarray of int64, float64 and int64
        Places in the flat tile of the pairs within the column's radius, in any order; their squared distances, 0 for
        those surely within the lesser radius; and places of the pairs within the row's radius.

    Raises
    ------
    TypeError
        If an array has another dtype.
    ValueError
        If a shape or a layout is not as above, or a member is not one of the features.

    Examples
    --------
    >>> x, y = np.array([[0.0], [5.0]]), np.array([[1.0], [4.0], [7.0]])
    >>> sides = [TileSide(v, np.arange(len(v)), *np.full((3, len(v)), 1e-6)) for v in (x, y)]
    >>> tile = ((x - y.T) ** 2).astype(np.float32)
    >>> pairs_within(tile, 1.0, sides[0], None, sides[1], np.array([1.0, 0.5, 4.0]))
    (array([0, 5]), array([1., 4.]), array([], dtype=int64))
    """
    check_array(tile, "tile", (np.float32,), 2, contiguous=True)
    lesser = column_radii if lesser_radii is None else lesser_radii
    for radii, name in ((row_radii, "row_radii"), (column_radii, "column_radii"), (lesser, "lesser_radii")):
        if radii is not None:
            check_array(radii, name, (np.float64,), 1, contiguous=True)
    known = np.zeros(tile.shape[1], dtype=np.bool_) if settled is None else settled
    check_array(known, "settled", (np.bool_,), 1, contiguous=True)
    row_side, column_side = _given(rows, columns)
    found = _rust.pairs_within(
        tile, scale, row_side, row_radii, column_side, column_radii, known.view(np.uint8), lesser
    )
    of_columns, squared, of_rows = found
    return (
        np.frombuffer(of_columns, dtype=np.int64),
        np.frombuffer(squared, dtype=np.float64),
        np.frombuffer(of_rows, dtype=np.int64),
    )


def _given(rows: TileSide, columns: TileSide) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    given = rows.given(), columns.given()
    widths = rows.features.shape[1], columns.features.shape[1]
    if widths[0] != widths[1]:
        raise ValueError(f"rows and columns must have vectors of one length; found {widths[0]} and {widths[1]}")
    return given


def _check_lists(lists: Lists) -> None:
    check_array(lists[0], "lists", (np.float64,), 2, contiguous=True)
    check_array(lists[1], "lists", (np.int64,), 2, contiguous=True)
