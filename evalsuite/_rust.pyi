"""Compiled kernels, private to `evalsuite.kernels`, which checks arguments and documents what is computed.

Arrays must be C-contiguous and of the stated dtype; `out` is overwritten.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "bleu_scores",
    "bleu_statistics",
    "bootstrap_draws",
    "bootstrap_sums",
    "hashed_features",
    "joint_ngram_counts",
    "meteor_scores",
    "meteor_statistics",
    "ngram_hashes",
    "porter_stems",
    "rouge_scores",
    "rouge_statistics",
    "rouge_statistics_of_numbers",
    "rouge_words",
    "tokenize_13a",
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

def joint_ngram_counts(first: list[str], second: list[str], unit: str, order: int) -> tuple[bytes, bytes]:
    """Count each n-gram in either list of texts: the bytes of two int64 arrays of one length."""

def ngram_hashes(texts: list[str], unit: str, order: int) -> tuple[bytes, bytes]:
    """Hash each text's n-grams to 53 bits: the bytes of a float64 array, and of an int64 one, how many each has."""

def hashed_features(texts: list[str], of_words: bool, n_features: int, out: NDArray[np.float32]) -> None:
    """Fill `out`, float32, shape (n, n_features), with hashed n-grams of texts, or of single words."""

def meteor_statistics(
    hypotheses: NDArray[np.uint32],
    hypothesis_lengths: NDArray[np.int64],
    references: NDArray[np.uint32],
    reference_lengths: NDArray[np.int64],
    reference_counts: NDArray[np.int64],
    stems: NDArray[np.uint32],
    synonym_counts: NDArray[np.uint32],
    synonyms: NDArray[np.uint32],
    out: NDArray[np.int64],
) -> None:
    """Fill `out`, int64, shape (n_references, 4); texts are numbers of words, one text after the other."""

def meteor_scores(
    statistics: NDArray[np.int64], alpha: float, beta: float, gamma: float, out: NDArray[np.float64]
) -> None:
    """Fill `out`, float64, shape (m,), with the score of each row of `statistics`, shape (m, 4)."""

def porter_stems(words: list[str]) -> list[str]:
    """Porter's stem of each word, in lower case already and without lone surrogates."""

def rouge_words(texts: list[str], tokenize: str, use_stemmer: bool) -> list[list[str]]:
    """Words of each text."""

def rouge_statistics(
    targets: list[str],
    target_counts: NDArray[np.int64],
    predictions: list[str],
    types: list[str],
    tokenize: str,
    use_stemmer: bool,
    out: NDArray[np.int64],
) -> None:
    """Fill `out`, int64, shape (n, types, 3); `targets` are those of all predictions, one after the other."""

def rouge_statistics_of_numbers(
    targets: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    target_counts: NDArray[np.int64],
    predictions: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    types: list[str],
    out: NDArray[np.int64],
) -> None:
    """Fill `out` likewise; texts are numbers from 1 on: all words, words a sentence, sentences a text."""

def rouge_scores(statistics: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    """Fill `out`, float64, with precision, recall and F of each [hits, prediction, target] of `statistics`."""
