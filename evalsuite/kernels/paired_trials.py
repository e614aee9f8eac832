"""Trials of approximate randomisation: sacrebleu's, on numpy's own stream of numbers, and ours, on one of counters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import MAX_RESAMPLES, check_array, check_integer, check_not_empty, new_table
from evalsuite.kernels.numpy_seeds import seed_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["numpy_coins", "numpy_trial_sums", "trial_coins", "trial_sums"]

_MAX_SEED: Final = 2**64 - 1
_MAX_COINS: Final = 2**32 - 1
_LARGEST_SUM: Final = 2**62


def numpy_coins(n: int, n_trials: int, *, seed: int) -> NDArray[np.bool_]:
    """Flip coins as numpy's default generator does.

    Parameters
    ----------
    n : int
        Coins a trial, 1 to 2**32 - 1.
    n_trials : int
        Number of trials, B; 0 to 2**24.
    seed : int
        Seed of the generator, at least 0 and of any size.

    Returns
    -------
    ndarray of bool, shape (B, n)
        Equal to ``numpy.random.default_rng(seed).integers(2, size=(B, n), dtype=bool)``.

    Raises
    ------
    TypeError
        If an argument is not an int.
    ValueError
        If one is out of range.

    Examples
    --------
    >>> expected = np.random.default_rng(12345).integers(2, size=(2, 40), dtype=bool)
    >>> bool((numpy_coins(40, 2, seed=12345) == expected).all())
    True
    """
    out = _coins(n, n_trials)
    _rust.numpy_coins(seed_words(seed), out)
    return out.view(np.bool_)


def numpy_trial_sums(differences: NDArray[np.int64], *, n_trials: int, seed: int) -> NDArray[np.int64]:
    """Sum differences over the rows for which numpy's default generator flips heads.

    Parameters
    ----------
    differences : ndarray of int64, shape (n, k), C-contiguous
        Statistics of one system minus those of another, a row a segment.
    n_trials : int
        Number of trials of approximate randomisation, B; 0 to 2**24.
    seed : int
        Seed of the generator, at least 0 and of any size.

    Returns
    -------
    ndarray of int64, shape (B, k)
        Equal to ``numpy_coins(n, B, seed=seed) @ differences``.

    Raises
    ------
    TypeError
        If `differences` has another dtype or a number is not an int.
    ValueError
        If a shape, a layout or a number is not as above, or a sum could exceed 2**62.

    Notes
    -----
    With ``d = a - b`` and the sums s returned, the shuffled systems of a trial [1]_ have the statistics
    ``sum(b) + s`` and ``sum(a) - s``.

    References
    ----------
    .. [1] Riezler and Maxwell, "On Some Pitfalls in Automatic Evaluation and Significance Testing for MT", ACL
       workshop on intrinsic and extrinsic evaluation measures, 2005.

    Examples
    --------
    >>> differences = np.array([[1], [10], [100], [1000]])
    >>> numpy_trial_sums(differences, n_trials=2, seed=12345).tolist() == (
    ...     numpy_coins(4, 2, seed=12345) @ differences
    ... ).tolist()
    True
    """
    check_array(differences, "differences", (np.int64,), 2, contiguous=True)
    check_not_empty(differences, "differences")
    largest = max(abs(int(differences.min())), abs(int(differences.max())))
    if largest * len(differences) > _LARGEST_SUM:
        raise ValueError(f"`differences` must have sums up to 2**62; found {largest} in one of {len(differences)} rows")
    count = check_integer(n_trials, "n_trials", 0, MAX_RESAMPLES)
    out = new_table((count, differences.shape[1]), np.int64, "n_trials", count)
    _rust.numpy_trial_sums(differences, seed_words(seed), out)
    return out


def trial_sums(
    differences: NDArray[np.float64], *, n_trials: int, seed: int, first_trial: int = 0
) -> NDArray[np.float64]:
    """Sum differences over the rows for which our counter-based stream flips heads.

    Parameters
    ----------
    differences : ndarray of float64, shape (n, k), C-contiguous
        Statistics of one system minus those of another, a row a cluster of dependent samples. NaN spreads to every
        trial in which its row has heads: drop unscored samples first.
    n_trials : int
        Number of trials, B; 0 to 2**24.
    seed : int
        Key of the random stream, 0 to 2**64 - 1.
    first_trial : int, default 0
        Number of the first trial, so that a long run may be done in parts.

    Returns
    -------
    ndarray of float64, shape (B, k)
        The same on any number of threads.

    Raises
    ------
    TypeError
        If `differences` has another dtype or a number is not an int.
    ValueError
        If a shape, a layout or a number is not as above.

    Notes
    -----
    Row j has heads in trial b where bit ``j % 64`` of word ``j // 64`` of the stream of (seed, b) is set; word i is
    ``mix64(start + i * step)`` with the start and step that :func:`evalsuite.kernels.bootstrap_draws` defines. The
    stream is part of the format of results and never changes. See :func:`numpy_trial_sums` for what sums are for.

    Examples
    --------
    >>> differences = np.array([[1.0], [10.0], [100.0], [1000.0]])
    >>> bool((trial_sums(differences, n_trials=9, seed=0) == trial_coins(4, 9, seed=0) @ differences).all())
    True
    """
    check_array(differences, "differences", (np.float64,), 2, contiguous=True)
    check_not_empty(differences, "differences")
    count = check_integer(n_trials, "n_trials", 0, MAX_RESAMPLES)
    out = new_table((count, differences.shape[1]), np.float64, "n_trials", count)
    _rust.trial_sums(differences, *_key(seed, first_trial), out)
    return out


def trial_coins(n: int, n_trials: int, *, seed: int, first_trial: int = 0) -> NDArray[np.bool_]:
    """Flip the coins of :func:`trial_sums`.

    Parameters
    ----------
    n : int
        Coins a trial, 1 to 2**32 - 1.
    n_trials : int
        Number of trials, B; 0 to 2**24.
    seed : int
        Key of the random stream, 0 to 2**64 - 1.
    first_trial : int, default 0
        Number of the first trial.

    Returns
    -------
    ndarray of bool, shape (B, n)

    Raises
    ------
    TypeError
        If an argument is not an int.
    ValueError
        If one is out of range.

    Examples
    --------
    >>> trial_coins(3, 2, seed=0).shape
    (2, 3)
    """
    out = _coins(n, n_trials)
    _rust.trial_coins(*_key(seed, first_trial), out)
    return out.view(np.bool_)


def _coins(n: int, n_trials: int) -> NDArray[np.uint8]:
    size = check_integer(n, "n", 1, _MAX_COINS)
    count = check_integer(n_trials, "n_trials", 0, MAX_RESAMPLES)
    return new_table((count, size), np.uint8, "n_trials", count)


def _key(seed: int, first_trial: int) -> tuple[int, int]:
    return check_integer(seed, "seed", 0, _MAX_SEED), check_integer(first_trial, "first_trial", 0, 2**63)
