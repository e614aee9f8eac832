"""Inception score of a set of class scores."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.moments import checked

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["inception_score", "leave_out_inception_score", "split_inception_score"]


def inception_score(logits: NDArray[np.floating]) -> float:
    """Inception score of all images at once.

    Parameters
    ----------
    logits : float, shape (n, classes)
        A classifier's scores before the softmax, of at least one image.

    Returns
    -------
    float
        From 1 to the number of classes.

    Raises
    ------
    ValueError
        If there is no image, or a value is not finite.

    Notes
    -----
    ``exp(mean KL(p(y|x) || mean p(y|x)))`` [1]_, in float64.

    References
    ----------
    .. [1] Salimans et al., "Improved techniques for training GANs", NeurIPS 2016.

    Examples
    --------
    >>> import numpy as np
    >>> round(inception_score(np.array([[50.0, 0.0], [0.0, 50.0]])), 12)  # sure of two classes, each half the time
    2.0
    """
    if not len(checked(logits)):
        raise ValueError("an Inception score needs at least 1 image")
    p, negative_entropy = _shares(logits)
    return _score(p.sum(axis=0), float(negative_entropy.sum()), len(p))


def split_inception_score(
    logits: NDArray[np.floating], n_splits: int = 10, *, seed: int | None = 2020
) -> tuple[float, float]:
    """Mean and standard deviation of the scores of parts, as torch-fidelity computes them.

    Parameters
    ----------
    logits : float, shape (n, classes)
    n_splits : int, default 10
        From 1 to n.
    seed : int, optional
        Of the shuffle before the split (NumPy's ``RandomState``, torch-fidelity's 2020); None for the order given.

    Returns
    -------
    tuple of float
        Mean, and standard deviation with n in the denominator. The latter tells how parts differ that share the
        classifier and the model; it is no confidence interval.

    Raises
    ------
    ValueError
        If there are fewer images than parts, or a value is not finite.
    """
    n = len(checked(logits))
    if not 1 <= n_splits <= n:
        raise ValueError(f"`n_splits` must be from 1 to the number of images, {n}; found {n_splits}")
    order = np.arange(n) if seed is None else np.random.RandomState(seed).permutation(n)
    bounds = [i * n // n_splits for i in range(n_splits + 1)]
    scores = [inception_score(logits[order[start:stop]]) for start, stop in pairwise(bounds)]
    return float(np.mean(scores)), float(np.std(scores))


def leave_out_inception_score(logits: NDArray[np.floating], blocks: NDArray[np.int64]) -> NDArray[np.float64]:
    """Inception scores without one block at a time, for a jackknife: float64 of shape (b,), NaN where none is left."""
    p, negative_entropy = _shares(checked(logits))
    n_blocks = int(blocks.max()) + 1 if len(blocks) else 0
    found = np.full(n_blocks, np.nan)
    total, entropy = p.sum(axis=0), float(negative_entropy.sum())
    for block in range(n_blocks):
        inside = blocks == block
        n = len(p) - int(inside.sum())
        if n:
            rest = np.maximum(total - p[inside].sum(axis=0), 0.0)
            found[block] = _score(rest, entropy - float(negative_entropy[inside].sum()), n)
    return found


def _shares(logits: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return p(y|x), shape (n, classes), and the sum over y of p log p, shape (n,)."""
    x = np.asarray(logits, dtype=np.float64)
    x = x - x.max(axis=1, keepdims=True)
    log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    p = np.exp(log_p)
    return p, (p * log_p).sum(axis=1)


def _score(sums: NDArray[np.float64], negative_entropy: float, n: int) -> float:
    """Return exp(H(mean p) - mean H(p))."""
    q = sums / n
    # A class that no image has a share of, in float64, adds nothing.
    log_q = np.log(q, out=np.zeros_like(q), where=q > 0)
    return float(np.exp(negative_entropy / n - (q * log_q).sum()))
