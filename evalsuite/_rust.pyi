"""Compiled kernels, private to `evalsuite.kernels`, which checks arguments and documents what is computed.

Arrays must be C-contiguous and of the stated dtype; `out` is overwritten.
"""

from collections.abc import Sequence
from types import EllipsisType
from typing import final

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CorpusScan",
    "answer_keys",
    "bleu_scores",
    "bleu_statistics",
    "bootstrap_draws",
    "bootstrap_sums",
    "chrf_scores",
    "chrf_statistics",
    "compare_answers",
    "corpus_unicode_version",
    "decode_png",
    "distinct_counts",
    "edit_alignments",
    "edit_alignments_of_numbers",
    "edit_counts",
    "edit_distances",
    "edit_distances_of_numbers",
    "ending_loops",
    "enter_pairs",
    "extract_answers",
    "fit_depth_laws",
    "hashed_features",
    "jackknife_sums",
    "joint_ngram_counts",
    "keep_nearest",
    "keep_smallest",
    "meteor_scores",
    "meteor_statistics",
    "ngram_frequencies",
    "ngram_hashes",
    "ngram_surprise",
    "nltk_bleu_scores",
    "normalize_words",
    "numpy_bootstrap_sums",
    "numpy_choices",
    "numpy_coins",
    "numpy_trial_sums",
    "pairs_within",
    "pairwise_similarities",
    "pairwise_token_similarities",
    "png_decoder",
    "porter_stems",
    "repeated_spans",
    "resampled_bleu",
    "resampled_chrf",
    "resampled_ter",
    "resize_bicubic",
    "rouge_scores",
    "rouge_statistics",
    "rouge_statistics_of_numbers",
    "rouge_words",
    "self_bleu_statistics",
    "step_lines",
    "ter_statistics",
    "text_ngrams",
    "token_ids",
    "tokenize",
    "trial_coins",
    "trial_sums",
    "verify_answers",
    "word_spans",
]

def extract_answers(texts: list[str]) -> tuple[bytes, list[str | None]]:
    """Rules, a byte each, and the answers that they found."""

def compare_answers(answers: list[str | None], golds: list[str], policy: tuple[str, str, bool, bool]) -> bytes:
    """Return findings, a byte each; a policy is percent, units, mixed and scientific."""

def verify_answers(
    predictions: list[str], golds: list[str], extract: bool, policy: tuple[str, str, bool, bool]
) -> tuple[bytes, list[str | None], bytes]:
    """Rules, the answers that they found, and what comparing them found; without extraction no answers."""

def answer_keys(
    answers: list[str | None], policy: tuple[str, str, bool, bool]
) -> tuple[list[str | EllipsisType | None], bool]:
    """Keys of answers, and whether there is an Ellipsis among them, where Python makes it; None where there is none."""

def bleu_statistics(
    hypotheses: list[str],
    references: Sequence[Sequence[str | None]],
    by_stream: bool,
    first: int,
    lowercase: bool,
    tokenize: str,
    max_order: int,
    block: NDArray[np.int64],
) -> int:
    """Fill `block`, int64, shape (m, 2 + 2 * max_order), with rows of up to m segments from `first` on.

    `references` holds a sequence of texts or None for each segment or, if `by_stream`, lists as long as `hypotheses`.
    Returns how many rows are filled: fewer than m where the texts end or are long.
    """

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

def tokenize(texts: list[str], tokenize: str) -> list[str]:
    """Tokens of each text, joined by single spaces."""

def chrf_statistics(
    hypotheses: list[str],
    references: list[str],
    reference_counts: NDArray[np.int64],
    char_order: int,
    word_order: int,
    keep_whitespace: bool,
    beta_squared: float,
    eps_smoothing: bool,
    out: NDArray[np.int64],
) -> None:
    """Fill `out`, int64, shape (n, 3 * (char_order + word_order)); `references` are those of all segments."""

def chrf_scores(
    statistics: NDArray[np.float64], beta_squared: float, eps_smoothing: bool, out: NDArray[np.float64]
) -> None:
    """Fill `out`, float64, shape (m,), with the score of each row of `statistics`."""

def ter_statistics(
    hypotheses: list[str],
    references: list[str],
    reference_counts: NDArray[np.int64],
    normalized: bool,
    no_punct: bool,
    asian_support: bool,
    out: NDArray[np.int64],
) -> None:
    """Fill `out`, int64, shape (n, 2), with the fewest edits of each segment and the words of all its references."""

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

