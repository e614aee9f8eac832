"""Diversity: the mean distance of two members of a set, over all pairs, without computing any pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["leave_out_pair_diversity", "pair_diversity", "unit_vectors"]

_VALUES = 1 << 24  # in float64 at a time: 128 MiB


def pair_diversity(features: NDArray[np.floating]) -> float:
    """Mean squared distance of two different members.

    Parameters
    ----------
    features : float, shape (n, d)
        At least two.

    Returns
    -------
    float
        At least 0; 0 where all are alike.

    Raises
    ------
    ValueError
        If there are fewer, or a value is not finite.

    Notes
    -----
    Over all n (n - 1) / 2 pairs: a U-statistic of order two, and equal to twice the trace of the covariance,

    ``sum_{i<j} |x_i - x_j|**2 / (n (n - 1) / 2) = 2 / (n - 1) * sum_i |x_i - mean|**2``,

    so that it takes O(n d). In float64, from the mean.

    Examples
    --------
    >>> import numpy as np
    >>> pair_diversity(np.array([[0.0], [1.0], [3.0]]))  # (1 + 9 + 4) / 3
    4.666666666666667
    """
    x = checked(features)
    if len(x) < 2:
        raise ValueError(f"a mean over pairs needs at least 2 feature vectors, got {len(x)}")
    _, squares = _centred(x)
    return 2 * squares / (len(x) - 1)


def leave_out_pair_diversity(features: NDArray[np.floating], blocks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Diversities of a set without one of its blocks at a time, for a jackknife.

    Parameters
    ----------
    features : float, shape (n, d)
    blocks : int64, shape (n,)
        The block of each, 0..b-1.

    Returns
    -------
    float64, shape (b,)
        NaN where fewer than two are left.
    """
    x = checked(features)
    found = np.full(int(blocks.max()) + 1 if len(blocks) else 0, np.nan)
    if not len(x):
        return found
    mean, squares = _centred(x)
    for block in range(len(found)):
        inside = x[blocks == block]
        left = len(x) - len(inside)
        if left < 2:
            continue
        # About the mean of all, what is left has the sum of deviations with the opposite sign.
        apart, within = np.zeros(x.shape[1]), 0.0
        for part in _parts(inside):
            deviations = part - mean
            apart += deviations.sum(axis=0)
            within += float((deviations * deviations).sum())
        found[block] = 2 * max(squares - within - float(apart @ apart) / left, 0.0) / (left - 1)
    return found


def unit_vectors(features: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return vectors of length 1, shape (n, d): half the squared distance of two is 1 less their cosine.

    One of length 0 stays as it is.
    """
    x = np.asarray(checked(features), dtype=np.float64)
    x = x / np.maximum(np.abs(x).max(axis=1, keepdims=True, initial=0.0), np.finfo(np.float64).tiny)
    lengths = np.sqrt((x * x).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(x, lengths, out=np.zeros_like(x), where=lengths > 0))


def _centred(x: NDArray[np.floating]) -> tuple[NDArray[np.float64], float]:
    """Return the mean, and the sum of the squared distances from it."""
    total = np.zeros(x.shape[1])
    for part in _parts(x):
        total += part.sum(axis=0)
    mean = total / len(x)
    squares = 0.0
    for part in _parts(x):
        deviations = part - mean
        squares += float((deviations * deviations).sum())
    return mean, squares


def _parts(x: NDArray[np.floating]) -> Iterator[NDArray[np.float64]]:
    rows = max(1, _VALUES // max(x.shape[1], 1))
    for start in range(0, len(x), rows):
        yield np.asarray(x[start : start + rows], dtype=np.float64)
