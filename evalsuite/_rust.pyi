"""Compiled kernels, private to `evalsuite.kernels`, which checks arguments and documents what is computed.

Arrays must be C-contiguous and of the stated dtype; `out` is overwritten.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "bleu_scores",
    "bleu_statistics",
    "bootstrap_draws",
    "bootstrap_sums",
    "chrf_scores",
    "chrf_statistics",
    "jackknife_sums",
    "numpy_bootstrap_sums",
    "numpy_choices",
    "numpy_coins",
    "numpy_trial_sums",
    "resampled_bleu",
    "resampled_chrf",
    "resampled_ter",
    "ter_statistics",
    "tokenize",
    "trial_coins",
    "trial_sums",
]

def tokenize(texts: list[str], tokenize: str) -> list[str]:
    """Tokens of each text, joined by single spaces."""

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
