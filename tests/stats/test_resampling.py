"""Bootstrap and jackknife intervals, and the sums they are made of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from evalsuite.kernels import bootstrap_sums
from evalsuite.stats import (
    cluster_labels,
    curve_interval,
    fewest_units,
    jackknife_interval,
    paired_interval,
    row_interval,
    sum_in_blocks,
)
from evalsuite.stats.bootstrap import row_resamples
from evalsuite.stats.student import student_t

Array = NDArray[np.float64]


def mean(sums: Array) -> Array:
    return sums[..., 0] / sums[..., 1]


def with_counts(values: Array) -> Array:
    return np.stack([values, np.ones(len(values))], axis=1)


def test_labels_follow_first_occurrence() -> None:
    assert cluster_labels(["b", "a", "b", "c", "a"]).tolist() == [0, 1, 0, 2, 1]
    assert cluster_labels([]).shape == (0,)
    assert cluster_labels([]).dtype == np.int64


def test_sums_are_taken_in_fixed_blocks() -> None:
    rows = np.random.default_rng(0).normal(size=(10_000, 3)) * 1e8
    blocks = [rows[:4096].sum(axis=0), rows[4096:8192].sum(axis=0), rows[8192:].sum(axis=0)]
    expected = (blocks[0] + blocks[1]) + blocks[2]
    assert (sum_in_blocks(rows) == expected).all()
    assert (sum_in_blocks(np.asfortranarray(rows).copy(order="C")) == expected).all()
    assert sum_in_blocks(np.zeros((0, 3))).tolist() == [0.0, 0.0, 0.0]
    assert sum_in_blocks(np.ones((5, 2), dtype=np.float32)).dtype == np.float64


def test_row_interval_of_a_mean_is_the_normal_one() -> None:
    values = np.random.default_rng(1).normal(size=400)
    interval = row_interval(with_counts(values), np.arange(400), mean, seed=3)
    assert interval is not None
    error = values.std() / sqrt(400)  # of the bootstrap distribution, exactly
    assert interval.low == pytest.approx(values.mean() - 1.96 * error, abs=0.08 * error)
    assert interval.high == pytest.approx(values.mean() + 1.96 * error, abs=0.08 * error)
    assert (interval.level, interval.method) == (0.95, "cluster bootstrap, 10000, expanded percentiles")


def test_resamples_are_fewer_where_there_are_many_clusters() -> None:
    assert [row_resamples(n) for n in (0, 2, 30_000, 60_000, 300_000, 10**7)] == [10_000] * 3 + [5_000, 1_000, 1_000]
    interval = row_interval(with_counts(np.arange(40_000.0)), np.arange(40_000), mean, seed=3)
    assert interval is not None
    assert interval.method == "cluster bootstrap, 7500, expanded percentiles"


def test_row_interval_resamples_clusters() -> None:
    values = np.random.default_rng(2).normal(size=50)
    rows = with_counts(np.repeat(values, 8))
    clustered = row_interval(rows, np.repeat(np.arange(50), 8), mean, seed=3)
    once = row_interval(with_counts(values), np.arange(50), mean, seed=3)
    assert clustered is not None
    assert once is not None
    assert (clustered.low, clustered.high) == pytest.approx((once.low, once.high))  # the same draws


def test_coverage_of_the_cluster_bootstrap() -> None:
    """300 simulated evaluations, 50 clusters of 4, 1,000 resamples: 91 to 98 % of the 95 % intervals hold the truth.

    The standard error of the coverage is 1.3 points.
    """
    rng = np.random.default_rng(7)
    clusters = np.repeat(np.arange(50), 4)
    held = 0
    for trial in range(300):
        values = rng.normal(size=50)[clusters] + 0.5 * rng.normal(size=200)
        interval = row_interval(with_counts(values), clusters, mean, seed=trial, n_resamples=1000)
        assert interval is not None
        held += interval.low <= 0.0 <= interval.high
    assert 0.91 <= held / 300 <= 0.98


def test_coverage_of_few_clusters() -> None:
    """600 simulated evaluations of 6 clusters; plain percentiles hold the truth in some 86 %, too few."""
    rng = np.random.default_rng(8)
    held = plain = 0
    for trial in range(600):
        rows = with_counts(rng.normal(size=6))
        interval = row_interval(rows, np.arange(6), mean, seed=trial, n_resamples=1000)
        assert interval is not None
        held += interval.low <= 0.0 <= interval.high
        low, high = np.quantile(mean(bootstrap_sums(rows, np.arange(6), n_resamples=1000, seed=trial)), [0.025, 0.975])
        plain += low <= 0.0 <= high
    assert plain / 600 < 0.89
    assert 0.91 <= held / 600 <= 0.97


def test_levels_beyond_all_resamples() -> None:
    """10 equal models on 14 samples, 45 pairs at once: a pair is told apart in fewer than 8 % of 60 tables.

    By percentiles, which then are the least and greatest resample, it was in some 20 %.
    """
    rng = np.random.default_rng(9)
    level = 1 - 0.05 / 45
    wrong = 0
    for trial in range(60):
        right = (rng.random((10, 14)) < 0.5).astype(float)
        intervals = [
            paired_interval(
                with_counts(a), with_counts(b), np.arange(14), mean, seed=trial, level=level, n_resamples=1000
            )
            for i, a in enumerate(right)
            for b in right[:i]
        ]
        assert all(one is not None and one.method.endswith("Student's t") for one in intervals)
        wrong += any(one is not None and (one.low > 0 or one.high < 0) for one in intervals)
    assert wrong / 60 < 0.08


def test_student_t_goes_on_where_percentiles_end() -> None:
    values = np.random.default_rng(4).normal(size=60)
    interval = row_interval(with_counts(values), np.arange(60), mean, seed=3, level=1 - 1e-6)
    assert interval is not None
    half = student_t(1 - 0.5e-6, 59) * values.std(ddof=1) / sqrt(60)
    assert (interval.low + interval.high) / 2 == pytest.approx(values.mean(), abs=1e-12)
    assert (interval.high - interval.low) / 2 == pytest.approx(half, rel=0.03)


def test_fewer_clusters_than_can_make_an_interval() -> None:
    assert [fewest_units(level) for level in (0.5, 0.75, 0.9, 0.95, 0.99, 1 - 0.05 / 45)] == [2, 3, 5, 6, 8, 11]
    values = np.arange(5.0)
    rows, labels = with_counts(values), np.arange(5)
    assert row_interval(rows, labels, mean, seed=1) is None
    assert curve_interval(rows, labels, lambda part: float(part[:, 0].mean()), seed=1, n_resamples=50) is None
    assert paired_interval(rows, rows + 1, labels, mean, seed=1) is None
    assert row_interval(rows, labels, mean, seed=1, level=0.9) is not None


def test_curve_interval_of_a_mean_equals_the_row_interval() -> None:
    rng = np.random.default_rng(3)
    values, clusters = rng.normal(size=90), np.sort(rng.integers(0, 30, 90))
    clusters = cluster_labels(clusters.tolist())
    rows = with_counts(values)
    by_rows = row_interval(rows, clusters, mean, seed=11, n_resamples=500)
    by_curve = curve_interval(rows, clusters, lambda part: float(part[:, 0].mean()), seed=11, n_resamples=500)
    assert by_rows is not None
    assert by_curve is not None
    assert (by_curve.low, by_curve.high) == pytest.approx((by_rows.low, by_rows.high), abs=1e-12)


def test_curve_interval_of_a_median() -> None:
    values = np.random.default_rng(4).exponential(size=401)
    interval = curve_interval(
        values[:, None], np.arange(401), lambda part: float(np.median(part)), seed=1, n_resamples=600
    )
    assert interval is not None
    # The order statistics n/2 -+ 1.96 sqrt(n)/2 (David and Nagaraja, "Order Statistics", 2003, section 7.1).
    ordered = np.sort(values)
    assert interval.low == pytest.approx(ordered[180], abs=0.05)
    assert interval.high == pytest.approx(ordered[220], abs=0.05)


def test_chunks_of_draws_do_not_change_a_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(4).normal(size=(60, 1))
    sizes: list[int] = []

    def value(part: Array) -> float:
        sizes.append(len(part))
        return float(part.sum())

    whole = curve_interval(values, np.arange(60), value, seed=1, n_resamples=200)
    from evalsuite.stats import bootstrap

    draws = bootstrap.bootstrap_draws
    monkeypatch.setattr(
        bootstrap,
        "bootstrap_draws",
        lambda n, *, n_resamples, seed, first_resample: np.concatenate(
            [draws(n, n_resamples=1, seed=seed, first_resample=first_resample + i) for i in range(n_resamples)]
        ),
    )
    assert curve_interval(values, np.arange(60), value, seed=1, n_resamples=200) == whole
    assert set(sizes) == {60}


def test_identical_systems_differ_by_nothing() -> None:
    rows = with_counts(np.random.default_rng(5).normal(size=80))
    interval = paired_interval(rows, rows.copy(), np.arange(80) // 2, mean, seed=0)
    assert interval is not None
    assert (interval.low, interval.high) == (0.0, 0.0)


def test_pairs_are_resampled_together() -> None:
    base = np.random.default_rng(6).normal(size=200) * 10
    a, b = with_counts(base + 0.5), with_counts(base)
    interval = paired_interval(a, b, np.arange(200), mean, seed=0)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.5, 0.5))
    flipped = paired_interval(b, a, np.arange(200), mean, seed=0)
    assert flipped is not None
    assert (flipped.low, flipped.high) == pytest.approx((-interval.high, -interval.low))


def test_pairs_have_one_shape() -> None:
    with pytest.raises(ValueError, match="must have one shape"):
        paired_interval(np.ones((3, 2)), np.ones((4, 2)), np.arange(3), mean, seed=0)


def test_jackknife_of_a_mean_is_the_t_interval() -> None:
    for n, quantile in ((2, 12.706), (5, 2.776), (10, 2.262), (50, 2.010)):
        values = np.random.default_rng(n).normal(size=(n, 1))
        interval = jackknife_interval(values, np.arange(n), lambda part: float(part.mean()))
        assert interval is not None
        error = values.std(ddof=1) / sqrt(n)
        assert interval.low == pytest.approx(values.mean() - quantile * error, rel=1e-3)
        assert interval.high == pytest.approx(values.mean() + quantile * error, rel=1e-3)
        assert interval.method == f"delete-block jackknife, {n} blocks"


def test_jackknife_leaves_out_whole_clusters_in_at_most_50_blocks() -> None:
    values = np.random.default_rng(8).normal(size=(600, 1))
    clusters = np.arange(600) // 2  # 300 clusters
    left_out: list[set[int]] = []

    def value(part: Array) -> float:
        left_out.append(set(np.flatnonzero(~np.isin(values, part)).tolist()))
        return float(part.mean())

    interval = jackknife_interval(values, clusters, value)
    assert interval is not None
    assert interval.method.endswith("50 blocks")
    blocks = [block for block in left_out if block]
    assert len(blocks) == 50
    assert set().union(*blocks) == set(range(600))
    assert all(i ^ 1 in block for block in blocks for i in block)  # both of a cluster, or neither
    assert sum(len(block) for block in blocks) == 600


def test_jackknife_is_cut_off_at_the_range() -> None:
    values = np.array([[0.0], [1.0], [1.0], [1.0]])
    interval = jackknife_interval(values, np.arange(4), lambda part: float(part.mean()), value_range=(0.0, 1.0))
    assert interval is not None
    assert (interval.low, interval.high) == (0.0, 1.0)


# Fisher and Yates, "Statistical Tables for Biological, Agricultural and Medical Research", table III; the same figures
# are in NIST/SEMATECH, e-Handbook of Statistical Methods, section 1.3.6.7.2.
@pytest.mark.parametrize(
    ("degrees", "p95", "p975", "p995"),
    [
        (1, 6.314, 12.706, 63.657),
        (2, 2.920, 4.303, 9.925),
        (3, 2.353, 3.182, 5.841),
        (4, 2.132, 2.776, 4.604),
        (5, 2.015, 2.571, 4.032),
        (6, 1.943, 2.447, 3.707),
        (10, 1.812, 2.228, 3.169),
        (15, 1.753, 2.131, 2.947),
        (30, 1.697, 2.042, 2.750),
        (49, 1.677, 2.010, 2.680),
        (100, 1.660, 1.984, 2.626),
    ],
)
def test_quantiles_of_student(degrees: int, p95: float, p975: float, p995: float) -> None:
    found = [student_t(p, degrees) for p in (0.95, 0.975, 0.995)]
    assert found == pytest.approx([p95, p975, p995], abs=6e-4)
    assert student_t(0.5, degrees) == pytest.approx(0.0, abs=1e-9)


EMPTY = np.zeros((0, 2))
NO_LABELS = np.zeros(0, dtype=np.int64)


@pytest.mark.parametrize(
    ("rows", "clusters"),
    [(EMPTY, NO_LABELS), (np.ones((1, 2)), np.zeros(1, np.int64)), (np.ones((9, 2)), np.zeros(9, np.int64))],
)
def test_fewer_than_two_clusters_have_no_interval(rows: Array, clusters: NDArray[np.int64]) -> None:
    assert row_interval(rows, clusters, mean, seed=0) is None
    assert paired_interval(rows, rows, clusters, mean, seed=0) is None
    assert curve_interval(rows, clusters, lambda part: 1.0, seed=0) is None
    assert jackknife_interval(rows, clusters, lambda part: 1.0) is None


def test_a_resample_without_a_value_means_no_interval() -> None:
    rows, clusters = np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]), np.arange(3)

    def value(sums: Array) -> Array:
        with np.errstate(invalid="ignore"):
            return sums[..., 0] / sums[..., 1]

    assert row_interval(rows, clusters, value, seed=0) is None
    assert curve_interval(rows, clusters, lambda part: float(value(part.sum(axis=0))), seed=0) is None
    assert jackknife_interval(rows, clusters, lambda part: float(value(part.sum(axis=0)))) is None


def test_intervals_do_not_depend_on_threads_or_on_what_was_drawn_before() -> None:
    rows = with_counts(np.random.default_rng(9).normal(size=300))
    clusters = np.arange(300) // 3

    def compute(seed: int) -> object:
        return row_interval(rows, clusters, mean, seed=seed)

    alone = [compute(seed) for seed in range(8)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(compute, reversed(range(8)))) == alone[::-1]
    assert len(set(map(str, alone))) == 8


def test_the_order_of_samples_within_clusters_does_not_matter() -> None:
    values = np.random.default_rng(10).integers(0, 100, 60).astype(np.float64)  # sums of integers are exact
    clusters = np.repeat(np.arange(20), 3)
    order = np.concatenate([np.arange(3 * g, 3 * g + 3)[::-1] for g in range(20)])
    rows = with_counts(values)
    assert row_interval(rows[order], clusters, mean, seed=1) == row_interval(rows, clusters, mean, seed=1)
