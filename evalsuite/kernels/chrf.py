"""chrF: its statistics a segment, and the score of statistics."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import (
    check_array,
    check_counts,
    check_finite,
    check_flag,
    check_integer,
    check_references,
    check_texts,
    new_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["chrf_scores", "chrf_statistics"]

_MAX_ORDER: Final = 2**20


def chrf_statistics(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    *,
    char_order: int = 6,
    word_order: int = 0,
    beta: float = 2,
    lowercase: bool = False,
    whitespace: bool = False,
    eps_smoothing: bool = False,
) -> NDArray[np.int64]:
    """Sufficient statistics of chrF, one row a segment; summed rows are the statistics of a corpus.

    Parameters
    ----------
    hypotheses : sequence of str, length n
        One text a segment.
    references : sequence of sequences of str or None, length n
        ``references[i]`` are the references of segment ``i``, any number of them. None is dropped.
    char_order : int, default 6
        Longest character n-grams, C; 0 for none.
    word_order : int, default 0
        Longest word n-grams, W; 0 for none, 2 for chrF++.
    beta : float, default 2
        How many times as important recall is as precision; only matters for the choice among references.
    lowercase : bool, default False
        Apply ``str.lower`` to all texts first.
    whitespace : bool, default False
        Keep whitespace in character n-grams.
    eps_smoothing : bool, default False
        See `chrf_scores`; only matters for the choice among references.

    Returns
    -------
    ndarray of int64, shape (n, 3 * (C + W))
        ``[hyp_1, ref_1, match_1, ..., hyp_C, ref_C, match_C]`` in n-grams of characters (code points), then the same
        for words. Of several references the one with the best score of its own counts, the first on a tie. ``hyp_n``
        is 0 where the reference has no n-gram of that order.

    Raises
    ------
    TypeError
        If a text is not a str, `references` is a flat sequence of str, or an order is not an int.
    ValueError
        If the lengths differ, a segment has no reference, an order is negative or above 2**20, both are 0, `beta` is
        negative or not finite, or a text takes 4 GiB or more.

    Notes
    -----
    The counts of [1]_ and, with words, [2]_; equal to ``CHRF`` of sacrebleu 2.6 in every number. A word longer than
    one character loses its last one if that is ASCII punctuation, else its first one; it becomes a word of its own.

    References
    ----------
    .. [1] Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015.
    .. [2] Popović, "chrF++: words helping character n-grams", WMT 2017.

    Examples
    --------
    >>> chrf_statistics(["a cat"], [["the cat", "cats"]], char_order=2)
    array([[4, 4, 3, 3, 3, 2]])
    """
    n_chars = check_integer(char_order, "char_order", 0, _MAX_ORDER)
    n_words = check_integer(word_order, "word_order", 0, _MAX_ORDER)
    if n_chars + n_words == 0:
        raise ValueError("`char_order` and `word_order` must not both be 0")
    beta_squared = _square(beta)
    hypothesis_texts = check_texts(hypotheses, "hypotheses", lowercase=lowercase)
    reference_texts, counts = check_references(references, len(hypothesis_texts), lowercase=lowercase)
    larger = ("char_order", n_chars) if n_chars >= n_words else ("word_order", n_words)
    out = new_table((len(hypothesis_texts), 3 * (n_chars + n_words)), np.int64, *larger)
    if hypothesis_texts:
        _rust.chrf_statistics(
            hypothesis_texts,
            reference_texts,
            counts,
            n_chars,
            n_words,
            check_flag(whitespace, "whitespace"),
            beta_squared,
            check_flag(eps_smoothing, "eps_smoothing"),
            out,
        )
    return out


def chrf_scores(
    statistics: NDArray[np.float64] | NDArray[np.int64], *, beta: float = 2, eps_smoothing: bool = False
) -> NDArray[np.float64]:
    """Score each row of statistics by chrF.

    Parameters
    ----------
    statistics : ndarray of float64 or int64, shape (m, 3 * N)
        Rows as :func:`chrf_statistics` gives them, or sums of such rows; each number at least 0, finite or NaN, and at
        most 2**53 if it is an integer.
    beta : float, default 2
        How many times as important recall is as precision.
    eps_smoothing : bool, default False
        Average the F of all orders, where one that a text lacks has precision and recall 1e-16; else average precision
        and recall over the orders that both texts have.

    Returns
    -------
    ndarray of float64, shape (m,)
        Scores, 0 to 100; NaN for a row that holds NaN.

    Raises
    ------
    TypeError
        If `statistics` is not an array of float64 or int64, or `beta` is not a number.
    ValueError
        If the shape, a value or an option is not as above.

    Notes
    -----
    ``chrF = 100 * (1 + beta**2) * P * R / (beta**2 * P + R)`` [1]_, with P and R the means over orders of
    ``match / hyp`` and ``match / ref``. Equal to the score of ``CHRF`` of sacrebleu 2.6 bit for bit.

    References
    ----------
    .. [1] Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015.

    Examples
    --------
    >>> chrf_scores(np.array([[4, 5, 3, 3, 4, 2]])).round(2)
    array([57.57])
    """
    check_array(statistics, "statistics", (np.float64, np.int64), 2)
    if statistics.shape[1] == 0 or statistics.shape[1] % 3:
        raise ValueError(f"`statistics` must have 3 * N columns, N at least 1; found {statistics.shape[1]}")
    check_counts(statistics)
    beta_squared = _square(beta)
    out = np.empty(len(statistics), dtype=np.float64)
    if len(statistics):
        rows = np.ascontiguousarray(statistics, dtype=np.float64)
        _rust.chrf_scores(rows, beta_squared, check_flag(eps_smoothing, "eps_smoothing"), out)
    return out


def _square(beta: float) -> float:
    checked = check_finite(beta, "beta")
    if not math.isfinite(checked * checked):
        raise ValueError(f"`beta` must have a finite square; found {beta}")
    return checked**2