def edit_distances(first: list[str], second: list[str], unit: str, limit: int, out: NDArray[np.int64]) -> None:
    """Fill `out`, int64, shape (n, 3): the distance of each pair, or `limit + 1` beyond it, and both lengths."""

def edit_counts(first: list[str], second: list[str], unit: str, out: NDArray[np.int64]) -> None:
    """Fill `out`, int64, shape (n, 4): hits, substitutions, deletions and insertions of each pair."""

def edit_alignments(first: list[str], second: list[str], unit: str) -> tuple[bytes, bytes]:
    """Return runs of all alignments, int64, shape (any, 5), and how many each pair has, int64, shape (n,)."""

def edit_distances_of_numbers(
    first: NDArray[np.uint32],
    first_lengths: NDArray[np.int64],
    second: NDArray[np.uint32],
    second_lengths: NDArray[np.int64],
    limit: int,
    out: NDArray[np.int64],
) -> None:
    """As `edit_distances`, of sequences of numbers that follow one another."""

def edit_alignments_of_numbers(
    first: NDArray[np.uint32],
    first_lengths: NDArray[np.int64],
    second: NDArray[np.uint32],
    second_lengths: NDArray[np.int64],
) -> tuple[bytes, bytes]:
    """As `edit_alignments`, of sequences of numbers that follow one another."""

def pairwise_similarities(
    texts: list[str], group_sizes: NDArray[np.int64], similarity: str, order: int, out: NDArray[np.float64]
) -> None:
    """Fill `out`, float64, flat, with a symmetric matrix for each group of texts, one group after the other."""

def pairwise_token_similarities(
    ids: NDArray[np.uint32],
    ends: NDArray[np.int64],
    group_sizes: NDArray[np.int64],
    similarity: str,
    order: int,
    out: NDArray[np.float64],
) -> None:
    """As `pairwise_similarities`, of texts as token numbers that end at `ends`."""

def token_ids(texts: list[str], units: str) -> tuple[bytes, bytes]:
    """Numbers of all tokens, uint32, and where each text ends among them, int64, as bytes."""

def self_bleu_statistics(
    ids: NDArray[np.uint32], ends: NDArray[np.int64], max_order: int, out: NDArray[np.int64]
) -> None:
    """Fill `out`, int64, shape (n, 2 + 2 * max_order), with the statistics of each text against all others."""

def nltk_bleu_scores(
    statistics: NDArray[np.int64],
    max_order: int,
    weights: list[float],
    method: int,
    epsilon: float,
    alpha: float,
    k: float,
    out: NDArray[np.float64],
) -> None:
    """Fill `out`, float64, shape (n,), with nltk's score of each row of `statistics`, shape (n, 2 + 2 * max_order)."""

def distinct_counts(
    ids: NDArray[np.uint32],
    ends: NDArray[np.int64],
    max_order: int,
    set_out: NDArray[np.int64],
    text_out: NDArray[np.int64],
) -> None:
    """Fill `set_out`, int64, shape (max_order, 2), and `text_out`, int64, shape (n, 2 * max_order)."""

def ngram_frequencies(ids: NDArray[np.uint32], ends: NDArray[np.int64], order: int) -> bytes:
    """Occurrences of each distinct n-gram, int64 as bytes, the most frequent first."""

def repeated_spans(ids: NDArray[np.uint32], ends: NDArray[np.int64], overlap: bool, out: NDArray[np.int64]) -> None:
    """Fill `out`, int64, shape (n, 3), with each text's longest repeated span: length, first start, last start."""

def ending_loops(
    ids: NDArray[np.uint32],
    ends: NDArray[np.int64],
    min_repetitions: int,
    min_span: int,
    out: NDArray[np.int64],
) -> None:
    """Fill `out`, int64, shape (n, 3), with the loop each text ends in: period, repetitions, start."""

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

