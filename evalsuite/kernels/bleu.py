"""BLEU: its statistics a segment, and the score of statistics."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import (
    check_array,
    check_choice,
    check_counts,
    check_finite,
    check_flag,
    check_integer,
    check_references,
    check_texts,
    new_table,
)
from evalsuite.kernels.tokenizers import TOKENIZATIONS, Tokenization

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "COMPENSATED_SUM",
    "MAX_BLEU_ORDER",
    "SMOOTH_METHODS",
    "SmoothMethod",
    "bleu_scores",
    "bleu_statistics",
    "bleu_stream_statistics",
]
SmoothMethod: TypeAlias = Literal["none", "floor", "add-k", "exp"]
Text = TypeVar("Text", str, str | None)
_SMOOTH_VALUES: Final = {"none": 0.0, "floor": 0.1, "add-k": 1.0, "exp": 0.0}
SMOOTH_METHODS: Final = tuple(_SMOOTH_VALUES)
"""What can be done for an order without matches."""
COMPENSATED_SUM: Final = sys.version_info >= (3, 12)
"""Whether sum() of floats compensates for rounding, as from Python 3.12 on: sacrebleu's scores move with it."""
MAX_BLEU_ORDER: Final = 2**16
"""Longest n-grams that BLEU counts."""
# Texts are copied out of Python a block at a time, so that copies of a large corpus never exist all at once.
_BLOCK_SEGMENTS: Final = 1024


def bleu_statistics(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    *,
    tokenize: Tokenization = "13a",
    lowercase: bool = False,
    max_order: int = 4,
) -> NDArray[np.int64]:
    """Sufficient statistics of BLEU, one row a segment; summed rows are the statistics of a corpus.

    Parameters
    ----------
    hypotheses : sequence of str, length n
        One text a segment.
    references : sequence of sequences of str or None, length n
        ``references[i]`` are the references of segment ``i``, any number of them. None is dropped; ``""`` is a
        reference of length 0.
    tokenize : {"13a", "intl", "zh", "char", "none"}, default "13a"
        See :func:`tokenize`.
    lowercase : bool, default False
        Apply ``str.lower`` to all texts first.
    max_order : int, default 4
        Longest n-grams to count, N; 1 to 65,536.

    Returns
    -------
    ndarray of int64, shape (n, 2 + 2 * N)
        ``[hyp_len, ref_len, correct_1, ..., correct_N, total_1, ..., total_N]``, in tokens and n-grams. ``ref_len``
        is the length closest to ``hyp_len``, the shorter one on a tie. A match is clipped at the n-gram's highest
        count in any one reference.

    Raises
    ------
    TypeError
        If a text is not a str, `references` is a flat sequence of str, or `max_order` is not an int.
    ValueError
        If the lengths differ, a segment has no reference, an option is unknown, `max_order` is not 1 to 65,536, or a
        text takes 4 GiB or more.

    Notes
    -----
    Modified n-gram precision of [1]_, section 2.1; equal to ``BLEU`` of sacrebleu 2.6 in every number.

    References
    ----------
    .. [1] Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.

    Examples
    --------
    >>> bleu_statistics(["the the the"], [["the cat", "the cat, the dog"]], max_order=2)
    array([[3, 2, 2, 0, 3, 2]])
    """
    texts = _listed(hypotheses, "hypotheses")
    if isinstance(references, str | bytes):
        raise TypeError("`references` must be a sequence of sequences of str, one a segment: [[reference, ...], ...]")
    groups = references if isinstance(references, list) else list(references)
    if len(groups) != len(texts):
        raise ValueError(
            f"`references` must have one entry for each of the {len(texts)} `hypotheses`; found {len(groups)}"
        )
    try:
        return _statistics(texts, groups, False, tokenize, lowercase, max_order)
    except TypeError:
        check_texts(texts, "hypotheses", lowercase=False)
        check_references(groups, len(texts), lowercase=False)
        raise


def bleu_stream_statistics(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str | None]],
    *,
    tokenize: Tokenization = "13a",
    lowercase: bool = False,
    max_order: int = 4,
) -> NDArray[np.int64]:
    """Sufficient statistics of BLEU, as :func:`bleu_statistics` has them, of references in streams.

    Parameters
    ----------
    hypotheses : sequence of str, length n
        One text a segment.
    references : sequence of sequences of str or None
        Streams: ``references[k][i]`` is the k-th reference of segment ``i``, None where it has none.
    tokenize, lowercase, max_order
        See :func:`bleu_statistics`.

    Returns
    -------
    ndarray of int64, shape (n, 2 + 2 * N)

    Raises
    ------
    TypeError, ValueError
        As for :func:`bleu_statistics`.

    Examples
    --------
    >>> bleu_stream_statistics(["the the the"], [["the cat"], ["the cat, the dog"]], max_order=2)
    array([[3, 2, 2, 0, 3, 2]])
    """
    texts = _listed(hypotheses, "hypotheses")
    if isinstance(references, str | bytes):
        raise TypeError("`references` must be a sequence of streams, each as long as `hypotheses`")
    streams = [_listed(stream, f"references[{k}]") for k, stream in enumerate(references)]
    for k, stream in enumerate(streams):
        if len(stream) != len(texts):
            raise ValueError(f"`references[{k}]` must be as long as `hypotheses`, {len(texts)}; found {len(stream)}")
    try:
        return _statistics(texts, streams, True, tokenize, lowercase, max_order)
    except TypeError:
        check_texts(texts, "hypotheses", lowercase=False)
        for k, stream in enumerate(streams):
            check_texts([text for text in stream if text is not None], f"references[{k}]", lowercase=False)
        raise


