"""n-grams of corpora: their words, their hashes, and a search for the n-grams of items in documents that stream by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite import _rust
from evalsuite.kernels.arguments import check_flag, check_integer, check_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MAX_NGRAM", "NORMALIZER", "UNICODE_VERSION", "CorpusScan", "normalize_words", "text_ngrams", "word_spans"]

MAX_NGRAM: Final = 64
NORMALIZER: Final = "lower-alnum:1"
UNICODE_VERSION: Final[str] = _rust.corpus_unicode_version()
_MAX_SEED: Final = 2**64 - 1


def normalize_words(texts: Sequence[str]) -> list[str]:
    """Words of each text as corpora are compared by them, joined by single spaces.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    list of str
        As many as texts.

    Raises
    ------
    TypeError
        If `texts` is a str or holds anything but str.

    Notes
    -----
    The normaliser ``lower-alnum``: letters, numbers and marks (Unicode's categories L, N and M) are kept, each code
    point in its simple lower case, and the final sigma as any other; whitespace as ``str.split`` has it ends a word;
    everything else is removed as if it were not there. This is "lowercase, whitespace delimited, with no punctuation"
    [1]_, for any script. Letters and numbers of Thai, Lao, Myanmar, Khmer, Han, kana and bopomofo, which are written
    without spaces, are words of their own, each with the marks that follow it. Nothing is composed or decomposed.

    References
    ----------
    .. [1] Brown et al., "Language models are few-shot learners", NeurIPS 2020, appendix C.

    Examples
    --------
    >>> normalize_words(["It's a well-known fact (1990).", "你好, World"])
    ['its a wellknown fact 1990', '你 好 world']
    """
    return _rust.normalize_words(check_texts(texts, "texts", lowercase=False))


def text_ngrams(
    texts: Sequence[str], n: int, *, seed: int = 0, distinct: bool = False
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    """Hashes of the n-grams of each text.

    Parameters
    ----------
    texts : sequence of str
    n : int
        Words of an n-gram, 1 to 64.
    seed : int, default 0
        Of the hash, 0 to 2**64 - 1.
    distinct : bool, default False
        Sort the hashes of each text, and give each once.

    Returns
    -------
    hashes : ndarray of uint64, shape (k,)
        Text after text, in the order of the texts' words or of the hashes.
    counts : ndarray of int64, shape (n_texts,)
        Hashes of each text; they sum to k.
    n_words : ndarray of int64, shape (n_texts,)

    Raises
    ------
    TypeError
        If `texts` is a str or holds anything but str, or a number is not an int.
    ValueError
        If `n` or `seed` is out of range.

    Notes
    -----
    Words are those of :func:`normalize_words`. The hash is the same on every platform. Two different n-grams share one
    with a probability of about 2**-64; of the same words in another order, of at most 2**-56.

    Examples
    --------
    >>> hashes, counts, n_words = text_ngrams(["To be, or not to be", "to BE"], 2)
    >>> counts, n_words
    (array([5, 1]), array([6, 2]))
    >>> bool(hashes[0] == hashes[4] == hashes[5])
    True
    """
    listed = check_texts(texts, "texts", lowercase=False)
    n = check_integer(n, "n", 1, MAX_NGRAM)
    seed = check_integer(seed, "seed", 0, _MAX_SEED)
    counts, n_words = np.zeros((2, len(listed)), dtype=np.int64)
    if not listed:
        return np.empty(0, dtype=np.uint64), counts, n_words
    hashes = _rust.text_ngrams(listed, n, seed, check_flag(distinct, "distinct"), counts, n_words)
    return np.frombuffer(hashes, dtype=np.uint64), counts, n_words


def word_spans(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each word of :func:`normalize_words` stands in its text.

    Parameters
    ----------
    texts : sequence of str

    Returns
    -------
    spans : ndarray of int64, shape (k, 2)
        Start and end of each word, in characters, text after text.
    counts : ndarray of int64, shape (n_texts,)
        Words of each text.

    Raises
    ------
    TypeError
        If `texts` is a str or holds anything but str.

    Examples
    --------
    >>> word_spans(["Well, yes."])
    (array([[0, 4],
           [6, 9]]), array([2]))
    """
    listed = check_texts(texts, "texts", lowercase=False)
    counts = np.zeros(len(listed), dtype=np.int64)
    if not listed:
        return np.empty((0, 2), dtype=np.int64), counts
    return np.frombuffer(_rust.word_spans(listed, counts), dtype=np.int64).reshape(-1, 2), counts


class CorpusScan:
    """A search for the n-grams of items in a corpus, of which each document is looked at once.

    Parameters
    ----------
    items : sequence of str
        What to look for.
    n : int
        Words of an n-gram, 1 to 64.
    min_words : int, default 1
        An item of fewer than `n` words is looked for as a whole if it has at least so many; otherwise not at all.
    seed : int, default 0
        Of the hash; it changes no result.

    Attributes
    ----------
    counts : ndarray of int64, shape (n_items,)
        N-grams of each item, repeated ones included; 1 for one looked for as a whole, 0 for one that is too short.
    n_words : ndarray of int64, shape (n_items,)
    places : ndarray of int64, shape (sum of counts,)
        Which n-gram, of 0 to ``n_ngrams - 1``, stands at each place of each item, item after item.
    n_ngrams : int
        Different n-grams.

    Raises
    ------
    TypeError
        If `items` is a str or holds anything but str, or a number is not an int.
    ValueError
        If a number is out of range.

    Notes
    -----
    Matches are exact: where a hash is met, the words themselves are compared. Memory is that of the items' words and
    about 60 bytes a different n-gram, whatever the size of the corpus.

    Examples
    --------
    >>> scan = CorpusScan(["the quick brown fox jumps"], 3)
    >>> scan.scan_texts(["A quick brown fox!", "nothing"])
    >>> scan.scan_lines(b"brown fox jumps over")
    >>> documents, first = scan.found()
    >>> documents[scan.places], first[scan.places], scan.n_documents
    (array([0, 1, 1]), array([-1,  0,  2]), 3)
    """

    def __init__(self, items: Sequence[str], n: int, *, min_words: int = 1, seed: int = 0) -> None:
        listed = check_texts(items, "items", lowercase=False)
        n = check_integer(n, "n", 1, MAX_NGRAM)
        min_words = check_integer(min_words, "min_words", 1, MAX_NGRAM)
        seed = check_integer(seed, "seed", 0, _MAX_SEED)
        self._scan = _rust.CorpusScan(listed, n, min_words, seed)
        self.n_ngrams = self._scan.n_ngrams
        self.counts, self.n_words = np.zeros((2, len(listed)), dtype=np.int64)
        if listed:
            self.places = np.frombuffer(self._scan.places(self.counts, self.n_words), dtype=np.int64)
        else:
            self.places = np.empty(0, dtype=np.int64)

    @property
    def n_documents(self) -> int:
        """Documents so far."""
        return self._scan.n_documents

    def scan_texts(self, texts: Sequence[str]) -> None:
        """Look through documents.

        Raises
        ------
        TypeError
            If `texts` is a str or holds anything but str.
        """
        self._scan.scan_texts(check_texts(texts, "texts", lowercase=False))

    def scan_lines(self, block: bytes) -> None:
        """Look through lines of UTF-8, split at newlines only, each a document; a final newline starts no further line.

        Raises
        ------
        TypeError
            If `block` is not bytes.
        ValueError
            If it is not UTF-8; nothing of it is counted then.
        """
        if not isinstance(block, bytes):
            raise TypeError(f"`block` must be bytes; found {type(block).__name__}")
        self._scan.scan_lines(block)

    def found(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return what was found so far.

        Returns
        -------
        documents : ndarray of int64, shape (n_ngrams,)
            In how many documents each n-gram was.
        first : ndarray of int64, shape (n_ngrams,)
            The first of them, counted from 0 over all documents; -1 where there is none.
        """
        documents, first = np.zeros((2, self.n_ngrams), dtype=np.int64)
        if self.n_ngrams:
            self._scan.found(documents, first)
        return documents, first
