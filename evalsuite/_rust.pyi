"""Compiled kernels, private to `evalsuite.kernels`, which checks arguments and documents what is computed.

Arrays must be C-contiguous and of the stated dtype; `out` is overwritten.
"""

from typing import final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CorpusScan",
    "bleu_scores",
    "bleu_statistics",
    "bootstrap_draws",
    "bootstrap_sums",
    "corpus_unicode_version",
    "normalize_words",
    "text_ngrams",
    "tokenize_13a",
    "word_spans",
]

def tokenize_13a(texts: list[str]) -> list[str]:
    """Tokens of each text under 13a, joined by single spaces."""

def bleu_statistics(
    hypotheses: list[str],
    references: list[str],
    reference_counts: NDArray[np.int64],
    tokenize: str,
    max_order: int,
    out: NDArray[np.int64],
) -> None:
    """Fill `out`, int64, shape (n, 2 + 2 * max_order); `references` are those of all segments, one after the other."""

def bleu_scores(
    statistics: NDArray[np.float64],
    max_order: int,
    smooth_method: str,
    smooth_value: float,
    effective_order: bool,
    compensated_sum: bool,
    out: NDArray[np.float64],
) -> None:
    """Fill `out`, float64, shape (m,), with the score of each row of `statistics`, shape (m, 2 + 2 * max_order)."""

def bootstrap_sums(
    rows: NDArray[np.float64],
    clusters: NDArray[np.int64],
    seed: int,
    first_resample: int,
    out: NDArray[np.float64],
) -> None:
    """Fill `out`, float64, shape (n_resamples, k), with sums over resampled clusters of `rows`, shape (n, k)."""

def bootstrap_draws(seed: int, first_resample: int, out: NDArray[np.int64]) -> None:
    """Fill `out`, int64, shape (n_resamples, n_clusters), with the clusters drawn."""

def corpus_unicode_version() -> str:
    """Return the version of Unicode by which corpora are normalised."""

def normalize_words(texts: list[str]) -> list[str]:
    """Words of each text under ``lower-alnum``, joined by single spaces."""

def text_ngrams(
    texts: list[str], n: int, seed: int, distinct: bool, counts: NDArray[np.int64], n_words: NDArray[np.int64]
) -> bytes:
    """Fill `counts` and `n_words`, int64, shape (n_texts,); return hashes as native uint64."""

def word_spans(texts: list[str], counts: NDArray[np.int64]) -> bytes:
    """Fill `counts`, int64, shape (n_texts,); return start and end of each word, in code points, as native int64."""

@final
class CorpusScan:
    """A search for the n-grams of items in a corpus that is given piece by piece."""

    def __new__(cls, items: list[str], n: int, min_words: int, seed: int) -> CorpusScan:
        """Items of fewer than `n` words, but at least `min_words`, are looked for as a whole."""

    def scan_texts(self, texts: list[str]) -> None:
        """Look through documents."""

    def scan_lines(self, block: bytes) -> None:
        """Look through lines of UTF-8, each a document."""

    @property
    def n_documents(self) -> int:
        """Documents so far."""

    @property
    def n_ngrams(self) -> int:
        """Number of different n-grams of the items."""

    def places(self, counts: NDArray[np.int64], n_words: NDArray[np.int64]) -> bytes:
        """Fill `counts` and `n_words`, int64, shape (n_items,); return the n-gram at each place as native int64."""

    def found(self, documents: NDArray[np.int64], first: NDArray[np.int64]) -> None:
        """Fill `documents` and `first`, int64, shape (n_ngrams,)."""
