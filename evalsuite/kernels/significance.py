"""Resampling: sacrebleu's, on numpy's own stream of numbers, and ours, on a stream of counters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import (
    MAX_RESAMPLES,
    check_array,
    check_choice,
    check_finite,
    check_flag,
    check_integer,
    new_table,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "Held",
    "check_seed",
    "jackknife_sums",
    "numpy_bootstrap_sums",
    "numpy_choices",
    "numpy_coins",
    "numpy_trial_sums",
    "resampled_bleu",
    "resampled_chrf",
    "resampled_ter",
    "trial_coins",
    "trial_sums",
]

Held: TypeAlias = Literal["float32, numpy 2", "float32, numpy 1", "float64", "int64"]
"""What sacrebleu holds sums in, and by which rules they are promoted."""

_HELD: Final = ("float32, numpy 2", "float32, numpy 1", "float64", "int64")
_SMOOTH_METHODS: Final = ("none", "floor", "add-k", "exp")
_COMPENSATED_SUM: Final = sys.version_info >= (3, 12)
_MAX_SEED: Final = 2**64 - 1
_MAX_CHOICES: Final = 2**32 - 1
_LARGEST_SUM: Final = 2**62


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
    flips = check_integer(n_flips, "n_flips", 0, _MAX_SEED)
    out = new_table((count, size), np.int64, "n_resamples", count)
    _rust.numpy_choices(_seed_words(seed), flips, size, out)
    return out


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
    _rust.numpy_coins(_seed_words(seed), out)
    return out.view(np.bool_)


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
    _check_not_empty(rows, "rows")
    check_integer(len(rows), "len(rows)", 1, _MAX_CHOICES)
    count = check_integer(n_resamples, "n_resamples", 0, MAX_RESAMPLES)
    flips = check_integer(n_flips, "n_flips", 0, _MAX_SEED)
    out = new_table((count, rows.shape[1]), np.float32, "n_resamples", count)
    _rust.numpy_bootstrap_sums(rows, _seed_words(seed), flips, out)
    return out


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
    _check_not_empty(differences, "differences")
    largest = max(abs(int(differences.min())), abs(int(differences.max())))
    if largest * len(differences) > _LARGEST_SUM:
        raise ValueError(f"`differences` must have sums up to 2**62; found {largest} in one of {len(differences)} rows")
    count = check_integer(n_trials, "n_trials", 0, MAX_RESAMPLES)
    out = new_table((count, differences.shape[1]), np.int64, "n_trials", count)
    _rust.numpy_trial_sums(differences, _seed_words(seed), out)
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
    _check_not_empty(differences, "differences")
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
    _check_not_empty(rows, "rows")
    if len(blocks) != len(rows):
        raise ValueError(f"`blocks` must have one label for each of the {len(rows)} rows; found {len(blocks)}")
    n_blocks = int(blocks.max()) + 1
    out = np.empty((n_blocks if 0 < n_blocks <= len(rows) else 0, rows.shape[1]), dtype=np.float64)
    _rust.jackknife_sums(rows, blocks, out)
    return out


def resampled_bleu(
    sums: NDArray[Any],
    *,
    held: Held,
    smooth_method: str = "exp",
    smooth_value: float = 0.0,
    effective_order: bool = False,
) -> NDArray[np.float64]:
    """Compute BLEU of resampled sums as sacrebleu does from numpy's numbers.

    Parameters
    ----------
    sums : ndarray of float32, float64 or int64, shape (m, 2 + 2 * N)
        Sums of ``[hyp_len, ref_len, correct_1..N, total_1..N]``.
    held : {"float32, numpy 2", "float32, numpy 1", "float64", "int64"}
        What sacrebleu holds the sums in: 32-bit floats for the bootstrap, under the rules of numpy 2 or 1, and
        integers for approximate randomisation.
    smooth_method, smooth_value, effective_order
        See :func:`evalsuite.kernels.bleu_scores`; the value is not optional.

    Returns
    -------
    ndarray of float64, shape (m,)

    Raises
    ------
    TypeError
        If `sums` is not an array of numbers, or `smooth_value` not a number.
    ValueError
        If a shape or an option is not as above.

    Notes
    -----
    The formula is that of a corpus; only the rounding differs. With integers, what "add-k" adds is cut down to whole
    numbers, since sacrebleu stores it back into an array of integers.

    Examples
    --------
    >>> sums = np.array([[21, 23, 15, 7, 3, 0, 21, 18, 15, 12]])
    >>> resampled_bleu(sums, held="int64"), resampled_bleu(sums, held="float32, numpy 2")
    (array([19.9419528]), array([19.94195282]))
    """
    check_choice(held, "held", _HELD)
    check_choice(smooth_method, "smooth_method", _SMOOTH_METHODS)
    rows, scores = _scored(sums)
    width = rows.shape[1]
    if width < 4 or width % 2:
        raise ValueError(f"`sums` must have 2 + 2 * N columns, N at least 1; found {width}")
    value = check_finite(smooth_value, "smooth_value")
    _rust.resampled_bleu(
        rows,
        width,
        held,
        smooth_method,
        value,
        check_flag(effective_order, "effective_order"),
        _COMPENSATED_SUM,
        scores,
    )
    return scores


def resampled_chrf(
    sums: NDArray[Any], *, held: Held, beta: float = 2, eps_smoothing: bool = False
) -> NDArray[np.float64] | NDArray[np.float32]:
    """Compute chrF of resampled sums as sacrebleu does from numpy's numbers.

    Parameters
    ----------
    sums : ndarray of float32, float64 or int64, shape (m, 3 * N)
        Sums of [hypothesis, reference, match] counts of N orders.
    held : {"float32, numpy 2", "float32, numpy 1", "float64", "int64"}
        See :func:`resampled_bleu`.
    beta : float, default 2
        Weight of recall.
    eps_smoothing : bool, default False
        Average F-scores of all orders, with a small number for zero.

    Returns
    -------
    ndarray of float64 or float32, shape (m,)
        32 bits wide where sacrebleu's is: for 32-bit sums under numpy 2, unless a score is Python's zero.

    Raises
    ------
    TypeError
        If `sums` is not an array of numbers, or `beta` not a number.
    ValueError
        If a shape or an option is not as above.

    Examples
    --------
    >>> resampled_chrf(np.array([[7, 9, 3, 6, 8, 1]]), held="int64")
    array([24.02166317])
    """
    check_choice(held, "held", _HELD)
    rows, scores = _scored(sums)
    width = rows.shape[1]
    if width % 3:
        raise ValueError(f"`sums` must have 3 * N columns, N at least 1; found {width}")
    check_finite(abs(beta) if isinstance(beta, int | float) else beta, "beta")
    factor = beta**2
    any_python = _rust.resampled_chrf(
        rows, width, held, float(factor), float(1 + factor), check_flag(eps_smoothing, "eps_smoothing"), scores
    )
    return _narrowed(scores, held, any_python=any_python)


def resampled_ter(sums: NDArray[Any], *, held: Held) -> NDArray[np.float64] | NDArray[np.float32]:
    """Compute TER of resampled sums as sacrebleu does from numpy's numbers.

    Parameters
    ----------
    sums : ndarray of float32, float64 or int64, shape (m, 2)
        Sums of [edits, reference length].
    held : {"float32, numpy 2", "float32, numpy 1", "float64", "int64"}
        See :func:`resampled_bleu`.

    Returns
    -------
    ndarray of float64 or float32, shape (m,)
        32 bits wide where sacrebleu's is: for 32-bit sums under numpy 2, unless a reference length is 0.

    Raises
    ------
    TypeError
        If `sums` is not an array of numbers.
    ValueError
        If a shape or an option is not as above.

    Examples
    --------
    >>> resampled_ter(np.array([[1.0, 3.0]]), held="float64")
    array([33.33333333])
    """
    check_choice(held, "held", _HELD)
    rows, scores = _scored(sums)
    if rows.shape[1] != 2:
        raise ValueError(f"`sums` must have 2 columns; found {rows.shape[1]}")
    any_python = _rust.resampled_ter(rows, held, scores)
    return _narrowed(scores, held, any_python=any_python)


def _scored(sums: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    check_array(sums, "sums", (np.float32, np.float64, np.int64), 2)
    if sums.shape[1] == 0:
        raise ValueError(f"`sums` must have at least one column; found shape {sums.shape}")
    return np.ascontiguousarray(sums, dtype=np.float64), np.empty(len(sums), dtype=np.float64)


def _narrowed(
    scores: NDArray[np.float64], held: Held, *, any_python: bool
) -> NDArray[np.float64] | NDArray[np.float32]:
    return scores.astype(np.float32) if held == "float32, numpy 2" and len(scores) and not any_python else scores


def _check_not_empty(rows: NDArray[Any], name: str) -> None:
    if rows.shape[0] == 0 or rows.shape[1] == 0:
        raise ValueError(f"`{name}` must have at least one row and one column; found shape {rows.shape}")


def _coins(n: int, n_trials: int) -> NDArray[np.uint8]:
    size = check_integer(n, "n", 1, _MAX_CHOICES)
    count = check_integer(n_trials, "n_trials", 0, MAX_RESAMPLES)
    return new_table((count, size), np.uint8, "n_trials", count)


def _key(seed: int, first_trial: int) -> tuple[int, int]:
    return check_integer(seed, "seed", 0, _MAX_SEED), check_integer(first_trial, "first_trial", 0, 2**63)


def check_seed(seed: int) -> int:
    """Return a seed of any size from 0 on; TypeError or ValueError if it is none."""
    if isinstance(seed, bool | np.bool_) or not isinstance(seed, int | np.integer):
        raise TypeError(f"`seed` must be an int; found {type(seed).__name__}")
    rest = int(seed)
    if rest < 0:
        raise ValueError(f"`seed` must be at least 0; found {rest}")
    return rest


def _seed_words(seed: int) -> list[int]:
    """Return the seed's 32-bit words, the lowest first, as numpy's ``SeedSequence`` takes it apart."""
    rest = check_seed(seed)
    words = []
    while rest:
        words.append(rest & 0xFFFFFFFF)
        rest >>= 32
    return words
