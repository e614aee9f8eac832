"""The bootstrap of rows on numpy's own stream of numbers, as sacrebleu draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import MAX_RESAMPLES, check_array, check_integer, check_not_empty, new_table
from evalsuite.kernels.numpy_seeds import seed_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["numpy_bootstrap_sums", "numpy_choices"]

_MAX_FLIPS: Final = 2**64 - 1
_MAX_CHOICES: Final = 2**32 - 1


def numpy_choices(n: int, n_resamples: int, *, seed: int, n_flips: int = 0) -> NDArray[np.int64]:
    """Draw indices with replacement, as numpy's default generator does.

    Parameters
    ----------
    n : int
        Number of rows, 1 to 2**32 - 1.
    n_resamples : int
        Number of resamples, B; 0 to 2**24.
    seed : int
        Seed of the generator, at least 0 and of any size.
    n_flips : int, default 0
        Coins that the generator has flipped before, in one call of :func:`numpy_coins`.

    Returns
    -------
    ndarray of int64, shape (B, n)
        Equal to ``numpy.random.default_rng(seed).choice(n, size=(B, n))``.

    Raises
    ------
    TypeError
        If an argument is not an int.
    ValueError
        If one is out of range.

    Notes
    -----
    numpy's stream is PCG64 [1]_, its integers are bounded by Lemire's method [2]_ on 32-bit words.

    References
    ----------
    .. [1] O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
       Generation", Harvey Mudd College, 2014.
    .. [2] Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29, 2019.

    Examples
    --------
    >>> numpy_choices(5, 2, seed=12345).tolist()
    [[3, 1, 3, 1, 1], [3, 3, 3, 4, 1]]
    >>> np.random.default_rng(12345).choice(5, size=(2, 5)).tolist()
    [[3, 1, 3, 1, 1], [3, 3, 3, 4, 1]]
    """
    size = check_integer(n, "n", 1, _MAX_CHOICES)
    count = check_integer(n_resamples, "n_resamples", 0, MAX_RESAMPLES)
    flips = check_integer(n_flips, "n_flips", 0, _MAX_FLIPS)
    out = new_table((count, size), np.int64, "n_resamples", count)
    _rust.numpy_choices(seed_words(seed), flips, size, out)
    return out


def numpy_bootstrap_sums(
    rows: NDArray[np.float32], *, n_resamples: int, seed: int, n_flips: int = 0
) -> NDArray[np.float32]:
    """Sum rows over the resamples that numpy's default generator draws.

    Parameters
    ----------
    rows : ndarray of float32, shape (n, k), C-contiguous
        One row a segment, at least one; several systems may lie side by side.
    n_resamples : int
        Number of resamples, B; 0 to 2**24.
    seed : int
        Seed of the generator, at least 0 and of any size.
    n_flips : int, default 0
        Coins that the generator has flipped before, in one call of :func:`numpy_coins`.

    Returns
    -------
    ndarray of float32, shape (B, k)
        Equal to ``rows[indices].sum(axis=1)`` with the indices of :func:`numpy_choices`: rows are added in draw order,
        and the sum is rounded to 32 bits each time.

    Raises
    ------
    TypeError
        If `rows` has another dtype or a number is not an int.
    ValueError
        If a shape, a layout or a number is not as above.

    Notes
    -----
    The bootstrap of a corpus score [1]_ as sacrebleu 2.6 does it. Sums depend on nothing but the arguments.

    References
    ----------
    .. [1] Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004.

    Examples
    --------
    >>> numpy_bootstrap_sums(np.arange(5, dtype=np.float32)[:, None], n_resamples=2, seed=12345).ravel()
    array([ 9., 14.], dtype=float32)
    """
    check_array(rows, "rows", (np.float32,), 2, contiguous=True)
    check_not_empty(rows, "rows")
    check_integer(len(rows), "len(rows)", 1, _MAX_CHOICES)
    count = check_integer(n_resamples, "n_resamples", 0, MAX_RESAMPLES)
    flips = check_integer(n_flips, "n_flips", 0, _MAX_FLIPS)
    out = new_table((count, rows.shape[1]), np.float32, "n_resamples", count)
    _rust.numpy_bootstrap_sums(rows, seed_words(seed), flips, out)
    return out
