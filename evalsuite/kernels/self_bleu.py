"""Self-BLEU: its integer statistics, and BLEU by nltk's conventions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array, check_finite, check_integer
from evalsuite.kernels.token_ids import MAX_ORDER, TokenIds, checked_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["nltk_bleu_scores", "self_bleu_statistics"]

_MAX_COUNT: Final = 2**53


def self_bleu_statistics(tokens: TokenIds, *, max_order: int = 4) -> NDArray[np.int64]:
    """Statistics of BLEU of each text with all the others as its references.

    Parameters
    ----------
    tokens : TokenIds
        The n texts.
    max_order : int, default 4
        Longest n-grams to count, N, in [1, 64].

    Returns
    -------
    ndarray of int64, shape (n, 2 + 2 * N)
        ``[length, closest length of another text, correct_1, ..., correct_N, total_1, ..., total_N]``, in tokens and
        n-grams. Of two lengths equally close, the shorter. A match is clipped at the n-gram's highest count in any one
        other text. With one text nothing matches and the closest length is 0.

    Raises
    ------
    TypeError
        If an argument has another type or dtype.
    ValueError
        If `max_order` is out of range, or `ends` does not fit `ids`.

    Notes
    -----
    The definition [1]_ compares every text with every other. The clip needs but the two highest counts of an n-gram in
    the set: the second where the text at hand has the highest itself. So the work grows with the number of tokens.

    References
    ----------
    .. [1] Zhu et al., "Texygen: A Benchmarking Platform for Text Generation Models", SIGIR 2018.

    Examples
    --------
    >>> from evalsuite.kernels.token_ids import token_ids
    >>> self_bleu_statistics(token_ids(["a a b", "a c", "a a a"]), max_order=2)
    array([[3, 3, 2, 1, 3, 2],
           [2, 3, 1, 0, 2, 1],
           [3, 3, 2, 1, 3, 2]])
    """
    ids, ends = checked_tokens(tokens)
    order = check_integer(max_order, "max_order", 1, MAX_ORDER)
    out = np.empty((len(ends), 2 + 2 * order), dtype=np.int64)
    if len(ends):
        _rust.self_bleu_statistics(ids, ends, order, out)
    return out


def nltk_bleu_scores(
    statistics: NDArray[np.int64],
    weights: Sequence[float],
    *,
    smoothing: int = 0,
    epsilon: float = 0.1,
    alpha: float = 5,
    k: float = 5,
) -> NDArray[np.float64]:
    """BLEU of each row of statistics, by nltk's conventions.

    Parameters
    ----------
    statistics : ndarray of int64, shape (m, 2 + 2 * N)
        Rows of :func:`self_bleu_statistics`, or of `bleu_statistics`; each number 0 to 2**53.
    weights : sequence of float
        Weight of each order, 1 to N of them, each finite and at least 0.
    smoothing : int, default 0
        Number of the method of nltk's ``SmoothingFunction``, 0 to 7 [1]_. Methods 5 and 7 look at order 5 whatever the
        weights, so N must be at least 5; method 6 needs three weights or more.
    epsilon, alpha, k : float
        The constants of methods 1, 6, and 4 and 7.

    Returns
    -------
    ndarray of float64, shape (m,)
        Scores, 0 to 1; above 1 is possible with methods 5 and 7.

    Raises
    ------
    TypeError
        If an argument has another type or dtype.
    ValueError
        If a shape, number or option is not as above; if method 6 meets a text without a match of order 3, where nltk
        fails too.

    Notes
    -----
    Equal to ``sentence_bleu`` of nltk 3.10 bit for bit with methods 0 to 4; nltk computes methods 5 to 7 in exact
    fractions, from which these differ by 1e-15 or so. Other than in sacrebleu the number of n-grams of a text too short
    for any is taken as 1, and no match of single words gives 0 whatever the smoothing.

    References
    ----------
    .. [1] Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", WMT 2014.

    Examples
    --------
    >>> nltk_bleu_scores(np.array([[3, 3, 2, 1, 3, 2]]), (0.5, 0.5))
    array([0.57735027])
    """
    check_array(statistics, "statistics", (np.int64,), 2)
    n_columns = statistics.shape[1]
    if n_columns < 4 or n_columns % 2:
        raise ValueError(f"`statistics` must have 2 + 2 * N columns, N at least 1; found {n_columns}")
    order = n_columns // 2 - 1
    if isinstance(weights, str | bytes):
        raise TypeError(f"`weights` must be a sequence of numbers; found {type(weights).__name__}")
    checked = [check_finite(weight, f"weights[{index}]") for index, weight in enumerate(weights)]
    if not 1 <= len(checked) <= order:
        raise ValueError(f"`weights` must be 1 to {order} numbers for these statistics; found {len(checked)}")
    method = check_integer(smoothing, "smoothing", 0, 7)
    if method in (5, 7) and order < 5:
        raise ValueError(f"`statistics` must count n-grams up to order 5 for smoothing {method}; found {order}")
    if method == 6 and len(checked) < 3:
        raise ValueError(f"`weights` must be three or more for smoothing 6; found {len(checked)}")
    constants = check_finite(epsilon, "epsilon"), check_finite(alpha, "alpha"), check_finite(k, "k")
    if method in (4, 7) and constants[2] == 0:
        raise ValueError("`k` must be above 0; found 0")
    if len(statistics) and not 0 <= statistics.min() <= statistics.max() <= _MAX_COUNT:
        raise ValueError("`statistics` must be counts, 0 to 2**53")
    if method == 6:
        failing = np.flatnonzero((statistics[:, 2] > 0) & (statistics[:, 4] == 0))
        if len(failing):
            raise ValueError(
                f"`smoothing` 6 needs a match of order 3 in every text, as it does in nltk; text {failing[0]} has none"
            )
    out = np.empty(len(statistics), dtype=np.float64)
    if len(statistics):
        _rust.nltk_bleu_scores(np.ascontiguousarray(statistics), order, checked, method, *constants, out)
    return out
