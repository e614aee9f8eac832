"""Self-BLEU: how much the texts of a set are like one another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from evalsuite.kernels.arguments import check_choice, check_integer
from evalsuite.kernels.self_bleu import nltk_bleu_scores, self_bleu_statistics
from evalsuite.kernels.token_ids import Tokenize, token_ids

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = ["self_bleu", "self_bleu_scores"]

Smoothing: TypeAlias = Literal[0, 1, 2, 3, 4, 5, 6, 7]

DEFAULT_WEIGHTS: Final = (0.25, 0.25, 0.25, 0.25)


def self_bleu_scores(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    *,
    weights: Sequence[float] = DEFAULT_WEIGHTS,
    smoothing: Smoothing = 1,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
    epsilon: float = 0.1,
    alpha: float = 5,
    k: float = 5,
) -> NDArray[np.float64]:
    """BLEU of each text with all the others as its references, 0 to 1.

    Parameters
    ----------
    texts : sequence of str, or sequence of lists of tokens, length n, at least 2
        The set; tokens may be anything hashable, such as a model's token numbers.
    weights : sequence of float, default four times 0.25
        Weight of each order of n-grams, 1 to 64 of them.
    smoothing : int, default 1
        Number of the method of nltk's ``SmoothingFunction``, 0 to 7. Methods 0 and 1 are those of fast-bleu too.
    tokenize : {"none", "13a", "char"}, default "none"
        Of texts that are str: split on whitespace, mteval's 13a, or one token a code point.
    lowercase : bool, default False
        Fold case first.
    epsilon, alpha, k : float
        The constants of nltk's methods 1, 6, and 4 and 7.

    Returns
    -------
    ndarray of float64, shape (n,)
        ``sentence_bleu(others, text, weights, method)`` of nltk for each text.

    Raises
    ------
    TypeError
        If `texts` or an option has another type.
    ValueError
        If there are fewer than two texts, or an option is out of range.

    Notes
    -----
    Equal to nltk 3.10 bit for bit with methods 0 to 4, within 1e-12 with 5 to 7. nltk's work grows with the square of
    the set; this grows with the number of tokens (see `evalsuite.kernels.self_bleu.self_bleu_statistics`). Method 0
    gives a tiny number and no warning where an order has no match.

    Examples
    --------
    >>> self_bleu_scores(["the cat sat on the mat", "the cat sat down", "a dog ran"]).round(4)
    array([0.2021, 0.3976, 0.    ])
    """
    return nltk_bleu_scores(
        _statistics(texts, weights, smoothing, tokenize, lowercase),
        weights,
        smoothing=smoothing,
        epsilon=epsilon,
        alpha=alpha,
        k=k,
    )


def self_bleu(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    *,
    weights: Sequence[float] = DEFAULT_WEIGHTS,
    smoothing: Smoothing = 1,
    average: Literal["texts", "corpus"] = "texts",
    tokenize: Tokenize = "none",
    lowercase: bool = False,
    epsilon: float = 0.1,
    alpha: float = 5,
    k: float = 5,
) -> float:
    """Self-BLEU of a set of texts, 0 to 1; lower is more diverse.

    Parameters
    ----------
    texts, weights, smoothing, tokenize, lowercase, epsilon, alpha, k
        As in :func:`self_bleu_scores`.
    average : {"texts", "corpus"}, default "texts"
        The mean of the texts' scores [1]_, or one score of the summed statistics, as ``corpus_bleu`` of nltk; for the
        latter `smoothing` must be 0 to 4, since nltk's methods 5 to 7 look at the last text only.

    Returns
    -------
    float
        0 if no two texts share a token, 1 if all are alike and long enough.

    Raises
    ------
    TypeError
        If `texts` or an option has another type.
    ValueError
        If there are fewer than two texts, or an option is out of range.

    Notes
    -----
    Every text added can only raise the others' matches: the value grows with the size of the set. Compare sets of one
    size.

    References
    ----------
    .. [1] Zhu, Lu, Zheng, Guo, Zhang, Wang and Yu, "Texygen: A Benchmarking Platform for Text Generation Models",
       SIGIR 2018.

    Examples
    --------
    >>> round(self_bleu(["the cat sat on the mat", "the cat sat down", "a dog ran"]), 4)
    0.1999
    """
    check_choice(average, "average", ("texts", "corpus"))
    check_integer(smoothing, "smoothing", 0, 7)
    statistics = _statistics(texts, weights, smoothing, tokenize, lowercase)
    if average == "corpus":
        if smoothing > 4:
            raise ValueError(f'`smoothing` must be 0 to 4 for average="corpus"; found {smoothing}')
        # nltk counts at least one n-gram a text, however short it is.
        first_total = 1 + statistics.shape[1] // 2
        np.maximum(statistics[:, first_total:], 1, out=statistics[:, first_total:])
        statistics = statistics.sum(axis=0, keepdims=True)
    scores = nltk_bleu_scores(statistics, weights, smoothing=smoothing, epsilon=epsilon, alpha=alpha, k=k)
    return math.fsum(scores) / len(scores)


def _statistics(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    weights: Sequence[float],
    smoothing: int,
    tokenize: Tokenize,
    lowercase: bool,
) -> NDArray[np.int64]:
    """Statistics of as many orders as weights and smoothing ask for."""
    tokens = token_ids(texts, tokenize=tokenize, lowercase=lowercase)
    if len(tokens.ends) < 2:
        raise ValueError(
            f"`texts` must be at least two, for each is compared with the others; found {len(tokens.ends)}"
        )
    if not len(weights):
        raise ValueError("`weights` must be one number or more; found none")
    return self_bleu_statistics(tokens, max_order=max(len(weights), 5) if smoothing in (5, 7) else len(weights))
