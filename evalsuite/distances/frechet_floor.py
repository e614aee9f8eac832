"""The Fréchet distance that more of the reference's own population would have: no model can be asked for less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.distances.frechet import frechet_distance
from evalsuite.distances.hashed_order import hashed_order
from evalsuite.distances.moments import moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["frechet_floor"]

_LEAST = 4


def frechet_floor(reference: NDArray[np.floating], n: int, *, n_cuts: int = 32, seed: int = 0) -> float:
    """Estimate the Fréchet distance from a reference of `n` more members of its own population.

    Parameters
    ----------
    reference : float, shape (m, d)
        At least 4.
    n : int
        Members of the other side, at least 2.
    n_cuts : int, default 32
        Cuts to take the mean of. Of thousands of features one is enough.
    seed : int, default 0
        Of the cuts, which go by keyed hashes of the features, whatever their order. In [0, 2**128).

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

    The mean over cuts is still one of this reference: other real images give others, the more so the fewer there are.

    References
    ----------
    .. [1] Chong and Forsyth, "Effectively unbiased FID and Inception Score and where to find them", CVPR 2020.

    Examples
    --------
    >>> population = np.random.default_rng(0).normal(size=(4000, 8))
    >>> reference, more = population[:3000], population[3000:]
    >>> round(frechet_floor(reference, 1000), 3), round(frechet_distance(more, reference), 3)
    (0.036, 0.034)
    """
    m = len(reference)
    if m < _LEAST:
        raise ValueError(f"`reference` must have at least {_LEAST} rows; found {m}")
    if n < 2:
        raise ValueError(f"`n` must be at least 2; found {n}")
    if n_cuts < 1:
        raise ValueError(f"`n_cuts` must be at least 1; found {n_cuts}")
    k = min(n, m // 2)
    members = reference[hashed_order(reference, seed)]
    whole = moments(members)
    draw = np.random.default_rng(seed)
    found = []
    for _ in range(n_cuts):
        chosen = np.zeros(m, dtype=bool)
        chosen[draw.permutation(m)[:k]] = True
        part = members[chosen]
        # Taking the part away from the whole is exact enough for all but the smallest rest.
        rest = whole.without(moments(part)) if m - k > reference.shape[1] else members[~chosen]
        found.append(frechet_distance(part, rest))
    return float(np.mean(found)) * (1 / n + 1 / m) / (1 / k + 1 / (m - k))
