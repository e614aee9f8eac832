"""N-grams of sets of texts: exact counts, stable hashes, and feature vectors made of hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_choice, check_integer, check_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["hashed_text_features", "hashed_word_features", "joint_ngram_counts", "ngram_hashes"]

Unit: TypeAlias = Literal["words", "characters"]

_UNITS: Final = ("words", "characters")
_MOST: Final = 1 << 16


def joint_ngram_counts(
    first: Sequence[str], second: Sequence[str], *, unit: Unit = "words", order: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count each n-gram in two sets of texts.

    Parameters
    ----------
    first, second : sequence of str
        The texts. N-grams do not cross from one to the next.
    unit : {"words", "characters"}, default "words"
        Words between Python's whitespace, or code points, whitespace among them.
    order : int, default 1
        Units in an n-gram, 1 to 65,536.

    Returns
    -------
    first, second : ndarray of int64, shape (v,)
        Counts of the v n-grams that occur in either set, in order of first appearance. Exact: nothing is hashed away.

    Raises
    ------
    TypeError
        If an argument is a str or holds anything but str, or `order` is not an int.
    ValueError
        If `unit` is unknown or `order` out of range.

    Examples
    --------
    >>> joint_ngram_counts(["a b a b"], ["b a", "c b a"], order=2)  # a b, b a, c b
    (array([2, 1, 0]), array([0, 2, 1]))
    """
    check_choice(unit, "unit", _UNITS)
    n = check_integer(order, "order", 1, _MOST)
    texts = check_texts(first, "first", lowercase=False), check_texts(second, "second", lowercase=False)
    counts = _rust.joint_ngram_counts(*texts, unit, n)
    return np.frombuffer(counts[0], dtype=np.int64), np.frombuffer(counts[1], dtype=np.int64)


def ngram_hashes(
    texts: Sequence[str], *, unit: Unit = "words", order: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Hash each n-gram of each text.

    Parameters
    ----------
    texts : sequence of str
    unit : {"words", "characters"}, default "words"
        As in `joint_ngram_counts`.
    order : int, default 1
        Units in an n-gram, 1 to 65,536.

    Returns
    -------
    hashes : ndarray of float64, shape (n_ngrams,)
        Whole numbers below 2**53, of all texts one after the other. The same on every machine and in every release.
    lengths : ndarray of int64, shape (n_texts,)
        How many each text has.

    Raises
    ------
    TypeError, ValueError
        As `joint_ngram_counts`.

    Notes
    -----
    Two of a million different n-grams share a hash with a probability of 6e-5. FNV-1a [1]_ over each unit's UTF-8,
    chained and finished by SplitMix64's mixer; no defence against texts made to collide.

    References
    ----------
    .. [1] Fowler, Noll, Vo and Eastlake, "The FNV non-cryptographic hash algorithm", RFC 9923.

    Examples
    --------
    >>> hashes, lengths = ngram_hashes(["a b c", "b c"], order=2)
    >>> lengths, bool(hashes[1] == hashes[2])
    (array([2, 1]), True)
    """
    check_choice(unit, "unit", _UNITS)
    n = check_integer(order, "order", 1, _MOST)
    hashes, lengths = _rust.ngram_hashes(check_texts(texts, "texts", lowercase=False), unit, n)
    return np.frombuffer(hashes, dtype=np.float64), np.frombuffer(lengths, dtype=np.int64)


def hashed_text_features(texts: Sequence[str], *, n_features: int = 256) -> NDArray[np.float32]:
    """Count, with signs, hashed n-grams: words, pairs of words, and triples of characters.

    Parameters
    ----------
    texts : sequence of str
    n_features : int, default 256
        1 to 65,536.

    Returns
    -------
    ndarray of float32, shape (n_texts, n_features)
        Whole numbers; all 0 for an empty text.

    Raises
    ------
    TypeError, ValueError
        As `joint_ngram_counts`.

    Notes
    -----
    The hashing trick with signs [1]_: the inner product of two rows is, in expectation, that of their n-gram counts.

    References
    ----------
    .. [1] Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009.

    Examples
    --------
    >>> hashed_text_features(["the lake", "the lake", ""]).any(axis=1)
    array([ True,  True, False])
    """
    return _features(texts, "texts", n_features, of_words=False)


def hashed_word_features(words: Sequence[str], *, n_features: int = 256) -> NDArray[np.float32]:
    """Count hashed pieces of words: each word itself and its runs of 3 to 5 characters, with its ends marked.

    Parameters
    ----------
    words : sequence of str
    n_features : int, default 256
        1 to 65,536.

    Returns
    -------
    ndarray of float32, shape (n_words, n_features)
        Whole numbers, none below 0 and at least one above it in each row: cosines of rows are 0 to 1.

    Raises
    ------
    TypeError, ValueError
        As `joint_ngram_counts`.

    Notes
    -----
    The pieces are those of fastText [1]_, their vectors one coordinate each.

    References
    ----------
    .. [1] Bojanowski, Grave, Joulin and Mikolov, "Enriching word vectors with subword information", TACL 5, 2017.

    Examples
    --------
    >>> hashed_word_features(["cat"]).sum()  # cat; ^ca cat at$; ^cat cat$; ^cat$
    np.float32(7.0)
    """
    return _features(words, "words", n_features, of_words=True)


def _features(texts: Sequence[str], name: str, n_features: int, *, of_words: bool) -> NDArray[np.float32]:
    n = check_integer(n_features, "n_features", 1, _MOST)
    listed = check_texts(texts, name, lowercase=False)
    out = np.empty((len(listed), n), dtype=np.float32)
    if listed:
        _rust.hashed_features(listed, of_words, n, out)
    return out
