"""The cluster bootstrap and its random stream, against their plain twins."""

from __future__ import annotations

import hashlib
import math
import os
import random
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite import kernels
from tests.reference import bootstrap as twin

SEEDS = st.integers(0, 2**64 - 1)
VALUES = st.floats(-1e6, 1e6)


@st.composite
def clustered_rows(draw: st.DrawFn) -> tuple[list[list[float]], list[int]]:
    """Rows and labels, every label 0 to G - 1 present, in any order."""
    n_clusters = draw(st.integers(1, 8))
    labels = [*range(n_clusters), *draw(st.lists(st.integers(0, n_clusters - 1), max_size=8))]
    labels = draw(st.permutations(labels))
    width = draw(st.integers(1, 20))
    row = st.lists(VALUES, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=len(labels), max_size=len(labels))), labels


@settings(derandomize=True, deadline=None, max_examples=300)
@given(clustered_rows(), SEEDS, st.integers(0, 2**63 - 10), st.integers(0, 4))
def test_sums_equal_the_twin_bit_for_bit(
    data: tuple[list[list[float]], list[int]], seed: int, first: int, count: int
) -> None:
    rows, labels = data
    expected = twin.bootstrap_sums(rows, labels, n_resamples=count, seed=seed, first_resample=first)
    sums = kernels.bootstrap_sums(np.array(rows), np.array(labels), n_resamples=count, seed=seed, first_resample=first)
    assert sums.shape == (count, len(rows[0]))
    assert sums.tolist() == expected


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.integers(1, 50), SEEDS, st.integers(0, 2**63 - 10), st.integers(0, 4))
def test_draws_equal_the_twin(n_clusters: int, seed: int, first: int, count: int) -> None:
    draws = kernels.bootstrap_draws(n_clusters, n_resamples=count, seed=seed, first_resample=first)
    assert draws.shape == (count, n_clusters)
    assert draws.tolist() == [twin.draws(n_clusters, seed=seed, resample=first + i) for i in range(count)]


# Values of the first release; results on disk were computed with them.
PINNED_SEED_0 = [
    [7, 1, 7, 8, 1, 7, 6, 3, 6, 4],
    [3, 6, 6, 4, 3, 1, 2, 7, 1, 3],
    [9, 0, 8, 2, 0, 2, 8, 6, 1, 7],
]
PINNED_LAST = [349, 455, 345, 454, 205, 865, 812, 227]
PINNED_DIGEST = "10dd28a8522949cfd0ae12ec412a254eab6bfaca2fa962f3374f573404cbc36e"


def test_the_stream_never_changes() -> None:
    assert kernels.bootstrap_draws(10, n_resamples=3, seed=0).tolist() == PINNED_SEED_0
    last = kernels.bootstrap_draws(1000, n_resamples=1, seed=2**64 - 1, first_resample=2**63)
    assert last[0, :8].tolist() == PINNED_LAST
    many = kernels.bootstrap_draws(997, n_resamples=500, seed=12345)
    assert hashlib.sha256(many.astype("<i8").tobytes()).hexdigest() == PINNED_DIGEST


def test_mix64_is_splitmix64() -> None:
    # First outputs for seed 1234567 of Vigna's splitmix64.c.
    outputs = [twin.mix64(1234567 + n * twin.GOLDEN) for n in (1, 2, 3)]
    assert outputs == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize("seed", [0, 1, 20_181_031])
def test_draws_are_uniform_and_independent(seed: int) -> None:
    draws = kernels.bootstrap_draws(64, n_resamples=20_000, seed=seed)
    # 99.9 % points of chi-square: 103.4 for 63 degrees of freedom, 4379.4 (normal approximation) for 4095.
    everywhere = np.bincount(draws.ravel(), minlength=64)
    assert chi_square(everywhere) < 103.5
    by_position = [np.bincount(draws[:, position], minlength=64) for position in (0, 1, 63)]
    assert max(chi_square(counts) for counts in by_position) < 110
    for first, second in ((draws[:, :-1], draws[:, 1:]), (draws[:-1], draws[1:])):
        pairs = np.bincount((first * 64 + second).ravel(), minlength=4096)
        assert chi_square(pairs) < 4400


def chi_square(counts: np.ndarray[Any, Any]) -> float:
    expected = counts.sum() / len(counts)
    return float(((counts - expected) ** 2 / expected).sum())


def test_a_resample_depends_on_seed_and_number_only() -> None:
    rows = np.random.default_rng(1).random((300, 4))
    clusters = np.arange(300) // 3
    whole = kernels.bootstrap_sums(rows, clusters, n_resamples=100, seed=5)
    parts = [kernels.bootstrap_sums(rows, clusters, n_resamples=25, seed=5, first_resample=i) for i in (0, 25, 50, 75)]
    assert np.array_equal(np.concatenate(parts), whole)
    other = kernels.bootstrap_sums(rows, clusters, n_resamples=100, seed=6)
    assert not (other == whole).any()


def test_two_models_with_one_seed_are_paired() -> None:
    rng = np.random.default_rng(2)
    first = rng.integers(0, 9, (50, 2)).astype(np.float64)
    second = rng.integers(0, 9, (50, 2)).astype(np.float64)
    clusters = rng.permutation(np.arange(50) % 20)
    options = {"n_resamples": 30, "seed": 3}
    difference = kernels.bootstrap_sums(first, clusters, **options) - kernels.bootstrap_sums(
        second, clusters, **options
    )
    assert np.array_equal(difference, kernels.bootstrap_sums(first - second, clusters, **options))


