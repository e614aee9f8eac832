"""Whether the depth law fits: Pearson's chi-square over depths, and the likelihood ratio of constant hazard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalsuite.horizon.chi_square import chi_square_tail
from evalsuite.horizon.law import DepthLaws, accuracy_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalsuite.horizon.records import DepthTable

__all__ = ["LEAST_EXPECTED", "REJECTED", "ChiSquare", "likelihood_ratio", "mean_design_effect", "pearson_test"]

LEAST_EXPECTED = 5.0
"""Right and wrong answers that a cell must be expected to have (Cochran's rule)."""
REJECTED = 0.05
"""Below this p-value a law, or constant hazard, is rejected."""
_MOST_CELLS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquare:
    """A chi-square test.

    Parameters
    ----------
    statistic : float
        Before it is divided by `design_effect`.
    degrees : int
        Degrees of freedom; the test says nothing where they are below 1.
    design_effect : float
    p : float, optional
        None where there are no degrees of freedom.
    """

    statistic: float
    degrees: int
    design_effect: float
    p: float | None


def pearson_test(
    table: DepthTable,
    laws: DepthLaws,
    *,
    floor: float = 0.0,
    constant: bool = False,
    depths: tuple[float, float] | None = None,
    least_expected: float = LEAST_EXPECTED,
) -> ChiSquare:
    """Compare right answers at each depth with what a fitted law expects.

    Parameters
    ----------
    table : DepthTable
    laws : DepthLaws
        One law, fitted to the table.
    floor : float, default 0
    constant : bool, default False
        Test the law with k = 1.
    depths : tuple of float, optional
        Least and greatest depth to look at; all by default.
    least_expected : float, default 5
        Depths are put together with the next deeper one until so many right and so many wrong answers are expected
        of them; what is left at the deep end joins the last.

    Returns
    -------
    ChiSquare

    Notes
    -----
    ``sum (right - n S)**2 / (n S (1 - S))`` over cells, with as many degrees of freedom as cells less fitted
    parameters. It takes items for independent given their depth. Where several items of one cluster have one depth,
    the statistic is divided by the mean design effect of the depths' shares [1]_, which is a first-order correction;
    where each cluster has at most one item a depth (as generated families do, which give each template once to each
    depth) there is nothing to correct. Templates of unlike difficulty then make the shares vary less, not more, than
    independent items would, and the test is on the safe side.

    References
    ----------
    .. [1] Rao and Scott, "The analysis of categorical data from complex sample surveys", JASA 76, 1981.
    """
    effect = mean_design_effect(table)
    totals = table.totals
    chosen = table.answered & (totals.sum(axis=1) > 0)
    if depths is not None:
        chosen &= (table.depths >= depths[0]) & (table.depths <= depths[1])
    n = totals[chosen].sum(axis=1)
    share = accuracy_at(laws.survival(table.depths[chosen], constant=constant)[0], floor)
    cells = _pooled(totals[chosen, 0], n, n * share, n * (1.0 - share), least_expected)
    degrees = len(cells) - (1 if constant else 2)
    # A pooled cell's variance is that of its items, whose shares differ: with n S it would be a little too large.
    statistic = float(sum((right - expected) ** 2 / variance for right, expected, variance in cells if variance > 0))
    if any(variance == 0 and right != expected for right, expected, variance in cells):
        statistic = float("inf")
    testable = 1 <= degrees <= _MOST_CELLS and not np.isnan(statistic)
    p = chi_square_tail(statistic / effect, degrees) if testable else None
    return ChiSquare(statistic=statistic, degrees=degrees, design_effect=effect, p=p)


def likelihood_ratio(table: DepthTable, laws: DepthLaws) -> ChiSquare:
    """Test k = 1: twice the difference of the log-likelihoods, one degree of freedom, design effect as above."""
    effect = mean_design_effect(table)
    statistic = 2.0 * float(laws.log_likelihood[0] - laws.constant_log_likelihood[0])
    if np.isnan(laws.log_shape[0]):
        return ChiSquare(statistic=float("nan"), degrees=0, design_effect=effect, p=None)
    statistic = max(0.0, statistic)
    return ChiSquare(statistic=statistic, degrees=1, design_effect=effect, p=chi_square_tail(statistic / effect, 1))


def mean_design_effect(table: DepthTable) -> float:
    """Return how many times larger than of independent items the variance of a depth's share is, on average.

    At least 1; exactly 1 where no cluster has two items of one depth.
    """
    counts = table.counts[:, table.answered]
    trials = counts.sum(axis=2)
    if not trials.size or trials.max() <= 1.0:
        return 1.0
    totals = trials.sum(axis=0)
    share = np.divide(counts[:, :, 0].sum(axis=0), totals, out=np.zeros_like(totals), where=totals > 0)
    independent = totals * share * (1.0 - share)
    clustered = ((counts[:, :, 0] - share * trials) ** 2).sum(axis=0)
    known = independent > 0
    return max(1.0, float((clustered[known] / independent[known]).mean())) if known.any() else 1.0


def _pooled(
    right: NDArray[np.float64],
    n: NDArray[np.float64],
    expected: NDArray[np.float64],
    expected_wrong: NDArray[np.float64],
    least: float,
) -> list[tuple[float, float, float]]:
    """Return right answers, expected ones and their variance, by cell."""
    cells: list[list[float]] = []
    is_full = True
    for observed, trials, hits, misses in zip(right, n, expected, expected_wrong, strict=True):
        if is_full:
            cells.append([0.0] * 4)
        for place, number in enumerate((observed, hits, misses, hits * misses / trials)):
            cells[-1][place] += float(number)
        is_full = cells[-1][1] >= least and cells[-1][2] >= least
    if not is_full and len(cells) > 1:
        last = cells.pop()
        cells[-1] = [a + b for a, b in zip(cells[-1], last, strict=True)]
    return [(observed, hits, variance) for observed, hits, _, variance in cells]
