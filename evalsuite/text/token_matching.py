"""Greedy matching of the tokens of two texts by their vectors: BERTScore of one pair."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from evalsuite.kernels.arguments import check_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["WeighedTokens", "greedy_matching", "match_tokens", "measure_tokens"]


# Products of float32 vectors of such squared lengths neither overflow nor lose what matters.
_LEAST_SQUARE: Final = 1e-20
_GREATEST_SQUARE: Final = 1e30
# From here on a cosine may be 1: far more below it than the rounding of float32.
_NEARLY_EQUAL: Final = 1 - 1e-5


class WeighedTokens(NamedTuple):
    """A text's vectors, their lengths, and their weights: all 1 if None."""

    vectors: NDArray[np.float32]
    lengths: NDArray[np.float64]
    weights: NDArray[np.float64] | None


def greedy_matching(
    candidate: NDArray[np.float32],
    reference: NDArray[np.float32],
    candidate_weights: NDArray[np.float64] | None = None,
    reference_weights: NDArray[np.float64] | None = None,
) -> tuple[float, float, float]:
    """BERTScore of one pair, from the vectors of its tokens.

    Parameters
    ----------
    candidate, reference : ndarray of float32, shape (k, d) and (m, d)
        One vector a token, none of them zero; k or m may be 0.
    candidate_weights, reference_weights : ndarray of float64, shape (k,) and (m,), optional
        Weights, at least 0; 1 by default. bert-score gives special tokens 0.

    Returns
    -------
    precision, recall, f1 : float
        0, 0, 0 where a text has no tokens. NaN, NaN, 0 where all of a text's weights are 0, as in bert-score.

    Raises
    ------
    TypeError, ValueError
        If the arrays are of another dtype or shape, not finite, or hold a zero vector or a negative weight.

    Examples
    --------
    >>> eye = np.eye(3, dtype=np.float32)
    >>> greedy_matching(eye[[0, 1]], eye[[0, 2, 0, 0]])
    (0.5, 0.75, 0.6)
    """
    sides = []
    for vectors, weights, name in (
        (candidate, candidate_weights, "candidate"),
        (reference, reference_weights, "reference"),
    ):
        check_array(vectors, name, (np.float32,), 2)
        if weights is not None:
            check_array(weights, f"{name}_weights", (np.float64,), 1)
            if len(weights) != len(vectors):
                raise ValueError(f"`{name}_weights` must have {len(vectors)} entries; found {len(weights)}")
            if not (np.isfinite(weights) & (weights >= 0)).all():
                raise ValueError(f"`{name}_weights` must be finite and at least 0")
        sides.append((vectors, weights, name))
    if candidate.shape[1] != reference.shape[1]:
        raise ValueError(
            f"`reference` must have the {candidate.shape[1]} dimensions of `candidate`; found {reference.shape[1]}"
        )
    with np.errstate(over="ignore"):
        measured = [measure_tokens(*side) for side in sides]
    return match_tokens(measured[0], measured[1])


def match_tokens(candidate: WeighedTokens | None, reference: WeighedTokens | None) -> tuple[float, float, float]:
    """Match the tokens of two texts; None is a text without tokens."""
    if candidate is None or reference is None or not len(candidate.vectors) or not len(reference.vectors):
        return 0.0, 0.0, 0.0
    cosines = candidate.vectors @ reference.vectors.T / candidate.lengths[:, None]
    cosines /= reference.lengths
    forward = np.maximum.reduce(cosines, axis=1)
    if np.maximum.reduce(forward) > _NEARLY_EQUAL:
        cosines = _unit(candidate.vectors) @ _unit(reference.vectors).T
        forward = np.maximum.reduce(cosines, axis=1)
    precision = _weighted_mean(forward, candidate.weights)
    recall = _weighted_mean(np.maximum.reduce(cosines, axis=0), reference.weights)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall != 0 else 0.0
    return precision, recall, 0.0 if math.isnan(f1) else f1


def _weighted_mean(values: NDArray[np.float64], weights: NDArray[np.float64] | None) -> float:
    if weights is None:
        return float(np.add.reduce(values)) / len(values)
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0 else math.nan


def measure_tokens(vectors: NDArray[np.float32], weights: NDArray[np.float64] | None, name: str) -> WeighedTokens:
    """Measure vectors, under ``np.errstate(over="ignore")``; at length 1 if float32 does not hold their products."""
    squares = _squares(vectors)
    # The ufuncs themselves: for so few numbers the methods of arrays take twice as long.
    if len(squares) and not (
        np.minimum.reduce(squares) >= _LEAST_SQUARE and np.maximum.reduce(squares) <= _GREATEST_SQUARE
    ):
        exact = _squares(vectors.astype(np.float64))
        if not np.isfinite(exact).all() or (exact == 0).any():
            raise ValueError(f"`{name}`: the vector of each token must be finite and not zero: it has no direction")
        vectors = _unit(vectors).astype(np.float32)
        squares = _squares(vectors)
    return WeighedTokens(vectors, np.sqrt(squares, dtype=np.float64), weights)


def _squares(vectors: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return squared lengths; one product of BLAS a vector, which is faster than `numpy.einsum`."""
    return np.asarray(np.matmul(vectors[:, None, :], vectors[:, :, None])[:, 0, 0])


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return vectors at length 1."""
    exact = vectors.astype(np.float64)
    return np.asarray(exact / np.sqrt(_squares(exact))[:, None])
