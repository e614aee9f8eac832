"""Vendi score: how many different members a set seems to have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import BLOCK, checked

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["leave_out_vendi", "vendi_score"]


def vendi_score(features: NDArray[np.floating]) -> float:
    """Vendi score of a set under the cosine of its feature vectors.

    Parameters
    ----------
    features : float, shape (n, d)
        At least one; vectors of length 0 are like nothing else, not even themselves, and are left as they are.

    Returns
    -------
    float
        From 1, all alike, to the smaller of n and d; NaN where all vectors are 0.

    Raises
    ------
    ValueError
        If there is no vector, or a value is not finite.

    Notes
    -----
    The exponential of the entropy of the eigenvalues of ``K / n``, K the matrix of cosines [1]_. Of K's n and the
    d eigenvalues of the vectors' second moments those that are not 0 are the same, so that the smaller of the two
    matrices is decomposed: O(n d min(n, d)) instead of O(n**3).

    References
    ----------
    .. [1] Friedman and Dieng, "The Vendi Score: A diversity evaluation metric for machine learning", TMLR 2023.

    Examples
    --------
    >>> import numpy as np
    >>> round(vendi_score(np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0]])), 12)
    2.0
    """
    unit = _unit(features)
    if not len(unit):
        raise ValueError("a Vendi score needs at least 1 feature vector")
    if len(unit) <= unit.shape[1]:
        return _score(unit @ unit.T, len(unit))
    return _score(_second_moments(unit), len(unit))


def leave_out_vendi(features: NDArray[np.floating], blocks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Vendi scores of a set without one of its blocks at a time, for a jackknife.

    Parameters
    ----------
    features : float, shape (n, d)
    blocks : int64, shape (n,)
        The block of each, 0..b-1.

    Returns
    -------
    float64, shape (b,)
        NaN where nothing is left.
    """
    unit = _unit(features)
    n_blocks = int(blocks.max()) + 1 if len(blocks) else 0
    found = np.full(n_blocks, np.nan)
    is_wide = len(unit) <= unit.shape[1]
    whole = unit @ unit.T if is_wide else _second_moments(unit)
    for block in range(n_blocks):
        kept = blocks != block
        n = int(kept.sum())
        if n:
            part = whole[np.ix_(kept, kept)] if is_wide else whole - _second_moments(unit[~kept])
            found[block] = _score(part, n)
    return found


def _unit(features: NDArray[np.floating]) -> NDArray[np.float64]:
    x = np.asarray(checked(features), dtype=np.float64)
    # Scaled first, so that no square is beyond float64.
    x = x / np.maximum(np.abs(x).max(axis=1, keepdims=True, initial=0.0), np.finfo(np.float64).tiny)
    lengths = np.sqrt((x * x).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(x, lengths, out=np.zeros_like(x), where=lengths > 0))


def _second_moments(unit: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros((unit.shape[1], unit.shape[1]))
    for start in range(0, len(unit), BLOCK):
        total += unit[start : start + BLOCK].T @ unit[start : start + BLOCK]
    return total


def _score(products: NDArray[np.float64], n: int) -> float:
    values = np.linalg.eigvalsh(products) / n
    # What rounding leaves of a null direction is not a share.
    kept = values[values > len(values) * np.finfo(np.float64).eps]
    return float(np.exp(-(kept * np.log(kept)).sum())) if len(kept) else float("nan")