def test_one_cluster_gives_the_total_each_time() -> None:
    rows = np.arange(12.0).reshape(4, 3)
    sums = kernels.bootstrap_sums(rows, np.zeros(4, dtype=np.int64), n_resamples=3, seed=9)
    assert sums.tolist() == [rows.sum(axis=0).tolist()] * 3


def test_the_spread_is_that_of_a_mean() -> None:
    values = np.random.default_rng(4).normal(size=(400, 1))
    means = kernels.bootstrap_sums(values, np.arange(400), n_resamples=20_000, seed=8)[:, 0] / 400
    # The bootstrap's own standard error of a standard deviation is sd / sqrt(2 B), 0.5 % here; 5 of them.
    assert means.std() == pytest.approx(values.std() / math.sqrt(400), rel=0.025)
    assert means.mean() == pytest.approx(values.mean(), abs=5 * values.std() / math.sqrt(400 * 20_000))


def test_nan_reaches_exactly_the_resamples_that_draw_it() -> None:
    rows = np.ones((20, 2))
    rows[7, 1] = math.nan
    sums = kernels.bootstrap_sums(rows, np.arange(20), n_resamples=200, seed=1)
    drawn = (kernels.bootstrap_draws(20, n_resamples=200, seed=1) == 7).any(axis=1)
    assert np.array_equal(np.isnan(sums[:, 1]), drawn)
    assert (sums[:, 0] == 20).all()
    assert 0 < drawn.sum() < 200


DIGEST = """
import hashlib, sys
import numpy as np
from evalsuite import kernels
rows = np.random.default_rng(6).normal(size=(1200, 10))
clusters = np.arange(1200) % 700
digest = hashlib.sha256(kernels.bootstrap_sums(rows, clusters, n_resamples=500, seed=4).tobytes())
digest.update(kernels.bootstrap_draws(700, n_resamples=500, seed=4).tobytes())
sys.stdout.write(digest.hexdigest())
"""


def test_the_number_of_threads_changes_nothing() -> None:
    digests = set()
    for n_threads in (1, 2, 7):
        environment = {
            **os.environ,
            "RAYON_NUM_THREADS": str(n_threads),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        command = [sys.executable, "-c", DIGEST]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        digests.add(done.stdout)
    assert len(digests) == 1


def test_large_random_inputs_equal_the_twin() -> None:
    rng = random.Random(10)
    for width in (1, 10, 16, 17, 40):
        rows = [[rng.gauss(0, 1) for _ in range(width)] for _ in range(150)]
        labels = [*range(100), *(rng.randrange(100) for _ in range(50))]
        sums = kernels.bootstrap_sums(np.array(rows), np.array(labels), n_resamples=20, seed=width)
        assert sums.tolist() == twin.bootstrap_sums(rows, labels, n_resamples=20, seed=width)


ROWS = np.ones((4, 2))
LABELS = np.arange(4)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rows": [[1.0]]}, TypeError, r"`rows` must be a numpy array of float64; found list"),
        ({"rows": ROWS.astype(np.float32)}, TypeError, r"`rows` must have dtype float64; found float32"),
        ({"rows": ROWS.astype(">f8")}, TypeError, r"`rows` must have dtype float64; found >f8"),
        ({"rows": np.ones(4)}, ValueError, r"`rows` must have 2 dimension\(s\); found shape \(4,\)"),
        ({"rows": np.ones((2, 4)).T}, ValueError, r"`rows` must be C-contiguous; pass numpy.ascontiguousarray\(rows\)"),
        ({"rows": np.ones((0, 2))}, ValueError, r"`rows` must have at least one row and one column"),
        ({"rows": np.ones((4, 0))}, ValueError, r"`rows` must have at least one row and one column"),
        ({"clusters": LABELS.astype(np.int32)}, TypeError, r"`clusters` must have dtype int64; found int32"),
        ({"clusters": np.arange(8)[::2]}, ValueError, r"`clusters` must be C-contiguous"),
        ({"clusters": np.arange(3)}, ValueError, r"`clusters` must have one label for each of the 4 rows; found 3"),
        ({"clusters": LABELS - 1}, ValueError, r"`clusters` must hold labels 0 to G-1.*found -1 at index 0"),
        ({"clusters": LABELS + 1}, ValueError, r"`clusters` must hold labels 0 to G-1.*found 4 at index 3"),
        (
            {"clusters": np.array([0, 2, 2, 3])},
            ValueError,
            r"`clusters` must use every label 0 to 3; label 1 is missing",
        ),
        ({"n_resamples": -1}, ValueError, r"`n_resamples` must be 0 to"),
        ({"n_resamples": 1.0}, TypeError, r"`n_resamples` must be an int; found float"),
        ({"seed": -1}, ValueError, r"`seed` must be 0 to 18446744073709551615; found -1"),
        ({"seed": 2**64}, ValueError, r"`seed` must be 0 to 18446744073709551615"),
        ({"first_resample": -1}, ValueError, r"`first_resample` must be 0 to"),
    ],
)
def test_refusals_name_the_argument(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    valid: dict[str, Any] = {"rows": ROWS, "clusters": LABELS, "n_resamples": 1, "seed": 0}
    with pytest.raises(error, match=message):
        kernels.bootstrap_sums(**(valid | arguments))


def test_draws_need_a_cluster() -> None:
    with pytest.raises(ValueError, match=r"`n_clusters` must be 1 to"):
        kernels.bootstrap_draws(0, n_resamples=1, seed=0)
