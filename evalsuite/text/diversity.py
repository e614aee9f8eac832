"""How varied a set of texts is: distinct n-grams, their entropy, and Zipf's law."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.kernels.arguments import check_integer
from evalsuite.kernels.diversity import distinct_counts, ngram_frequencies
from evalsuite.kernels.token_ids import MAX_ORDER, Tokenize, token_ids

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "distinct_n",
    "distinct_n_scores",
    "entropy_of_counts",
    "ngram_entropy",
    "zipf_coefficient",
    "zipf_of_counts",
]


def distinct_n(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    n: int = 2,
    *,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> float:
    """Distinct-n: share of the n-grams of a set of texts that are different, 0 to 1; higher is more diverse.

    Parameters
    ----------
    texts : sequence of str, or sequence of lists of tokens
        The set.
    n : int, default 2
        Length of the n-grams, in [1, 64].
    tokenize : {"none", "13a", "char"}, default "none"
        Of texts that are str: split on whitespace, mteval's 13a, or one token a code point.
    lowercase : bool, default False
        Fold case first.

    Returns
    -------
    float
        NaN if there is no n-gram.

    Raises
    ------
    TypeError
        If `texts` or an option has another type.
    ValueError
        If an option is out of range.

    Notes
    -----
    ``distinct-n = different n-grams / n-grams``, counted over all texts together, none across two texts. The paper [1]_
    divides by the number of words, nearly everyone after it by that of n-grams, as is done here. Falls as texts are
    added or grow longer.

    References
    ----------
    .. [1] Li, Galley, Brockett, Gao and Dolan, "A diversity-promoting objective function for neural conversation
       models", NAACL 2016.

    Examples
    --------
    >>> distinct_n(["I do not know", "I do not think so"])
    0.7142857142857143
    """
    order = check_integer(n, "n", 1, MAX_ORDER)
    of_set, _ = distinct_counts(token_ids(texts, tokenize=tokenize, lowercase=lowercase), max_order=order)
    distinct, total = of_set[-1].tolist()
    return distinct / total if total else math.nan


def distinct_n_scores(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    n: int = 2,
    *,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> NDArray[np.float64]:
    """Distinct-n within each text by itself: float64, shape (n_texts,); NaN for a text without an n-gram.

    Parameters and exceptions are those of :func:`distinct_n`.

    Examples
    --------
    >>> distinct_n_scores(["a b a b", "a b c", "a"])
    array([0.66666667, 1.        ,        nan])
    """
    order = check_integer(n, "n", 1, MAX_ORDER)
    _, of_texts = distinct_counts(token_ids(texts, tokenize=tokenize, lowercase=lowercase), max_order=order)
    distinct, total = of_texts[:, order - 1], of_texts[:, 2 * order - 1]
    shares = np.full(len(of_texts), np.nan)
    np.divide(distinct, total, out=shares, where=total > 0)
    return shares


def ngram_entropy(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    n: int = 4,
    *,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> float:
    """Entropy of the n-grams of a set of texts, in nats; higher is more diverse.

    Parameters
    ----------
    texts, tokenize, lowercase
        As in :func:`distinct_n`.
    n : int, default 4
        Length of the n-grams, in [1, 64].

    Returns
    -------
    float
        0 if all n-grams are the same, ``log(number of n-grams)`` if all are different; NaN if there is none.

    Raises
    ------
    TypeError
        If `texts` or an option has another type.
    ValueError
        If an option is out of range.

    Notes
    -----
    Ent-n of [1]_: ``-sum_w F(w) / T * log(F(w) / T)``, F(w) being how often n-gram w occurs in the set and T the sum of
    all F. No n-gram crosses from one text to the next. Bounded by log T, so it grows with the set.

    References
    ----------
    .. [1] Zhang, Galley, Gao, Gan, Li, Brockett and Dolan, "Generating Informative and Diverse Conversational Responses
       via Adversarial Information Maximization", NeurIPS 2018.

    Examples
    --------
    >>> round(ngram_entropy(["a b", "c d"], n=1), 4)  # log 4
    1.3863
    """
    order = check_integer(n, "n", 1, MAX_ORDER)
    return entropy_of_counts(ngram_frequencies(token_ids(texts, tokenize=tokenize, lowercase=lowercase), order=order))


def entropy_of_counts(counts: NDArray[np.int64]) -> float:
    """Entropy, in nats, of a distribution given by counts, int64 of shape (k,); NaN if there are none."""
    if not len(counts):
        return math.nan
    # By value of the count, so that the result does not depend on how the counts are sorted, and is rounded once.
    values, times = np.unique(counts, return_counts=True)
    total = int((values * times).sum())
    pairs = zip(values.tolist(), times.tolist(), strict=True)
    return math.fsum(time * (value / total) * math.log(total / value) for value, time in pairs)


def zipf_coefficient(
    texts: Sequence[str] | Sequence[Sequence[Hashable]],
    *,
    top: int = 5000,
    tokenize: Tokenize = "none",
    lowercase: bool = False,
) -> float:
    """Zipf coefficient: how steeply the frequency of words falls with their rank.

    Parameters
    ----------
    texts, tokenize, lowercase
        As in :func:`distinct_n`.
    top : int, default 5000
        How many of the most frequent tokens are fitted, at least 2.

    Returns
    -------
    float
        At least 0; 0 if all tokens are equally frequent. NaN with fewer than two different tokens.

    Raises
    ------
    TypeError
        If `texts` or an option has another type.
    ValueError
        If an option is out of range.

    Notes
    -----
    ``s`` of ``log f = b - s log r``, the least-squares line through log frequency and log rank of the `top` most
    frequent tokens, each rank counted once: the fit behind the figures of [1]_. It is not the maximum-likelihood
    exponent, and it depends on the size of the set and on the tokens (their 0.93 for human text is over GPT-2's).
    Neither high nor low is good by itself: compare with human text of like size. Steeper means that few words do most
    of the work.

    References
    ----------
    .. [1] Holtzman, Buys, Du, Forbes and Choi, "The Curious Case of Neural Text Degeneration", ICLR 2020.

    Examples
    --------
    >>> round(zipf_coefficient(["a a a a b b c"]), 4)
    1.2337
    """
    most = check_integer(top, "top", 2, 2**53)
    return zipf_of_counts(ngram_frequencies(token_ids(texts, tokenize=tokenize, lowercase=lowercase)), top=most)


def zipf_of_counts(counts: NDArray[np.int64], *, top: int = 5000) -> float:
    """Zipf coefficient of counts, int64 of shape (k,), falling; NaN with fewer than two."""
    kept = counts[:top]
    if len(kept) < 2:
        return math.nan
    x, y = np.log(np.arange(1, len(kept) + 1)), np.log(kept)
    x -= x.mean()
    # Equal counts are a flat line, whatever rounding makes of their mean.
    return 0.0 if kept[0] == kept[-1] else float(-(x @ (y - y.mean())) / (x @ x))
