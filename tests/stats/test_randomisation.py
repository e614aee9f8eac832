"""Paired tests over clusters, and the jackknife over rows."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from evalsuite import stats


def mean(sums: np.ndarray) -> np.ndarray:
    return sums[..., 0] / sums[..., 1]


def rows(values: object) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    return np.column_stack([values, np.ones_like(values)])


def test_few_clusters_give_the_exact_permutation_p() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.integers(0, 10, size=(2, 8))
    difference = abs(first.mean() - second.mean())
    as_large = 0
    for coins in itertools.product((False, True), repeat=8):
        a, b = np.where(coins, first, second), np.where(coins, second, first)
        as_large += abs(a.mean() - b.mean()) >= difference - 1e-12
    found = stats.randomisation_test(rows(first), rows(second), np.arange(8), mean, seed=1, n_trials=100_000)
    assert found == pytest.approx(as_large / 2**8, abs=0.006)  # four standard errors of 100,000 trials


def test_a_model_never_differs_from_itself() -> None:
    values = rows(np.random.default_rng(1).random(50))
    for test in (stats.randomisation_test, stats.bootstrap_test):
        assert test(values, values, np.arange(50), mean, seed=1) == 1.0


@pytest.mark.parametrize("test", [stats.randomisation_test, stats.bootstrap_test])
def test_p_is_uniform_without_a_difference_and_small_with_one(test: object) -> None:
    rng = np.random.default_rng(8)
    n_below = 0
    for seed in range(200):
        first, second = rng.normal(size=(2, 60))
        p = test(rows(first), rows(second), np.arange(60), mean, seed=seed)  # type: ignore[operator]
        n_below += p <= 0.1
    assert 8 <= n_below <= 36  # a tenth of 200, with four standard deviations of about 4.2 either way
    shifted = rng.normal(size=60)
    p = test(rows(shifted + 3), rows(shifted + rng.normal(size=60) / 10), np.arange(60), mean, seed=1)  # type: ignore[operator]
    assert p == 1 / 10_001


def test_clusters_are_swapped_together() -> None:
    # Ten copies of each sample prove no more than one of each.
    rng = np.random.default_rng(4)
    first, second = rng.normal(loc=[[0.5], [0.0]], size=(2, 12))
    single = stats.randomisation_test(rows(first), rows(second), np.arange(12), mean, seed=9)
    labels = np.repeat(np.arange(12), 10)
    copied = stats.randomisation_test(rows(np.repeat(first, 10)), rows(np.repeat(second, 10)), labels, mean, seed=9)
    assert copied == single
    loose = stats.randomisation_test(
        rows(np.repeat(first, 10)), rows(np.repeat(second, 10)), np.arange(120), mean, seed=9
    )
    assert loose is not None
    assert single is not None
    assert loose < single


def test_no_answer_rather_than_a_wrong_one() -> None:
    one = rows([1.0, 2.0])
    for test in (stats.randomisation_test, stats.bootstrap_test):
        assert test(one, one, np.zeros(2, dtype=np.int64), mean, seed=1) is None
        assert test(one[:0], one[:0], np.zeros(0, dtype=np.int64), mean, seed=1) is None
        assert test(one, one, np.arange(2), lambda sums: sums[..., 0] * np.nan, seed=1) is None
        with pytest.raises(ValueError, match="one shape"):
            test(one, one[:1], np.arange(2), mean, seed=1)


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(2).normal(size=40)
    interval = stats.jackknife_row_interval(rows(values), np.arange(40), mean)
    assert interval is not None
    half = stats.student_interval(0.0, values.std(ddof=1) / np.sqrt(40), 39, method="").high
    assert (interval.low, interval.high) == pytest.approx((values.mean() - half, values.mean() + half), rel=1e-9)
    blocks = stats.jackknife_row_interval(rows(values), np.arange(40), mean, most_blocks=10)
    assert blocks is not None
    assert blocks.method == "delete-block jackknife, 10 blocks"
    assert stats.jackknife_row_interval(rows(values), np.zeros(40, dtype=np.int64), mean) is None
