"""What items of given depths tell of the horizon, and how many a fixed grid would need to tell as much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["BEST_INFORMATION", "equal_grid_items", "horizon_information"]

BEST_INFORMATION = float(np.log(2.0) ** 2)
"""Most that one item can tell of log H50 where k is unknown and equal to 1, and guesses are never right: 0.480."""


def horizon_information(
    depths: ArrayLike, h50: float, shape: float, *, floor: float = 0.0, known_shape: bool = False
) -> float:
    """Return Fisher's information of items on log H50, all together: one over the variance it is known with.

    Parameters
    ----------
    depths : array-like, shape (n,)
        Of the items.
    h50, shape : float
        H50 and k of the law.
    floor : float, default 0
        Share of right answers among guesses.
    known_shape : bool, default False
        Whether k is known, and H50 alone is to be found.

    Returns
    -------
    float
        0 where the items tell nothing of H50, as those of one depth far from it do where k is unknown.

    Notes
    -----
    With ``z = ln 2 (d / H50)**k``, ``p = c + (1 - c) exp(-z)``, an item tells ``w = ((1 - c) z e^-z)**2 / (p (1 - p))``
    of ``log z``, whose derivatives by log H50 and log k are ``-k`` and ``k x`` with ``x = log(d / H50)``. What is left
    for H50 where k is to be found as well is the Schur complement, ``k**2 (sum w - (sum w x)**2 / sum w x**2)``.

    Per item that is largest where all items have the depth H50 itself: ``k**2 ln(2)**2`` at c = 0. By Elfving's theorem
    [1]_ no other choice of depths, of one or several, does as well while k is not known.

    References
    ----------
    .. [1] Elfving, "Optimum allocation in linear regression theory", Annals of Mathematical Statistics 23, 1952.

    Examples
    --------
    >>> round(horizon_information([20] * 100, 20.0, 1.0), 2)
    48.05
    >>> round(horizon_information([1, 2, 4, 8, 16, 32, 64], 22.8, 1.0), 2)
    2.0
    """
    x: NDArray[np.float64] = np.log(np.asarray(depths, dtype=np.float64) / h50)
    z = np.log(2.0) * np.exp(np.clip(shape * x, -60.0, 6.0))
    right = floor + (1.0 - floor) * np.exp(-z)
    slope = (1.0 - floor) * z * np.exp(-z)
    weight = slope**2 / np.maximum(right * -np.expm1(-z) * (1.0 - floor), 1e-300)
    total, first, second = (float((weight * x**power).sum()) for power in (0, 1, 2))
    if known_shape:
        return shape**2 * total
    lost = 0.0 if first == 0.0 else first**2 / second
    return max(0.0, shape**2 * (total - lost))


def equal_grid_items(
    asked: Sequence[int], grid: Sequence[int], h50: float, shape: float, *, floor: float = 0.0
) -> float | None:
    """Return how many items a grid, equally many at each depth, needs to tell as much of H50 as items that were asked.

    Parameters
    ----------
    asked : sequence of int
        Depths of the items.
    grid : sequence of int
        Depths of the grid.
    h50, shape : float
        H50 and k of the law.
    floor : float, default 0

    Returns
    -------
    float, optional
        None where either tells nothing.
    """
    told = horizon_information(asked, h50, shape, floor=floor)
    each = horizon_information(grid, h50, shape, floor=floor) / len(grid)
    return told / each if told > 0 and each > 0 else None
