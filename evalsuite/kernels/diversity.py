"""How many n-grams are different, and how often each one occurs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_integer
from evalsuite.kernels.token_ids import MAX_ORDER, TokenIds, checked_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["distinct_counts", "ngram_frequencies"]


def distinct_counts(tokens: TokenIds, *, max_order: int = 4) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many n-grams are different, and how many there are, over the set and by text.

    Parameters
    ----------
    tokens : TokenIds
        The n texts.
    max_order : int, default 4
        Longest n-grams to count, N, in [1, 64].

    Returns
    -------
    of the set : ndarray of int64, shape (N, 2)
        Row ``i`` has the different n-grams of order ``i + 1`` in the whole set, and all of them.
    of the texts : ndarray of int64, shape (n, 2 * N)
        ``[distinct_1, ..., distinct_N, total_1, ..., total_N]`` within each text.

    Raises
    ------
    TypeError
        If an argument has another type or dtype.
    ValueError
        If `max_order` is out of range, or `ends` does not fit `ids`.

    Notes
    -----
    No n-gram crosses from one text to the next. Counting is exact, not by hashes.

    Examples
    --------
    >>> from evalsuite.kernels.token_ids import token_ids
    >>> of_set, of_texts = distinct_counts(token_ids(["a b a b", "a b"]), max_order=2)
    >>> of_set
    array([[2, 6],
           [2, 4]])
    >>> of_texts
    array([[2, 2, 4, 3],
           [2, 1, 2, 1]])
    """
    ids, ends = checked_tokens(tokens)
    order = check_integer(max_order, "max_order", 1, MAX_ORDER)
    of_set = np.zeros((order, 2), dtype=np.int64)
    of_texts = np.zeros((len(ends), 2 * order), dtype=np.int64)
    if len(ends):
        _rust.distinct_counts(ids, ends, order, of_set, of_texts)
    return of_set, of_texts


def ngram_frequencies(tokens: TokenIds, *, order: int = 1) -> NDArray[np.int64]:
    """How often each different n-gram of a set occurs, the most frequent first.

    Parameters
    ----------
    tokens : TokenIds
        The texts.
    order : int, default 1
        Length of the n-grams, in [1, 64].

    Returns
    -------
    ndarray of int64, shape (n_distinct,)
        Occurrences in the whole set, falling.

    Raises
    ------
    TypeError
        If an argument has another type or dtype.
    ValueError
        If `order` is out of range, or `ends` does not fit `ids`.

    Examples
    --------
    >>> from evalsuite.kernels.token_ids import token_ids
    >>> ngram_frequencies(token_ids(["a b a", "a c"]))
    array([3, 1, 1])
    """
    ids, ends = checked_tokens(tokens)
    found = _rust.ngram_frequencies(ids, ends, check_integer(order, "order", 1, MAX_ORDER))
    return np.frombuffer(found, dtype=np.int64)
