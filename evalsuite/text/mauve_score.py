"""MAUVE of two histograms: the area under their divergence curve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from evalsuite.kernels.arguments import check_array, check_finite, check_integer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["MauveScore", "mauve_from_counts"]

_MOST_POINTS: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MauveScore:
    """MAUVE and what it is made of; the names are mauve-text's.

    Parameters
    ----------
    mauve : float
        Area under the divergence curve, 0 to 1: 1 where P and Q have the same shares.
    frontier_integral : float
        0 to 1; *lower* is closer.
    mauve_star, frontier_integral_star : float
        The same of counts to which 0.5 was added (Krichevsky and Trofimov).
    p_hist, q_hist : ndarray of float64, shape (num_buckets,)
        Shares of P and Q in each cluster.
    divergence_curve : ndarray of float64, shape (m + 2, 2)
        Its points, from (1, 0) to (0, 1).
    num_buckets : int
        Clusters.
    """

    mauve: float
    frontier_integral: float
    mauve_star: float
    frontier_integral_star: float
    p_hist: NDArray[np.float64]
    q_hist: NDArray[np.float64]
    divergence_curve: NDArray[np.float64]
    num_buckets: int


def mauve_from_counts(
    p_counts: ArrayLike,
    q_counts: ArrayLike,
    *,
    divergence_curve_discretization_size: int = 25,
    mauve_scaling_factor: float = 5,
) -> MauveScore:
    """MAUVE of two histograms over the same clusters, with numpy alone.

    Parameters
    ----------
    p_counts, q_counts : array of numbers, shape (k,)
        How many vectors of P and of Q each cluster holds, at least 0, not all 0.
    divergence_curve_discretization_size, mauve_scaling_factor
        See `evalsuite.text.mauve.compute_mauve`.

    Returns
    -------
    MauveScore

    Raises
    ------
    TypeError, ValueError
        If the arguments are not as above.

    Examples
    --------
    >>> score = mauve_from_counts([5, 5, 0], [0, 5, 5])
    >>> round(score.mauve, 4), score.frontier_integral
    (0.0926, 0.5)
    """
    counts = []
    for given, name in ((p_counts, "p_counts"), (q_counts, "q_counts")):
        array = np.asarray(given)
        check_array(array, name, (np.int64, np.float64), 1)
        if not (np.isfinite(array) & (array >= 0)).all() or not array.sum() > 0:
            raise ValueError(f"`{name}` must be counts, finite and at least 0, with one above it")
        counts.append(array)
    p, q = counts
    if len(p) != len(q):
        raise ValueError(f"`q_counts` must have the {len(p)} clusters of `p_counts`; found {len(q)}")
    size = check_integer(divergence_curve_discretization_size, "divergence_curve_discretization_size", 1, _MOST_POINTS)
    factor = check_finite(mauve_scaling_factor, "mauve_scaling_factor")
    if factor == 0:
        raise ValueError("`mauve_scaling_factor` must be above 0, or the curve has no ends; found 0")
    p_hist, q_hist = p / p.sum(), q / q.sum()
    p_star, q_star = (p + 0.5) / (p + 0.5).sum(), (q + 0.5) / (q + 0.5).sum()
    curve = _divergence_curve(p_hist, q_hist, size, factor)
    return MauveScore(
        mauve=_area(curve),
        frontier_integral=_frontier_integral(p_hist, q_hist),
        mauve_star=_area(_divergence_curve(p_star, q_star, size, factor)),
        frontier_integral_star=_frontier_integral(p_star, q_star),
        p_hist=p_hist,
        q_hist=q_hist,
        divergence_curve=curve,
        num_buckets=len(p),
    )


def _divergence_curve(p: NDArray[np.float64], q: NDArray[np.float64], size: int, factor: float) -> NDArray[np.float64]:
    """Return the points of the curve, those of all mixtures at once."""
    weights = np.sort(np.linspace(1e-6, 1 - 1e-6, size))[:, None]
    divergences = np.empty((size + 2, 2))
    divergences[0], divergences[-1] = (0, np.inf), (np.inf, 0)
    for column, share in ((0, q), (1, p)):
        known = share != 0
        mixture = weights * p[known] + (1 - weights) * q[known]
        divergences[1:-1, column] = (share[known] * np.log(share[known] / mixture)).sum(axis=1)
    return np.exp(-factor * divergences)


def _area(curve: NDArray[np.float64]) -> float:
    """Return the area under the curve, as the mean of the two ways to look at it."""
    x, y = curve.T
    # Of points with one x the highest comes first, as along the curve. mauve-text leaves ties to chance, and so gives
    # 0.75 for some pairs of equal histograms, whose curve goes through (1, 1).
    by_x, by_y = np.lexsort((-y, x)), np.lexsort((-x, y))
    return float(0.5 * (_trapezoids(x[by_x], y[by_x]) + _trapezoids(y[by_y], x[by_y])))


def _trapezoids(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float((np.diff(x) * (y[1:] + y[:-1]) / 2.0).sum())


def _frontier_integral(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    total = 0.0
    for ours, theirs in zip(p.tolist(), q.tolist(), strict=True):
        if ours == 0 or theirs == 0:
            total += (ours + theirs) / 4
        elif abs(ours - theirs) > 1e-8:
            slope = ours * theirs * (math.log(ours) - math.log(theirs)) / (ours - theirs)
            total += 0.25 * (ours + theirs) - 0.5 * slope
    return total * 2