def fit_depth_laws(
    depths: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    counts: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Five numbers of each set's fits; `counts` has shape (n_sets, n_cells, 2), right and wrong."""

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

def resize_bicubic(image: NDArray[np.uint8], size: int, centred: bool) -> bytearray:
    """Return `image`, of shape (height, width, 1 or 3), resized: float32, shape (channels, size, size), as bytes."""

def decode_png(data: bytes, shape: tuple[int, int, int]) -> bytearray:
    """Return the pixels of a file of this height, width and channels; ValueError if it has others."""

def png_decoder() -> str:
    """Name and version of what decodes PNG files."""

def numpy_choices(seed: list[int], n_flips: int, n: int, out: NDArray[np.int64]) -> None:
    """Fill `out`, int64, with numbers below `n` from numpy's generator of `seed`, 32-bit words, after coin flips."""

def numpy_coins(seed: list[int], out: NDArray[np.uint8]) -> None:
    """Fill `out`, uint8, shape (n_trials, n), with the coins that numpy's generator of `seed` flips."""

def numpy_bootstrap_sums(rows: NDArray[np.float32], seed: list[int], n_flips: int, out: NDArray[np.float32]) -> None:
    """Fill `out`, float32, shape (n_resamples, k), with sums of the rows that numpy's generator draws."""

def numpy_trial_sums(differences: NDArray[np.int64], seed: list[int], out: NDArray[np.int64]) -> None:
    """Fill `out`, int64, shape (n_trials, k), with sums of the rows for which numpy's generator flips heads."""

def trial_sums(differences: NDArray[np.float64], seed: int, first_trial: int, out: NDArray[np.float64]) -> None:
    """Fill `out`, float64, shape (n_trials, k), with sums of the rows for which our stream flips heads."""

def trial_coins(seed: int, first_trial: int, out: NDArray[np.uint8]) -> None:
    """Fill `out`, uint8, shape (n_trials, n), with the coins that our stream flips."""

_TileSide = tuple[
    NDArray[np.float32] | NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]
]
_Lists = tuple[NDArray[np.float64], NDArray[np.int64]]

def enter_pairs(rows: _TileSide, lists: _Lists, others: _TileSide, candidates: NDArray[np.int64], same: bool) -> None:
    """Enter pairs of rows and the others that `candidates`, shape (rows, c), names into the lists of the rows."""

def keep_nearest(
    tile: NDArray[np.float32],
    scale: float,
    rows: _TileSide,
    row_lists: _Lists,
    columns: _TileSide,
    column_lists: _Lists | None,
    same: bool,
) -> None:
    """Enter a tile's pairs into the lists of its rows and, where given, of its columns."""

def keep_smallest(tile: NDArray[np.float32], lists: _Lists, members: NDArray[np.int64]) -> None:
    """Enter a tile's columns into lists of those with each row's smallest bounds."""

def pairs_within(
    tile: NDArray[np.float32],
    scale: float,
    rows: _TileSide,
    row_radii: NDArray[np.float64] | None,
    columns: _TileSide,
    column_radii: NDArray[np.float64],
    settled: NDArray[np.uint8],
    lesser_radii: NDArray[np.float64],
) -> tuple[bytes, bytes, bytes]:
    """Return places in a tile within radii of columns, squared distances, and places within radii of rows."""

def jackknife_sums(rows: NDArray[np.float64], blocks: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    """Fill `out`, float64, shape (n_blocks, k), with sums of all rows but those of a block."""

def resampled_bleu(
    rows: NDArray[np.float64],
    width: int,
    held: str,
    smooth_method: str,
    smooth_value: float,
    effective_order: bool,
    compensated_sum: bool,
    out: NDArray[np.float64],
) -> bool:
    """Fill `out`, float64, shape (m,), with BLEU of `rows`; whether any is a Python number in sacrebleu."""

def resampled_chrf(
    rows: NDArray[np.float64],
    width: int,
    held: str,
    factor: float,
    factor_plus_one: float,
    eps_smoothing: bool,
    out: NDArray[np.float64],
) -> bool:
    """Fill `out`, float64, shape (m,), with chrF of `rows`; whether any is a Python number in sacrebleu."""

def resampled_ter(rows: NDArray[np.float64], held: str, out: NDArray[np.float64]) -> bool:
    """Fill `out`, float64, shape (m,), with TER of `rows`; whether any is a Python number in sacrebleu."""

def step_lines(texts: list[str], most_read: int) -> tuple[bytes, bytes]:
    """Lines that state a step, int64, shape (m, 5), and where those of each text end, int64, shape (n,), as bytes.

    A row is [step, start, end, start of the last number, its end], in code points; -1 where there is no number.
    """

def ngram_surprise(
    ids: NDArray[np.uint32],
    ends: NDArray[np.int64],
    text_sizes: NDArray[np.int64],
    group_sizes: NDArray[np.int64],
    order: int,
    smoothing: float,
    own: bool,
    out: NDArray[np.float64],
) -> None:
    """Fill `out`, float64, shape (n, 2), with the sum and the greatest of the surprises in each of n segments.

    `text_sizes` has the segments of each text, `group_sizes` the texts of each group.
    """
