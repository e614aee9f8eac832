"""The jackknife of two samples: exact for sums and products, its variance that of simulated scores."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.stats import LeftOut, freed_of_sizes, freed_variance

if TYPE_CHECKING:
    from collections.abc import Callable

    Score = Callable[[np.ndarray, np.ndarray], float]

A, B = 12, 9


def left_out(x: np.ndarray, y: np.ndarray, score: Score) -> LeftOut:
    """Return a score of numbers, one a block, without each, two and one of either side."""
    first_pairs, second_pairs = np.full((len(x), len(x)), np.nan), np.full((len(y), len(y)), np.nan)
    for i, j in combinations(range(len(x)), 2):
        first_pairs[i, j] = first_pairs[j, i] = score(np.delete(x, [i, j], axis=0), y)
    for i, j in combinations(range(len(y)), 2):
        second_pairs[i, j] = second_pairs[j, i] = score(x, np.delete(y, [i, j], axis=0))
    return LeftOut(
        score(x, y),
        np.array([score(np.delete(x, i, axis=0), y) for i in range(len(x))]),
        np.array([score(x, np.delete(y, j, axis=0)) for j in range(len(y))]),
        first_pairs,
        second_pairs,
        np.array(
            [[score(np.delete(x, i, axis=0), np.delete(y, j, axis=0)) for j in range(len(y))] for i in range(len(x))]
        ),
    )


def difference_of_means(x: np.ndarray, y: np.ndarray) -> float:
    return float(x.mean() - y.mean())


def squared_difference(x: np.ndarray, y: np.ndarray) -> float:
    return float(((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum())


def test_of_a_difference_of_means_it_is_the_textbook_variance() -> None:
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=A), draw.normal(size=B)
    found = left_out(x, y, difference_of_means)
    assert freed_of_sizes(found.whole, found.first, found.second) == pytest.approx((found.whole, 0.0, 0.0), abs=1e-12)
    assert freed_variance(found) == pytest.approx(x.var(ddof=1) / A + y.var(ddof=1) / B)


def test_a_squared_difference_is_freed_of_what_the_spread_adds() -> None:
    """The U-statistic: products of different members only."""
    draw = np.random.default_rng(1)
    x, y = draw.normal(size=(A, 3)), draw.normal(size=(B, 3))
    found = left_out(x, y, squared_difference)
    value, from_x, from_y = freed_of_sizes(found.whole, found.first, found.second)
    assert from_x == pytest.approx(x.var(axis=0, ddof=1).sum() / A)
    assert from_y == pytest.approx(y.var(axis=0, ddof=1).sum() / B)
    assert value == pytest.approx(found.whole - from_x - from_y)


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.5])
def test_the_variance_is_that_of_simulated_values(shift: float) -> None:
    """Over 200 pairs of samples the mean variance is that of the values within 25 %; plain jackknives' is twice it."""
    draw = np.random.default_rng(2)
    values, variances = [], []
    for _ in range(200):
        found = left_out(draw.normal(size=(A, 60)), draw.normal(size=(B, 60)) + shift, squared_difference)
        values.append(freed_of_sizes(found.whole, found.first, found.second)[0])
        variances.append(freed_variance(found))
    assert np.mean(variances) == pytest.approx(np.var(values), rel=0.25)
    assert np.mean(values) == pytest.approx(60 * shift**2, abs=4 * np.std(values) / np.sqrt(200))


def test_no_more_than_half_is_taken_away() -> None:
    draw = np.random.default_rng(3)
    for _ in range(20):
        found = left_out(draw.normal(size=4), draw.normal(size=4), lambda x, y: float(np.abs(x).max() ** 4 * y.max()))
        assert freed_variance(found) > 0
