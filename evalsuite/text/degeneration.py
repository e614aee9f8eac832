"""How a text repeats itself: repeated n-grams, the longest repeated span, and loops at its end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels.arguments import check_integer
from evalsuite.kernels.degeneration import ending_loops, repeated_spans
from evalsuite.kernels.diversity import distinct_counts
from evalsuite.kernels.token_ids import MAX_ORDER, Tokenize, token_ids

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = ["Loop", "RepeatedSpan", "find_loops", "longest_repeats", "loop_rate", "rep_n", "rep_n_scores", "seq_rep_n"]


@dataclass(frozen=True, slots=True)
class Loop:
    """The loop that a text ends in, in tokens.

    Parameters
    ----------
    period : int
        Tokens of one repetition.
    repetitions : int
        Whole repetitions.
    start : int
        Index of the first token of the loop.
    """

    period: int
    repetitions: int
    start: int


@dataclass(frozen=True, slots=True)
class RepeatedSpan:
    """A span of tokens that occurs twice in a text, in tokens.

    Parameters
    ----------
    length : int
        Tokens of the span.
    first, last : int
        Index of the first token of its first and of its last occurrence.
    """

    length: int
    first: int
    last: int


def rep_n_scores(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    n: int = 4,
    *,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> NDArray[np.float64]:
    """Share of the n-grams of each text that repeat an earlier one of the same text, 0 to 1.

    Parameters
    ----------
    texts : sequence of str, or sequence of lists of tokens, length k
        The texts.
    n : int, default 4
        Length of the n-grams, in [1, 64].
    tokenize : {"none", "13a", "char"}, default "none"
        Of texts that are str: split on whitespace, mteval's 13a, or one token a code point.
    lowercase : bool, default False
        Fold case first.

    Returns
    -------
    ndarray of float64, shape (k,)
        ``1 - different n-grams / n-grams``; NaN for a text with fewer than n tokens.

    Raises
    ------
    TypeError
        If `texts` or an option has another type.
    ValueError
        If an option is out of range.

    Examples
    --------
    >>> rep_n_scores(["a b a b a", "a b c", "a"], n=2)
    array([0.5, 0. , nan])
    """
    repeated, total = _repeated(texts, n, tokenize, lowercase)
    shares = np.full(len(total), np.nan)
    np.divide(repeated, total, out=shares, where=total > 0)
    return shares


def rep_n(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    n: int = 4,
    *,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> float:
    """rep-n: share of n-grams that repeat one of their own text, over all texts, 0 to 1; lower is less repetitive.

    Parameters and exceptions are those of :func:`rep_n_scores`.

    Returns
    -------
    float
        NaN if no text has an n-gram.

    Notes
    -----
    ``1 - sum of different n-grams / sum of n-grams``, different meaning within their text, and both summed over texts
    before dividing, so that long texts count more: rep-n of [1]_ (given there in percent), as its authors compute it
    but for the last n-gram of each text, which their published loop leaves out.

    References
    ----------
    .. [1] Su, Lan, Wang, Yogatama, Kong and Collier, "A Contrastive Framework for Neural Text Generation", NeurIPS
       2022.

    Examples
    --------
    >>> rep_n(["a b a b a", "a b c"], n=2)
    0.3333333333333333
    """
    repeated, total = (int(column.sum()) for column in _repeated(texts, n, tokenize, lowercase))
    return repeated / total if total else math.nan


def seq_rep_n(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    n: int = 4,
    *,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> float:
    """seq-rep-n: share of n-grams that repeat one of their own text, mean over texts, 0 to 1; lower is better.

    Parameters and exceptions are those of :func:`rep_n_scores`.

    Returns
    -------
    float
        NaN if no text has an n-gram.

    Notes
    -----
    The mean of ``1 - different n-grams / n-grams`` [1]_, so that each text counts the same; texts with fewer than n
    tokens are left out, for which the formula divides by zero.

    References
    ----------
    .. [1] Welleck, Kulikov, Roller, Dinan, Cho and Weston, "Neural Text Generation with Unlikelihood Training", ICLR
       2020.

    Examples
    --------
    >>> seq_rep_n(["a b a b a", "a b c"], n=2)
    0.25
    """
    scores = rep_n_scores(texts, n, tokenize=tokenize, lowercase=lowercase)
    known = scores[~np.isnan(scores)]
    return math.fsum(known) / len(known) if len(known) else math.nan


def longest_repeats(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    *,
    overlap: bool = False,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> list[RepeatedSpan | None]:
    """Find the longest span of tokens that each text contains twice.

    Parameters
    ----------
    texts, tokenize, lowercase
        As in :func:`rep_n_scores`; ``tokenize="char"`` finds spans of characters.
    overlap : bool, default False
        Whether two occurrences may share tokens.

    Returns
    -------
    list of RepeatedSpan or None
        None where no token occurs twice. Of several longest spans the one that starts first.

    Raises
    ------
    TypeError
        If `texts` or an option has another type.
    ValueError
        If an option is unknown.

    Examples
    --------
    >>> longest_repeats(["to be or not to be", "no more"])
    [RepeatedSpan(length=2, first=0, last=4), None]
    """
    rows = repeated_spans(token_ids(texts, tokenize=tokenize, lowercase=lowercase), overlap=overlap)
    return [RepeatedSpan(*row) if row[0] else None for row in rows.tolist()]


def find_loops(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    *,
    min_repetitions: int = 3,
    min_span: int = 6,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> list[Loop | None]:
    """Find the loop that each text ends in.

    Parameters
    ----------
    texts, tokenize, lowercase
        As in :func:`rep_n_scores`.
    min_repetitions : int, default 3
        Fewest whole repetitions of a loop, at least 2.
    min_span : int, default 6
        Fewest tokens from a loop's start to the end of the text.

    Returns
    -------
    list of Loop or None
        None where the text ends in no loop.

    Raises
    ------
    TypeError
        If `texts` or an option has another type.
    ValueError
        If an option is out of range.

    Notes
    -----
    The definition is that of `evalsuite.kernels.degeneration.ending_loops`.

    Examples
    --------
    >>> find_loops(["so it is what it is what it is what it", "no no no"])
    [Loop(period=3, repetitions=3, start=1), None]
    """
    tokens = token_ids(texts, tokenize=tokenize, lowercase=lowercase)
    rows = ending_loops(tokens, min_repetitions=min_repetitions, min_span=min_span)
    return [Loop(*row) if row[0] else None for row in rows.tolist()]


def loop_rate(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    *,
    min_repetitions: int = 3,
    min_span: int = 6,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> float:
    """Share of the texts that end in a loop, 0 to 1; NaN if there are none.

    Parameters and exceptions are those of :func:`find_loops`.

    Examples
    --------
    >>> loop_rate(["so it is what it is what it is what it", "no no no"])
    0.5
    """
    tokens = token_ids(texts, tokenize=tokenize, lowercase=lowercase)
    rows = ending_loops(tokens, min_repetitions=min_repetitions, min_span=min_span)
    return int((rows[:, 0] > 0).sum()) / len(rows) if len(rows) else math.nan


def _repeated(
    texts: Sequence[str] | Sequence[Sequence[Hashable]], n: int, tokenize: Tokenize, lowercase: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Repeated n-grams and all n-grams of each text."""
    order = check_integer(n, "n", 1, MAX_ORDER)
    _, rows = distinct_counts(token_ids(texts, tokenize=tokenize, lowercase=lowercase), max_order=order)
    distinct, total = rows[:, order - 1], rows[:, 2 * order - 1]
    return total - distinct, total
