"""Texts as token numbers, and the integer statistics of self-BLEU, diversity and degeneration over them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import (
    check_array,
    check_choice,
    check_finite,
    check_flag,
    check_integer,
    check_ordered,
    check_texts,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "MAX_ORDER",
    "TokenIds",
    "Tokenize",
    "distinct_counts",
    "ending_loops",
    "ngram_frequencies",
    "nltk_bleu_scores",
    "repeated_spans",
    "self_bleu_statistics",
    "token_ids",
]

Tokenize: TypeAlias = Literal["none", "13a", "char"]

MAX_ORDER: Final = 64
"""Longest n-grams that are counted."""
_TOKENIZATIONS: Final = ("none", "13a", "char")
_MAX_TOKENS: Final = 2**32 - 2
_MAX_COUNT: Final = 2**53


class TokenIds(NamedTuple):
    """Tokens of several texts as dense numbers, the same number wherever the token is the same.

    Parameters
    ----------
    ids : ndarray of uint32, shape (n_tokens,)
        The numbers, one text after the other.
    ends : ndarray of int64, shape (n_texts,)
        Where each text ends in `ids`.
    """

    ids: NDArray[np.uint32]
    ends: NDArray[np.int64]


def token_ids(
    texts: Sequence[str] | Sequence[Sequence[Hashable]] | TokenIds,
    *,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> TokenIds:
    """Tokens of texts as numbers.

    Parameters
    ----------
    texts : sequence of str, or sequence of sequences of tokens, length n
        Texts to be tokenized; or their tokens, which are told apart by ``==`` and may be words or a model's token
        numbers. TokenIds are returned as they are.
    tokenize : {"none", "13a", "char"}, default "none"
        Of texts: split on whitespace, mteval's 13a, or one token a code point, whitespace included.
    lowercase : bool, default False
        Apply ``str.lower`` to texts first.

    Returns
    -------
    TokenIds
        uint32 numbers from 0 or 1 on, and n ends.

    Raises
    ------
    TypeError
        If `texts` is one str, mixes str and sequences, or holds anything else; if a token is not hashable.
    ValueError
        If an option is unknown, or given for texts that are tokens already; if texts take 4 GiB or more together.

    Examples
    --------
    >>> token_ids(["a b", "b"]).ids
    array([1, 2, 2], dtype=uint32)
    >>> token_ids([[464, 3290], [3290]]).ids
    array([0, 1, 1], dtype=uint32)
    """
    check_choice(tokenize, "tokenize", _TOKENIZATIONS)
    if isinstance(texts, TokenIds):
        return texts
    if isinstance(texts, str | bytes):
        raise TypeError(f"`texts` must be a sequence of str; found one {type(texts).__name__}: wrap it in a list")
    listed: list[Any] = check_ordered(texts, "texts")
    if not listed or isinstance(listed[0], str) or not _are_token_lists(listed):
        numbers, ends = _rust.token_ids(check_texts(listed, "texts", lowercase=lowercase), tokenize)
        return TokenIds(np.frombuffer(numbers, dtype=np.uint32), np.frombuffer(ends, dtype=np.int64))
    if tokenize != "none" or lowercase:
        raise ValueError("`tokenize` and `lowercase` are for texts; found lists of tokens: prepare them beforehand")
    flat = list(chain.from_iterable(listed))
    if len(flat) > _MAX_TOKENS:
        raise ValueError(f"`texts` must hold at most {_MAX_TOKENS} tokens together; found {len(flat)}")
    try:
        numbering = {token: number for number, token in enumerate(dict.fromkeys(flat))}
    except TypeError:
        raise TypeError("`texts` must hold tokens that are hashable, such as str or int") from None
    lengths = np.fromiter(map(len, listed), dtype=np.int64, count=len(listed))
    return TokenIds(np.fromiter(map(numbering.__getitem__, flat), dtype=np.uint32, count=len(flat)), np.cumsum(lengths))


def _are_token_lists(texts: list[Any]) -> bool:
    """Whether all texts are lists, tuples or arrays of tokens; TypeError where one is not but the first is."""
    kinds = (list, tuple, np.ndarray)
    if not isinstance(texts[0], kinds):
        return False
    for index, text in enumerate(texts):
        if not isinstance(text, kinds):
            raise TypeError(
                f"`texts[{index}]` must be a list of tokens as the first text is; found {type(text).__name__}"
            )
        if isinstance(text, np.ndarray) and text.ndim != 1:
            raise ValueError(f"`texts[{index}]` must have one dimension; found shape {text.shape}")
    return True


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
    >>> self_bleu_statistics(token_ids(["a a b", "a c", "a a a"]), max_order=2)
    array([[3, 3, 2, 1, 3, 2],
           [2, 3, 1, 0, 2, 1],
           [3, 3, 2, 1, 3, 2]])
    """
    ids, ends = _checked(tokens)
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
    >>> of_set, of_texts = distinct_counts(token_ids(["a b a b", "a b"]), max_order=2)
    >>> of_set
    array([[2, 6],
           [2, 4]])
    >>> of_texts
    array([[2, 2, 4, 3],
           [2, 1, 2, 1]])
    """
    ids, ends = _checked(tokens)
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
    >>> ngram_frequencies(token_ids(["a b a", "a c"]))
    array([3, 1, 1])
    """
    ids, ends = _checked(tokens)
    found = _rust.ngram_frequencies(ids, ends, check_integer(order, "order", 1, MAX_ORDER))
    return np.frombuffer(found, dtype=np.int64)


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
    >>> repeated_spans(token_ids(["to be or not to be", "a a a a a"]))
    array([[2, 0, 4],
           [2, 0, 3]])
    """
    ids, ends = _checked(tokens)
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
    >>> ending_loops(token_ids(["so it is what it is what it is what it", "no no no"]))
    array([[3, 3, 1],
           [0, 0, 0]])
    """
    ids, ends = _checked(tokens)
    repetitions = check_integer(min_repetitions, "min_repetitions", 2, _MAX_TOKENS)
    span = check_integer(min_span, "min_span", 0, _MAX_TOKENS)
    out = np.empty((len(ends), 3), dtype=np.int64)
    if len(ends):
        _rust.ending_loops(ids, ends, repetitions, span, out)
    return out


def _checked(tokens: TokenIds) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Return numbers and ends as contiguous arrays; the kernel checks that they fit."""
    if not isinstance(tokens, TokenIds):
        raise TypeError(f"`tokens` must be TokenIds, as token_ids gives them; found {type(tokens).__name__}")
    check_array(tokens.ids, "tokens.ids", (np.uint32,), 1)
    check_array(tokens.ends, "tokens.ends", (np.int64,), 1)
    if not len(tokens.ends) and len(tokens.ids):
        raise ValueError(f"`ends` must fit `ids`; found no texts and {len(tokens.ids)} tokens")
    return np.ascontiguousarray(tokens.ids), np.ascontiguousarray(tokens.ends)
