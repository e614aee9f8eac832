"""What the majority of k samples would say, from the votes of n."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["majority_at_k", "majority_cost"]

MOST_WORK: Final = 200_000_000
"""Multiplications beyond which the exact chance is not computed, about a second of one core."""
_DRAWS: Final = 10_000


def majority_at_k(right: Sequence[int], wrong: Sequence[int], abstained: int, k: int, *, seed: int = 0) -> float:
    """Chance that the most frequent answer of k samples is right, over all subsets of n.

    Parameters
    ----------
    right, wrong : sequence of int
        Votes for each different answer that is right, and for each that is wrong, 1 or more.
    abstained : int
        Samples without an answer: they take a place among the k and do not vote.
    k : int
        Samples in a subset, in [1, n].
    seed : int, default 0
        Of the draws, where there are any.

    Returns
    -------
    float
        In [0, 1]. Of t answers that are equally frequent each counts 1 / t; where nobody votes, nothing is right.

    Raises
    ------
    ValueError
        If `k` or a count is out of range.

    Notes
    -----
    Exact: votes are independent binomials given that they sum to k, so that the chance is a coefficient of a product of
    polynomials, one an answer, cut off at the votes of the winner. The share of a tie of t others, 1 / (1 + t), is the
    integral of x^t over [0, 1], which Gauss and Legendre's rule gives exactly. Where that takes more than about a
    second (`majority_cost`), the mean over 10,000 subsets, drawn by `seed`: its standard error is at most 0.005.

    Examples
    --------
    Two right, one wrong: of the three pairs, one agrees, two are ties.

    >>> round(majority_at_k([2], [1], 0, 2), 3)
    0.667
    """
    counts = [*right, *wrong]
    n = sum(counts) + abstained
    if any(count < 1 for count in counts) or abstained < 0:
        raise ValueError(f"votes must be 1 or more, and abstentions 0 or more, got {counts} and {abstained}")
    if not 1 <= k <= n:
        raise ValueError(f"`k` must be in [1, {n}], the number of samples, got {k}")
    if not right or k == n or not wrong:
        return _without_draws(list(right), list(wrong), abstained, k)
    if k == 1:
        return sum(right) / n
    if majority_cost(right, wrong, k) > MOST_WORK:
        return _drawn(right, wrong, abstained, k, seed)
    total = sum(times * _wins(count, counts, abstained, k) for count, times in Counter(right).items())
    return min(1.0, total)


def majority_cost(right: Sequence[int], wrong: Sequence[int], k: int) -> float:
    """Return about how many multiplications the exact chance takes."""
    counts = Counter([*right, *wrong])
    cost = 0.0
    for count in set(right):
        for votes in range(1, min(count, k) + 1):
            width = sum(min(other, votes) * (1 + math.log2(times)) for other, times in counts.items())
            cost += (k // votes // 2 + 1) * k * min(width, k * len(counts))
    return cost


def _without_draws(right: list[int], wrong: list[int], abstained: int, k: int) -> float:
    if not right:
        return 0.0
    if not wrong:  # right unless nobody votes
        n = sum(right) + abstained
        nobody = math.comb(abstained, k) / math.comb(n, k) if k <= abstained else 0.0
        return 1.0 - nobody
    best = max(*right, *wrong)
    winners = right.count(best)
    return winners / (winners + wrong.count(best))


def _wins(count: int, counts: list[int], abstained: int, k: int) -> float:
    """Return the chance that one answer with `count` votes among `counts` wins, its share of ties included."""
    n = sum(counts) + abstained
    p = k / n
    others = Counter(counts)
    others[count] -= 1
    own = _binomial(count, p)
    chances = {other: _binomial(other, p) for other in others}
    abstention = _binomial(abstained, p)[: k + 1]
    chance = 0.0
    for votes in range(1, min(count, k) + 1):
        left = k - votes
        nodes, weights = np.polynomial.legendre.leggauss(left // votes // 2 + 1)
        inner = 0.0
        for x, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
            product = abstention[: left + 1]
            for other, times in others.items():
                factor = chances[other][: votes + 1].copy()
                if len(factor) > votes:
                    factor[votes] *= x
                product = _times(product, _power(factor, times, left), left)
            inner += weight * (product[left] if len(product) > left else 0.0)
        chance += own[votes] * inner
    return float(chance / _binomial(n, p)[k])


def _binomial(n: int, p: float) -> NDArray[np.float64]:
    """Return the chance of j successes in n trials for j of 0 to n, p in (0, 1)."""
    j = np.arange(n, dtype=np.float64)
    logs = np.concatenate([[0.0], np.cumsum(np.log((n - j) / (j + 1)) + math.log(p / (1 - p)))])
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _power(factor: NDArray[np.float64], times: int, degree: int) -> NDArray[np.float64]:
    result = np.ones(1)
    while times:
        if times & 1:
            result = _times(result, factor, degree)
        times >>= 1
        if times:
            factor = _times(factor, factor, degree)
    return result


def _times(a: NDArray[np.float64], b: NDArray[np.float64], degree: int) -> NDArray[np.float64]:
    return np.convolve(a[: degree + 1], b[: degree + 1])[: degree + 1]


def _drawn(right: Sequence[int], wrong: Sequence[int], abstained: int, k: int, seed: int) -> float:
    draws = np.random.Generator(np.random.Philox(seed)).multivariate_hypergeometric(
        [*right, *wrong, abstained], k, size=_DRAWS, method="marginals"
    )[:, :-1]
    most = draws.max(axis=1, keepdims=True)
    wins = (draws == most) & (most > 0)
    shares = wins[:, : len(right)].sum(axis=1) / np.maximum(1, wins.sum(axis=1))
    return float(shares.mean())
