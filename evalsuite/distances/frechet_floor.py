"""The Fréchet distance that more of the reference's own population would have: no model can be asked for less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.frechet import frechet_distance
from evalsuite.distances.hashed_order import hashed_order
from evalsuite.distances.moments import Moments, merged, moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["frechet_floor"]

_LEAST = 4


def frechet_floor(reference: NDArray[np.floating], n: int, *, n_draws: int = 4, seed: int = 0) -> float:
    """Estimate the Fréchet distance from a reference of `n` more members of its own population.

    Parameters
    ----------
    reference : float, shape (m, d)
        At least 4.
    n : int
        Members of the other side, at least 2.
    n_draws : int, default 4
        Most parts to take the place of the other side, one after the other. One is enough for thousands of features.
    seed : int, default 0
        Of the parts, which are cut by keyed hashes of their features, whatever their order. In [0, 2**128).

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    ValueError
        If `reference` has too few rows or values that are not finite, or a number is out of range.

    Notes
    -----
    Of two samples of one population the distance is about ``b (1 / n + 1 / m)`` [1]_. So a part of
    ``k = min(n, m / 2)`` members is measured against the others, and ``(1 / n + 1 / m) / (1 / k + 1 / (m - k))`` of it
    taken: most is measured, and little extrapolated, where n is much less than m.

    References
    ----------
    .. [1] Chong and Forsyth, "Effectively unbiased FID and Inception Score and where to find them", CVPR 2020.

    Examples
    --------
    >>> population = np.random.default_rng(0).normal(size=(4000, 8))
    >>> reference, more = population[:3000], population[3000:]
    >>> round(frechet_floor(reference, 1000), 3), round(frechet_distance(more, reference), 3)
    (0.033, 0.034)
    """
    m = len(reference)
    if m < _LEAST:
        raise ValueError(f"`reference` must have at least {_LEAST} rows; found {m}")
    if n < 2:
        raise ValueError(f"`n` must be at least 2; found {n}")
    if n_draws < 1:
        raise ValueError(f"`n_draws` must be at least 1; found {n_draws}")
    k = min(n, m // 2)
    order = hashed_order(reference, seed)
    starts = range(0, min(n_draws, m // k) * k, k)
    parts = [reference[order[start : start + k]] for start in starts]
    sums = [moments(part) for part in parts]
    rest = reference[order[starts[-1] + k :]]
    if len(rest):
        sums.append(moments(rest))
    found = [
        frechet_distance(_smallest(part, sums[i]), merged([*sums[:i], *sums[i + 1 :]])) for i, part in enumerate(parts)
    ]
    return float(np.mean(found)) * (1 / n + 1 / m) / (1 / k + 1 / (m - k))


def _smallest(part: NDArray[np.floating], its_moments: Moments) -> NDArray[np.floating] | Moments:
    """Return what the distance is exact and fastest from."""
    return part if len(part) <= part.shape[1] else its_moments
