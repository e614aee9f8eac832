"""Kernel distance between two sets of feature vectors: the squared maximum mean discrepancy, over all pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["KernelDistance", "kernel_distance", "mean_kernel"]

_ROWS = 512


@dataclass(frozen=True, slots=True, eq=False)
class KernelDistance:
    """The squared maximum mean discrepancy of a set from a reference, and what its spread is made of.

    Parameters
    ----------
    n : int
        Members of the set.
    value : float
        Unbiased; below 0 by chance where the two are alike.
    variance : float
        Of the value over other sets of this size, with the reference held fixed; NaN with fewer than four members.
    left_out : float64, shape (n_blocks,)
        The value without each block; NaN where fewer than two members are left.
    """

    n: int
    value: float
    variance: float
    left_out: NDArray[np.float64]


def kernel_distance(
    features: NDArray[np.floating],
    reference: NDArray[np.floating],
    blocks: NDArray[np.int64] | None = None,
    *,
    reference_mean: float | None = None,
) -> KernelDistance:
    """Compute the unbiased squared maximum mean discrepancy under the kernel ``(x . y / d + 1)**3``.

    Parameters
    ----------
    features, reference : float, shapes (n, d) and (m, d)
        At least two vectors each.
    blocks : int64, shape (n,), optional
        The block of each feature vector, 0..b-1, for the values without one of them.
    reference_mean : float, optional
        ``mean_kernel(reference)``, where it is known already.

    Returns
    -------
    KernelDistance

    Raises
    ------
    ValueError
        If a side has fewer than two members or values that are not finite, or the two differ in dimension.

    Notes
    -----
    ``mean k(x, x') + mean k(y, y') - 2 mean k(x, y)`` over pairs of different members [1]_, all of them, in float64,
    with O(n + m) memory beside one strip of rows. With the reference held fixed it is the mean over pairs of
    ``h(x, x') = k(x, x') - f(x) - f(x')``, up to a constant, where f(x) is the mean of k(x, y): a U-statistic of order
    two, of which

    ``Var = (4 (n - 2) (A - B) + 2 (C - B)) / (n (n - 1))``

    for A, B, C = E h(x, x') h(x, x''), E h(x, x') h(x'', x''') and E h(x, x')**2 over different members, each estimated
    without bias by the mean over all such tuples [2]_. ``A - B`` is a variance and is cut off at 0.

    References
    ----------
    .. [1] Bińkowski, Sutherland, Arbel and Gretton, "Demystifying MMD GANs", ICLR 2018.
    .. [2] Sutherland et al., "Generative models and model criticism via optimized maximum mean discrepancy", ICLR 2017.
    """
    x = np.asarray(checked(features), dtype=np.float64)
    y = np.asarray(checked(reference), dtype=np.float64)
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"the two sets must have one dimension, got {x.shape[1]} and {y.shape[1]}")
    n, m = len(x), len(y)
    for size in (n, m):
        if size < 2:
            raise ValueError(f"a kernel distance needs at least 2 feature vectors on each side, got {size}")
    labels = np.zeros(n, dtype=np.int64) if blocks is None else blocks
    n_blocks = int(labels.max()) + 1
    within_reference = mean_kernel(y) if reference_mean is None else reference_mean
    to_reference = np.concatenate([strip.mean(axis=1) for _, strip in _strips(x, y)])
    # h between members, its rows summed by block, and the sum of its squares.
    by_block = np.empty((n, n_blocks))
    squares = 0.0
    membership = np.equal(labels[:, None], np.arange(n_blocks)).astype(np.float64)
    for start, strip in _strips(x, x):
        strip -= to_reference[start : start + len(strip), None]
        strip -= to_reference
        strip[np.arange(len(strip)), np.arange(start, start + len(strip))] = 0.0
        by_block[start : start + len(strip)] = strip @ membership
        squares += float((strip * strip).sum())
    rows = by_block.sum(axis=1)
    total = float(rows.sum())
    value = total / (n * (n - 1)) + within_reference
    if not np.isfinite(value):
        raise ValueError("the kernel distance is beyond float64: the features are too large")
    # Without block b: all pairs, less those with one member in b (twice), plus those with both.
    left = n - np.bincount(labels, minlength=n_blocks)
    touching = np.bincount(labels, weights=rows, minlength=n_blocks)
    inside = np.bincount(labels, weights=by_block[np.arange(n), labels], minlength=n_blocks)
    pairs = np.where(left >= 2, left * (left - 1.0), np.nan)
    return KernelDistance(
        n=n,
        value=value,
        variance=_variance(n, float((rows**2).sum()), total, squares),
        left_out=(total - 2 * touching + inside) / pairs + within_reference,
    )


def mean_kernel(features: NDArray[np.floating]) -> float:
    """Return the mean of the kernel over all pairs of different members of one set, of at least two.

    Raises
    ------
    ValueError
        If there are fewer.
    """
    x = np.asarray(checked(features), dtype=np.float64)
    n = len(x)
    if n < 2:
        raise ValueError(f"a mean over pairs needs at least 2 feature vectors, got {n}")
    total = 0.0
    for start in range(0, n, _ROWS):  # each pair once, and twice those of two rows of one strip
        strip = _kernel(x[start : start + _ROWS], x[start:])
        square = strip[:, : len(strip)]
        total += 2.0 * float(strip[:, len(strip) :].sum()) + float(square.sum() - np.trace(square))
    return total / (n * (n - 1))


def _strips(x: NDArray[np.float64], y: NDArray[np.float64]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield rows of the kernel matrix, with where they start."""
    for start in range(0, len(x), _ROWS):
        yield start, _kernel(x[start : start + _ROWS], y)


def _kernel(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    base = x @ y.T
    base *= 1.0 / x.shape[1]
    base += 1.0
    cube = base * base
    cube *= base
    return cube


def _variance(n: int, squared_rows: float, total: float, squares: float) -> float:
    if n < 4:
        return float("nan")
    pairs = n * (n - 1)
    shared = (squared_rows - squares) / (pairs * (n - 2))
    apart = (total**2 - 4 * squared_rows + 2 * squares) / (pairs * (n - 2) * (n - 3))
    same = squares / pairs
    return (4 * (n - 2) * max(shared - apart, 0.0) + 2 * max(same - apart, 0.0)) / pairs
