"""Fits of the law by which accuracy falls with depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array, check_not_empty, new_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SHAPES", "fit_depth_laws"]

SHAPES: Final = (0.05, 20.0)
"""Least and greatest shape k that a fit gives: beyond them the law is a level or a step, and data cannot tell which."""
_COLUMNS: Final = 5


def fit_depth_laws(
    depths: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    counts: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Fit the depth law to many sets of counts by maximum likelihood.

    Parameters
    ----------
    depths : ndarray of float64, shape (m,), C-contiguous
        Depth of each cell, above 0. Several cells may have one depth.
    low, high : ndarray of float64, shape (m,), C-contiguous
        The share of right outputs where nothing survives, in [0, 1), and where all does, in (`low`, 1].
    counts : ndarray of float64, shape (B, m, 2), C-contiguous
        Right and wrong outputs in each cell of each set, at least 0.

    Returns
    -------
    ndarray of float64, shape (B, 5)
        Of each set ``log s``, ``log k`` and the log-likelihood; ``log s`` and the log-likelihood with k held at 1.

        ``log s`` is infinite where nothing was wrong, or so little that every depth is best explained by a survival
        of 1; minus infinity where nothing was right, or no more than `low` explains. ``log k`` is NaN where the
        counts say nothing of it: there, and where all are of one depth (the law is then that with k = 1). A row is
        NaN where a set has no counts.

    Raises
    ------
    TypeError
        If an array has another dtype.
    ValueError
        If a shape, a layout or a number is not as above.

    Notes
    -----
    ``P(right) = low + (high - low) exp(-(d / s)**k)``, k held within `SHAPES`. With ``low = 0`` and ``high = 1`` it is
    a binary regression on log d with the complementary log-log link, whose log-likelihood is concave: Newton's method
    with halved steps finds the one summit. Otherwise it starts from several points, and the best is taken.

    Examples
    --------
    Half of the outputs are right at depth 10, a quarter at 20, a sixteenth at 40: an eighth would be at 30.

    >>> counts = np.array([[[8.0, 8.0], [4.0, 12.0], [1.0, 15.0]]])
    >>> depths = np.array([10.0, 20.0, 40.0])
    >>> log_s, log_k, *_ = fit_depth_laws(depths, np.zeros(3), np.ones(3), counts)[0]
    >>> round(float(np.exp(log_s) * np.log(8)), 3), round(float(np.exp(log_k)), 3)
    (30.0, 1.0)
    """
    for array, name in ((depths, "depths"), (low, "low"), (high, "high")):
        check_array(array, name, (np.float64,), 1, contiguous=True)
        if len(array) != len(depths):
            raise ValueError(f"`{name}` must have one number for each of the {len(depths)} depths; found {len(array)}")
    check_array(counts, "counts", (np.float64,), 3, contiguous=True)
    if counts.shape[1:] != (len(depths), 2):
        raise ValueError(f"`counts` must have shape (n_sets, {len(depths)}, 2); found {counts.shape}")
    check_not_empty(counts[0] if len(counts) else np.empty((len(depths), 2)), "counts")
    if not (np.isfinite(depths) & (depths > 0)).all():
        raise ValueError("`depths` must be finite and above 0")
    if not ((low >= 0) & (low < high) & (high <= 1)).all():
        raise ValueError("`low` and `high` must be shares with 0 <= low < high <= 1")
    if not (np.isfinite(counts) & (counts >= 0)).all():
        raise ValueError("`counts` must be finite and at least 0")
    out = new_table((len(counts), _COLUMNS), np.float64, "counts", len(counts))
    _rust.fit_depth_laws(depths, low, high, counts, out)
    return out
