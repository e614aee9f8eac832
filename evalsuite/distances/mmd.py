"""Kernel distances between two sets of feature vectors: squared maximum mean discrepancies, over all pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.kernel import CubicKernel, Kernel
from evalsuite.distances.moments import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["KernelDistance", "kernel_distance", "mean_kernel", "parts"]

_ROWS = 1024
_CUBIC = CubicKernel()


@dataclass(frozen=True, slots=True, eq=False)
class KernelDistance:
    """The squared maximum mean discrepancy of a set from a reference, and what its spread is made of.

    Parameters
    ----------
    n : int
        Members of the set.
    value : float
        Unbiased; below 0 by chance where the two are alike.
    along, around : float
        ``A - B`` and ``C - B`` of the variance, see `kernel_distance`; NaN with fewer than four members.
    row_means : float64, shape (n,)
        Mean of h of each member with the others.
    left_out : float64, shape (n_blocks,)
        The value without each block; NaN where fewer than two members are left.
    within : float
        Mean of the kernel over pairs of different members, which the value has a part in.
    """

    n: int
    value: float
    along: float
    around: float
    row_means: NDArray[np.float64]
    left_out: NDArray[np.float64]
    within: float
    within_reference: float
    to_reference: NDArray[np.float64]

    @property
    def variance(self) -> float:
        """Of the value over other sets of this size, with the reference held fixed; NaN below four members."""
        return (4 * (self.n - 2) * self.along + 2 * self.around) / (self.n * (self.n - 1))


def kernel_distance(
    features: NDArray[np.floating],
    reference: NDArray[np.floating],
    blocks: NDArray[np.int64] | None = None,
    *,
    kernel: Kernel = _CUBIC,
    reference_mean: float | None = None,
) -> KernelDistance:
    """Compute the unbiased squared maximum mean discrepancy.

    Parameters
    ----------
    features, reference : float, shapes (n, d) and (m, d)
        At least two vectors each.
    blocks : int64, shape (n,), optional
        The block of each feature vector, 0..b-1, for the values without one of them.
    kernel : Kernel, default CubicKernel()
        ``(x . y / d + 1)**3`` where none is given.
    reference_mean : float, optional
        ``mean_kernel(reference, kernel)``, where it is known already.

    Returns
    -------
    KernelDistance

    Raises
    ------
    ValueError
        If a side has fewer than two members or values that are not finite, or the two differ in dimension.

    Notes
    -----
    ``mean k(x, x') + mean k(y, y') - 2 mean k(x, y)`` over pairs of different members [1]_, all of them, in float64, a
    tile of the matrices of pairs at a time: memory beside the features is O(n + m). With the reference held fixed it is
    the mean over pairs of ``h(x, x') = k(x, x') - f(x) - f(x')``, up to a constant, where f(x) is the mean of k(x, y):
    a U-statistic of order two, of which

    ``Var = (4 (n - 2) (A - B) + 2 (C - B)) / (n (n - 1))``

    for A, B, C = E h(x, x') h(x, x''), E h(x, x') h(x'', x''') and E h(x, x')**2 over different members, each estimated
    without bias by the mean over all such tuples [2]_. ``A - B`` and ``C - B`` are variances and are cut off at 0.

    References
    ----------
    .. [1] Bińkowski, Sutherland, Arbel and Gretton, "Demystifying MMD GANs", ICLR 2018.
    .. [2] Sutherland et al., "Generative models and model criticism via optimized maximum mean discrepancy", ICLR 2017.
    """
    x, y = checked(features), checked(reference)
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"the two sets must have one dimension, got {x.shape[1]} and {y.shape[1]}")
    n, m = len(x), len(y)
    for size in (n, m):
        if size < 2:
            raise ValueError(f"a kernel distance needs at least 2 feature vectors on each side, got {size}")
    labels = np.zeros(n, dtype=np.int64) if blocks is None else blocks
    n_blocks = int(labels.max()) + 1
    with np.errstate(over="ignore", invalid="ignore"):
        within_reference = mean_kernel(y, kernel) if reference_mean is None else reference_mean
        to_reference = np.zeros(n)
        for rows, x_part in parts(x):
            for _, y_part in parts(y):
                to_reference[rows] += kernel.tile(x_part, y_part).sum(axis=1)
        to_reference /= m
        # h between members, its rows summed by block, and the sums of its squares and of the kernel itself.
        by_block = np.zeros((n, n_blocks))
        member = np.equal(labels[:, None], np.arange(n_blocks)).astype(np.float64)
        squares = within = 0.0
        for rows, columns, tile in _pairs(x, kernel):
            twice = 1.0 if rows == columns else 2.0
            if rows == columns:
                np.fill_diagonal(tile, 0.0)
            within += twice * float(tile.sum())
            tile -= to_reference[rows, None]
            tile -= to_reference[columns]
            if rows == columns:
                np.fill_diagonal(tile, 0.0)
            else:
                by_block[columns] += tile.T @ member[rows]
            by_block[rows] += tile @ member[columns]
            squares += twice * float((tile * tile).sum())
        sums = by_block.sum(axis=1)
        total = float(sums.sum())
        value = total / (n * (n - 1)) + within_reference
    if not np.isfinite(value):
        raise ValueError("the kernel distance is beyond float64: the features are too large")
    # Without block b: all pairs, less those with one member in b (twice), plus those with both.
    left = n - np.bincount(labels, minlength=n_blocks)
    touching = np.bincount(labels, weights=sums, minlength=n_blocks)
    inside = np.bincount(labels, weights=by_block[np.arange(n), labels], minlength=n_blocks)
    pairs = np.where(left >= 2, left * (left - 1.0), np.nan)
    along, around = _variances(n, float((sums**2).sum()), total, squares)
    return KernelDistance(
        n=n,
        value=value,
        along=along,
        around=around,
        row_means=sums / (n - 1),
        left_out=(total - 2 * touching + inside) / pairs + within_reference,
        within=within / (n * (n - 1)),
        within_reference=within_reference,
        to_reference=to_reference,
    )


def mean_kernel(features: NDArray[np.floating], kernel: Kernel = _CUBIC) -> float:
    """Return the mean of the kernel over all pairs of different members of one set, of at least two.

    Raises
    ------
    ValueError
        If there are fewer.
    """
    x = checked(features)
    n = len(x)
    if n < 2:
        raise ValueError(f"a mean over pairs needs at least 2 feature vectors, got {n}")
    total = 0.0
    for rows, columns, tile in _pairs(x, kernel):
        total += float(tile.sum() - np.trace(tile)) if rows == columns else 2.0 * float(tile.sum())
    return total / (n * (n - 1))


def parts(x: NDArray[np.floating]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yield rows in float64, a tile's worth at a time."""
    for start in range(0, len(x), _ROWS):
        rows = slice(start, start + _ROWS)
        yield rows, np.asarray(x[rows], dtype=np.float64)


def _pairs(x: NDArray[np.floating], kernel: Kernel) -> Iterator[tuple[slice, slice, NDArray[np.float64]]]:
    """Yield the tiles on and above the diagonal of the matrix of all pairs: each pair of different members once."""
    for rows, part in parts(x):
        yield rows, rows, kernel.tile(part, part)
        for columns, other in parts(x[rows.stop :]):
            yield rows, slice(rows.stop + columns.start, rows.stop + columns.stop), kernel.tile(part, other)


def _variances(n: int, squared_rows: float, total: float, squares: float) -> tuple[float, float]:
    """Return ``A - B`` and ``C - B``; see `kernel_distance`."""
    if n < 4:
        return float("nan"), float("nan")
    pairs = n * (n - 1)
    shared = (squared_rows - squares) / (pairs * (n - 2))
    apart = (total**2 - 4 * squared_rows + 2 * squares) / (pairs * (n - 2) * (n - 3))
    return max(shared - apart, 0.0), max(squares / pairs - apart, 0.0)
