"""METEOR: alignments of texts given as word numbers, and the score of alignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_array, check_finite

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["meteor_scores", "meteor_statistics"]


def meteor_statistics(
    hypotheses: NDArray[np.uint32],
    hypothesis_lengths: NDArray[np.int64],
    references: NDArray[np.uint32],
    reference_lengths: NDArray[np.int64],
    reference_counts: NDArray[np.int64],
    stems: NDArray[np.uint32],
    synonyms: tuple[NDArray[np.uint32], NDArray[np.uint32]] | None = None,
) -> NDArray[np.int64]:
    """Align each hypothesis with each of its references.

    Parameters
    ----------
    hypotheses, references : ndarray of uint32, shape (n_words,)
        Words as numbers 0 to V-1, of all texts one after the other.
    hypothesis_lengths, reference_lengths : ndarray of int64, shape (n,) and (m,)
        Words of each text.
    reference_counts : ndarray of int64, shape (n,)
        References of each hypothesis, at least 1; they add up to m.
    stems : ndarray of uint32, shape (V,)
        The number of each word's stem, 0 to V-1.
    synonyms : tuple of two arrays of uint32, optional
        How many synonyms each stem has, shape (V,), and these, one stem's after the other's.

    Returns
    -------
    ndarray of int64, shape (m, 4)
        ``[words of the hypothesis, words of the reference, matches, chunks]`` of each reference.

    Raises
    ------
    TypeError
        If an argument is not an array of its dtype.
    ValueError
        If lengths or counts do not add up, a hypothesis has no reference, or a number is no word's.

    Notes
    -----
    Three rounds, over words, then the stems of those left, then synonyms of their stems: in each, from its end on,
    every unmatched word of the hypothesis takes the latest free word of the reference that equals it. Chunks are runs
    of matches that are adjacent and in order in both texts; 1 where nothing matches. Both are those of
    ``nltk.translate.meteor_score`` of nltk 3.10 [1]_, which does not look for the alignment with the fewest chunks.

    References
    ----------
    .. [1] Lavie and Agarwal, "METEOR: an automatic metric for MT evaluation with high levels of correlation with human
       judgments", WMT 2007.

    Examples
    --------
    >>> words, stems = np.array([0, 1, 2], dtype=np.uint32), np.arange(3, dtype=np.uint32)
    >>> n, one = np.array([3]), np.array([1])
    >>> meteor_statistics(words, n, words[[1, 2, 0]], n, one, stems)
    array([[3, 3, 3, 2]])
    """
    for array, name in ((hypotheses, "hypotheses"), (references, "references"), (stems, "stems")):
        check_array(array, name, (np.uint32,), 1)
    for lengths, name in (
        (hypothesis_lengths, "hypothesis_lengths"),
        (reference_lengths, "reference_lengths"),
        (reference_counts, "reference_counts"),
    ):
        check_array(lengths, name, (np.int64,), 1)
    none = np.zeros(0, dtype=np.uint32)
    for array in synonyms or ():
        check_array(array, "synonyms", (np.uint32,), 1)
    out = np.empty((len(reference_lengths), 4), dtype=np.int64)
    counts, flat = synonyms or (none, none)
    _rust.meteor_statistics(
        np.ascontiguousarray(hypotheses),
        np.ascontiguousarray(hypothesis_lengths),
        np.ascontiguousarray(references),
        np.ascontiguousarray(reference_lengths),
        np.ascontiguousarray(reference_counts),
        np.ascontiguousarray(stems),
        np.ascontiguousarray(counts),
        np.ascontiguousarray(flat),
        out,
    )
    return out


def meteor_scores(
    statistics: NDArray[np.int64], *, alpha: float = 0.9, beta: float = 3.0, gamma: float = 0.5
) -> NDArray[np.float64]:
    """METEOR of each alignment.

    Parameters
    ----------
    statistics : ndarray of int64, shape (m, 4)
        Rows as `meteor_statistics` gives them.
    alpha : float, default 0.9
        Weight of precision in the mean's denominator: the higher, the more recall counts.
    beta : float, default 3
        Exponent of the penalty for fragments.
    gamma : float, default 0.5
        Weight of the penalty.

    Returns
    -------
    ndarray of float64, shape (m,)
        Scores, 0 to 1 with these parameters; 0 without a match.

    Raises
    ------
    TypeError
        If `statistics` is not an array of int64, or a parameter is not a number.
    ValueError
        If the shape is another, or a number is negative or not finite.

    Notes
    -----
    ``(1 - gamma * (chunks / matches)**beta) * P * R / (alpha * P + (1 - alpha) * R)`` with ``P = matches / words of the
    hypothesis`` and ``R = matches / words of the reference``; bit for bit what nltk 3.10 gives.

    Examples
    --------
    >>> meteor_scores(np.array([[4, 4, 4, 1], [4, 4, 4, 4], [4, 4, 0, 1]])).tolist()
    [0.9921875, 0.5, 0.0]
    """
    check_array(statistics, "statistics", (np.int64,), 2)
    if statistics.shape[1] != 4:
        raise ValueError(f"`statistics` must have 4 columns; found {statistics.shape[1]}")
    if (statistics < 0).any():
        raise ValueError("`statistics` must be counts, at least 0")
    parameters = check_finite(alpha, "alpha"), check_finite(beta, "beta"), check_finite(gamma, "gamma")
    out = np.empty(len(statistics), dtype=np.float64)
    if len(statistics):
        _rust.meteor_scores(np.ascontiguousarray(statistics), *parameters, out)
    return out
