"""How a text repeats itself: its longest repeated span, and the loop at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_flag, check_integer
from evalsuite.kernels.token_ids import MAX_TOKENS, TokenIds, checked_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ending_loops", "repeated_spans"]


def repeated_spans(tokens: TokenIds, *, overlap: bool = False) -> NDArray[np.int64]:
    """Find the longest span of tokens that occurs twice in each text.

    Parameters
    ----------
    tokens : TokenIds
        The n texts.
    overlap : bool, default False
        Whether two occurrences may share tokens: "a a a a a" repeats "a a a a" if they may, else "a a".

    Returns
    -------
    ndarray of int64, shape (n, 3)
        ``[length, start of the first occurrence, start of the last]``, in tokens; zeros where no token occurs twice. Of
        several longest spans the one that starts first.

    Raises
    ------
    TypeError
        If `tokens` has another type or dtype.
    ValueError
        If `ends` does not fit `ids`.

    Notes
    -----
    By suffix array and common prefixes [1]_, in n log n steps for n tokens whatever they are.

    References
    ----------
    .. [1] Kasai, Lee, Arimura, Arikawa and Park, "Linear-Time Longest-Common-Prefix Computation in Suffix Arrays and
       Its Applications", CPM 2001.

    Examples
    --------
    >>> from evalsuite.kernels.token_ids import token_ids
    >>> repeated_spans(token_ids(["to be or not to be", "a a a a a"]))
    array([[2, 0, 4],
           [2, 0, 3]])
    """
    ids, ends = checked_tokens(tokens)
    out = np.empty((len(ends), 3), dtype=np.int64)
    if len(ends):
        _rust.repeated_spans(ids, ends, check_flag(overlap, "overlap"), out)
    return out


def ending_loops(tokens: TokenIds, *, min_repetitions: int = 3, min_span: int = 6) -> NDArray[np.int64]:
    """Find the loop that each text ends in.

    Parameters
    ----------
    tokens : TokenIds
        The n texts.
    min_repetitions : int, default 3
        Fewest whole repetitions of a loop, at least 2.
    min_span : int, default 6
        Fewest tokens from a loop's start to the end of the text.

    Returns
    -------
    ndarray of int64, shape (n, 3)
        ``[period, repetitions, start]``, in tokens; zeros where the text ends in no loop.

    Raises
    ------
    TypeError
        If an argument has another type or dtype.
    ValueError
        If a number is out of range, or `ends` does not fit `ids`.

    Notes
    -----
    The last m tokens have period p if each equals the one p before it, so the last repetition may be cut off anywhere.
    They are a loop if m is at least ``min_repetitions * p`` and at least `min_span`. The longest is reported, of
    equally long ones that of the shortest period, and m / p rounded down as its repetitions. With the defaults these
    are the texts of [1]_ that end in three or more repetitions of a phrase of two words or more.

    References
    ----------
    .. [1] Holtzman, Buys, Du, Forbes and Choi, "The Curious Case of Neural Text Degeneration", ICLR 2020.

    Examples
    --------
    >>> from evalsuite.kernels.token_ids import token_ids
    >>> ending_loops(token_ids(["so it is what it is what it is what it", "no no no"]))
    array([[3, 3, 1],
           [0, 0, 0]])
    """
    ids, ends = checked_tokens(tokens)
    repetitions = check_integer(min_repetitions, "min_repetitions", 2, MAX_TOKENS)
    span = check_integer(min_span, "min_span", 0, MAX_TOKENS)
    out = np.empty((len(ends), 3), dtype=np.int64)
    if len(ends):
        _rust.ending_loops(ids, ends, repetitions, span, out)
    return out
