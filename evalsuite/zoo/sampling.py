"""Choosing the next token: greedy, or sampled with noise that belongs to (seed, step, token) alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.types import GenerationConfig

__all__ = ["choose_tokens", "counter_uniform", "gumbel_noise"]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def choose_tokens(
    logits: NDArray[np.float64], seeds: NDArray[np.uint64], step: int, config: GenerationConfig
) -> NDArray[np.int64]:
    """Return the next token of each row.

    Parameters
    ----------
    logits : ndarray
        float64, shape (rows, vocabulary); -inf for tokens that may not be written.
    seeds : ndarray
        uint64, shape (rows,): of the requests.
    step : int
        Tokens written before this one.
    config : GenerationConfig
        Temperature 0 takes the likeliest token, the first of equals. Otherwise logits are divided by it, cut to the
        `top_k` likeliest, then to the likeliest that together hold `top_p`, and sampled.

    Returns
    -------
    ndarray
        int64, shape (rows,).
    """
    if config.temperature == 0:
        return np.asarray(logits.argmax(axis=1), dtype=np.int64)
    scaled = logits / config.temperature
    if config.top_k is not None and config.top_k < scaled.shape[1]:
        least = np.partition(scaled, -config.top_k, axis=1)[:, -config.top_k, None]
        scaled = np.where(scaled >= least, scaled, -np.inf)
    if config.top_p is not None:
        scaled = _keep_nucleus(scaled, config.top_p)
    noisy = scaled + gumbel_noise(seeds, step, scaled.shape[1])
    return np.asarray(noisy.argmax(axis=1), dtype=np.int64)


def gumbel_noise(seeds: NDArray[np.uint64], step: int, n_tokens: int) -> NDArray[np.float64]:
    """Return standard Gumbel noise, float64, shape (rows, `n_tokens`).

    The argmax of logits plus this noise is a sample of their softmax [1]_.

    References
    ----------
    .. [1] Gumbel, "Statistical Theory of Extreme Values", 1954; Maddison, Tarlow and Minka, "A* Sampling", 2014.
    """
    return -np.log(-np.log(counter_uniform(seeds, step * n_tokens, n_tokens)))


def counter_uniform(seeds: NDArray[np.uint64], first: int, n: int) -> NDArray[np.float64]:
    """Return draws `first` to ``first + n - 1`` of ``CounterRng(seed)`` as floats in (0, 1), shape (rows, n)."""
    counters = np.arange(first + 1, first + n + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = seeds[:, None] + counters * _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        z ^= z >> np.uint64(31)
    uniform: NDArray[np.float64] = ((z >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return uniform


def _keep_nucleus(scaled: NDArray[np.float64], top_p: float) -> NDArray[np.float64]:
    order = np.argsort(-scaled, axis=1, kind="stable")
    ordered = np.take_along_axis(scaled, order, axis=1)
    weights = np.exp(ordered - ordered[:, :1])
    before = np.cumsum(weights, axis=1) - weights
    dropped = before >= top_p * weights.sum(axis=1, keepdims=True)
    dropped[:, 0] = False
    kept = np.where(dropped, -np.inf, ordered)
    result = np.empty_like(scaled)
    np.put_along_axis(result, order, kept, axis=1)
    return result
