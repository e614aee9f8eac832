"""Sums of rows with one block left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array, check_not_empty

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["jackknife_sums"]


def jackknife_sums(rows: NDArray[np.float64], blocks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum all rows but those of one block, for each block.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, k), C-contiguous
        One row a sample; NaN spreads to all sums but its own block's.
    blocks : ndarray of int64, shape (n,), C-contiguous
        Block of each row: labels 0 to b - 1, each one present. ``numpy.arange(n)`` leaves out one row at a time.

    Returns
    -------
    ndarray of float64, shape (b, k)
        Nothing is subtracted, so that a large block leaves no rounding behind. Zeros where there is but one block.

    Raises
    ------
    TypeError
        If an array has another dtype.
    ValueError
        If a shape, a layout or a label is not as above.

    Examples
    --------
    >>> jackknife_sums(np.array([[1.0], [2.0], [4.0]]), np.arange(3)).ravel()
    array([6., 5., 3.])
    """
    check_array(rows, "rows", (np.float64,), 2, contiguous=True)
    check_array(blocks, "blocks", (np.int64,), 1, contiguous=True)
    check_not_empty(rows, "rows")
    if len(blocks) != len(rows):
        raise ValueError(f"`blocks` must have one label for each of the {len(rows)} rows; found {len(blocks)}")
    n_blocks = int(blocks.max()) + 1
    out = np.empty((n_blocks if 0 < n_blocks <= len(rows) else 0, rows.shape[1]), dtype=np.float64)
    _rust.jackknife_sums(rows, blocks, out)
    return out