def _listed(texts: Sequence[Text], name: str) -> list[Text]:
    if isinstance(texts, str | bytes):
        raise TypeError(f"`{name}` must be a sequence of str; found one {type(texts).__name__}: wrap it in a list")
    return texts if isinstance(texts, list) else list(texts)


def _statistics(
    texts: list[str],
    references: Sequence[Sequence[str | None]],
    by_stream: bool,
    tokenize: Tokenization,
    lowercase: bool,
    max_order: int,
) -> NDArray[np.int64]:
    check_choice(tokenize, "tokenize", TOKENIZATIONS)
    order = check_integer(max_order, "max_order", 1, MAX_BLEU_ORDER)
    fold_case = check_flag(lowercase, "lowercase")
    width = 2 + 2 * order
    out = new_table((len(texts), width), np.int64, "max_order", order)
    block = new_table((min(len(texts), _BLOCK_SEGMENTS), width), np.int64, "max_order", order)
    first = 0
    while first < len(texts):
        n_counted = _rust.bleu_statistics(texts, references, by_stream, first, fold_case, tokenize, order, block)
        out[first : first + n_counted] = block[:n_counted]
        first += n_counted
    return out


def bleu_scores(
    statistics: NDArray[np.float64] | NDArray[np.int64],
    *,
    smooth_method: SmoothMethod = "exp",
    smooth_value: float | None = None,
    effective_order: bool = False,
) -> NDArray[np.float64]:
    """BLEU of each row of statistics.

    Parameters
    ----------
    statistics : ndarray of float64 or int64, shape (m, 2 + 2 * N)
        Rows as :func:`bleu_statistics` gives them, or sums of such rows; each number at least 0, finite or NaN, and
        at most 2**53 if it is an integer.
    smooth_method : {"exp", "none", "floor", "add-k"}, default "exp"
        What to do for an order without matches [2]_.
    smooth_value : float, optional
        The value of "floor" (default 0.1) or "add-k" (default 1); the other methods ignore it.
    effective_order : bool, default False
        Average only over the orders of which the hypothesis has n-grams; meant for single sentences.

    Returns
    -------
    ndarray of float64, shape (m,)
        Scores, 0 to 100 (a perfect match may give 100.00000000000004); NaN for a row that holds NaN.

    Raises
    ------
    TypeError
        If `statistics` is not an array of float64 or int64, or `smooth_value` is not a number.
    ValueError
        If the shape, a value or an option is not as above.

    Notes
    -----
    ``BLEU = BP * exp(sum_n log(p_n) / N)`` with ``BP = min(1, exp(1 - ref_len / hyp_len))`` [1]_. Equal to the score
    of ``BLEU.compute_bleu`` of sacrebleu 2.6 bit for bit, on the Python that runs: from 3.12 on the sum of logarithms
    is compensated. No match at any order gives 0.

    References
    ----------
    .. [1] Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002.
    .. [2] Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", WMT 2014.

    Examples
    --------
    >>> bleu_scores(np.array([[3, 3, 2, 1, 3, 2]])).round(2)
    array([57.74])
    """
    check_choice(smooth_method, "smooth_method", SMOOTH_METHODS)
    value = _SMOOTH_VALUES[smooth_method]
    if smooth_value is not None:
        value = check_finite(smooth_value, "smooth_value")
    check_array(statistics, "statistics", (np.float64, np.int64), 2)
    n_columns = statistics.shape[1]
    if n_columns < 4 or n_columns % 2:
        raise ValueError(f"`statistics` must have 2 + 2 * N columns, N at least 1; found {n_columns}")
    check_counts(statistics)
    out = np.empty(len(statistics), dtype=np.float64)
    rows = np.ascontiguousarray(statistics, dtype=np.float64)
    if len(rows):
        _rust.bleu_scores(
            rows,
            n_columns // 2 - 1,
            smooth_method,
            value,
            check_flag(effective_order, "effective_order"),
            COMPENSATED_SUM,
            out,
        )
    return out
