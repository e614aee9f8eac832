"""Jackknife of a score of two samples: freed of what their sizes add, with its variance over both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LeftOut", "freed_of_sizes", "freed_variance"]


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """Scores of two samples, in a and b blocks, without some of the blocks.

    Parameters
    ----------
    whole : float
        The score of all.
    first, second : float64, shapes (a,) and (b,)
        Without one block of either sample.
    first_pairs, second_pairs : float64, shapes (a, a) and (b, b)
        Without two blocks of one sample, symmetric; the diagonal is not read.
    crossed : float64, shape (a, b)
        Without a block of each sample.
    """

    whole: float
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    first_pairs: NDArray[np.float64]
    second_pairs: NDArray[np.float64]
    crossed: NDArray[np.float64]


def freed_of_sizes(whole: float, first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return a score of infinitely many on both sides, and what the size of either adds to the score of those at hand.

    Parameters
    ----------
    whole, first, second
        See `LeftOut`.

    Notes
    -----
    ``F - (a - 1) (mean F_i - F) - (b - 1) (mean F_j - F)``: what is left is of order ``1 / n**2`` [1]_.

    References
    ----------
    .. [1] Quenouille, "Notes on bias in estimation", Biometrika 43, 1956.
    """
    added = [(len(without) - 1) * (float(without.mean()) - whole) for without in (first, second)]
    return whole - added[0] - added[1], added[0], added[1]


def freed_variance(left: LeftOut) -> float:
    r"""Variance of the value of `freed_of_sizes` over other samples of both sides.

    Notes
    -----
    The value is a constant and sums of what blocks do alone, in pairs of one side, and in pairs across, each
    uncorrelated with the others; of the last two a jackknife of one side after the other counts the variance twice
    [1]_. Second differences show what pairs do, and their part is subtracted once. Where blocks act in pairs only that
    takes away half of all; noise may take away no more.

    References
    ----------
    .. [1] Efron and Stein, "The jackknife estimate of variance", Annals of Statistics 9, 1981, sections 2 and 5.
    """
    sides = ((left.first, left.first_pairs, left.crossed), (left.second, left.second_pairs, left.crossed.T))
    twice, pairs = 0.0, 0.0
    for alone, together, crossed in sides:
        n, other = len(alone), crossed.shape[1]
        two = np.where(np.eye(n, dtype=bool), 0.0, together)
        freed = (n + other - 2) * alone - (n - 2) * two.sum(axis=1) / (n - 1) - (other - 1) * crossed.mean(axis=1)
        twice += (n - 1) / n * float(((freed - freed.mean()) ** 2).sum())
        upper = np.triu_indices(n, 1)
        in_pairs = n * left.whole - (n - 1) * (alone[:, None] + alone[None, :])[upper] + (n - 2) * two[upper]
        pairs += float(in_pairs.var()) * n / (2 * (n - 1))
    a, b = left.crossed.shape
    across = (a - 1) * (b - 1) * left.crossed
    across = across - across.mean(axis=0) - across.mean(axis=1, keepdims=True) + across.mean()
    pairs += float((across**2).sum()) / ((a - 1) * (b - 1) * a * b)
    return float(max(twice - pairs, twice / 2))
