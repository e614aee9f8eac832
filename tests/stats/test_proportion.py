"""Wilson's interval and the design effect."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.stats import design_effect, proportion_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


def trials(successes: int, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    rows = np.zeros((n, 2))
    rows[:successes, 0] = 1
    rows[:, 1] = 1
    return rows, np.arange(n, dtype=np.int64)


# Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
# method 3 (score without continuity correction), to four decimals.
@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_intervals(successes: int, n: int, low: float, high: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalsuite.stats.proportion.design_effect", lambda rows, clusters: 1.0)
    interval = proportion_interval(*trials(successes, n))
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


def test_samples_on_their_own_have_the_sampling_variance() -> None:
    assert design_effect(*trials(81, 263)) == pytest.approx(263 / 262)


def test_the_number_of_trials_is_divided_by_the_design_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evalsuite.stats.proportion.design_effect", lambda rows, clusters: 4.0)
    interval = proportion_interval(*trials(120, 400))
    p, z, n = 0.3, NormalDist().inv_cdf(0.975), 100
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    assert interval is not None
    assert interval.low == pytest.approx((p + z * z / (2 * n) - half) / (1 + z * z / n), abs=1e-12)
    assert interval.high == pytest.approx((p + z * z / (2 * n) + half) / (1 + z * z / n), abs=1e-12)


def test_ends_are_exact_where_all_or_none_are_right() -> None:
    none = proportion_interval(*trials(0, 20))
    every = proportion_interval(*trials(20, 20))
    assert none is not None
    assert every is not None
    assert none.low == 0.0
    assert every.high == 1.0
    assert every.low == pytest.approx(1 - none.high)


def test_the_level_is_obeyed() -> None:
    rows, clusters = trials(30, 100)
    narrow, wide = (proportion_interval(rows, clusters, level=level) for level in (0.5, 0.99))
    assert narrow is not None
    assert wide is not None
    assert wide.low < narrow.low < 0.3 < narrow.high < wide.high
    assert (narrow.level, wide.level) == (0.5, 0.99)


def test_samples_that_repeat_count_once() -> None:
    rows, _ = trials(12, 40)
    copied = np.repeat(rows, 5, axis=0)
    clusters = np.repeat(np.arange(40), 5)
    assert design_effect(copied, clusters) == pytest.approx(5 * design_effect(rows, np.arange(40)))
    once, copies = proportion_interval(rows, np.arange(40)), proportion_interval(copied, clusters)
    assert once is not None
    assert copies is not None
    assert (copies.low, copies.high) == pytest.approx((once.low, once.high))


def plain_design_effect(rows: NDArray[np.float64], clusters: NDArray[np.int64]) -> float:
    """Sum over clusters, and over pairs within them, one by one."""
    total = sum(row[1] for row in rows)
    p = sum(row[0] for row in rows) / total
    groups = sorted(set(clusters.tolist()))
    residual = dict.fromkeys(groups, 0.0)
    for row, g in zip(rows, clusters.tolist(), strict=True):
        residual[g] += row[0] - p * row[1]
    variance = len(groups) / (len(groups) - 1) * sum(r * r for r in residual.values()) / total**2
    return max(1.0, variance / (p * (1 - p) / total))


@pytest.mark.parametrize("seed", range(5))
def test_design_effect_against_a_plain_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clusters = rng.integers(0, 12, 90)
    clusters[:12] = np.arange(12)
    counted = rng.integers(1, 4, 90)
    rows = np.stack([rng.binomial(counted, 0.1 + 0.07 * clusters), counted], axis=1).astype(np.float64)
    assert design_effect(rows, clusters) == pytest.approx(plain_design_effect(rows, clusters))
    assert design_effect(rows, clusters) > 1.0


def test_balanced_clusters_cannot_make_an_interval_narrower() -> None:
    rows, _ = trials(20, 40)
    clusters = np.arange(40) % 20  # one right and one wrong in each
    assert design_effect(rows, clusters) == 1.0


def test_coverage_of_clustered_proportions() -> None:
    """1,000 simulated evaluations, 40 clusters of 6: 95 % intervals hold the truth 92 to 98 % of the time.

    The standard error of the coverage is 0.7 points. Without the design effect it would be about 75 %.
    """
    rng = np.random.default_rng(5)
    clusters = np.repeat(np.arange(40), 6)
    ones = np.ones(240)
    held = 0
    ignoring = 0
    for _ in range(1000):
        chances = rng.beta(1.2, 0.8, 40)  # mean 0.6
        rows = np.stack([(rng.random(240) < chances[clusters]).astype(np.float64), ones], axis=1)
        interval = proportion_interval(rows, clusters)
        naive = proportion_interval(rows, np.arange(240))
        assert interval is not None
        assert naive is not None
        held += interval.low <= 0.6 <= interval.high
        ignoring += naive.low <= 0.6 <= naive.high
    assert 0.92 <= held / 1000 <= 0.98
    assert ignoring / 1000 < 0.85


def test_no_value_is_not_an_interval() -> None:
    empty = np.zeros((0, 2))
    assert proportion_interval(empty, np.zeros(0, dtype=np.int64)) is None
    rows, _ = trials(3, 10)
    assert proportion_interval(rows, np.zeros(10, dtype=np.int64)) is None
    assert proportion_interval(np.zeros((4, 2)), np.arange(4)) is None
    assert design_effect(empty, np.zeros(0, dtype=np.int64)) == 1.0


@pytest.mark.parametrize("successes", [0.0, 4.0])
def test_of_samples_that_are_all_alike_repeats_are_one_trial(successes: float) -> None:
    repeated = proportion_interval(np.tile([successes, 4.0], (40, 1)), np.arange(40))
    once = proportion_interval(np.tile([successes / 4, 1.0], (40, 1)), np.arange(40))
    assert repeated == once
    assert once is not None
    assert once.high - once.low > 0.08
