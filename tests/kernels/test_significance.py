"""Resampling kernels against numpy itself and against the plainest Python."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.kernels.jackknife import jackknife_sums
from evalsuite.kernels.numpy_bootstrap import numpy_bootstrap_sums, numpy_choices
from evalsuite.kernels.paired_trials import numpy_coins, numpy_trial_sums, trial_coins, trial_sums
from evalsuite.kernels.resampled_scores import resampled_bleu, resampled_chrf, resampled_ter

SEEDS = st.one_of(st.integers(0, 2**32), st.integers(0, 2**300), st.sampled_from([0, 12345, 2**32, 2**64, 2**128]))
SIZES = st.one_of(st.integers(1, 300), st.sampled_from([1, 2, 1000, 65_535, 65_536]))


@settings(max_examples=150, deadline=None)
@given(n=SIZES, count=st.integers(0, 30), seed=SEEDS)
def test_draws_are_numpys(n: int, count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    assert np.array_equal(numpy_choices(n, count, seed=seed), generator.choice(n, size=(count, n)))
    generator = np.random.default_rng(seed)
    coins = generator.integers(2, size=(count, n), dtype=bool)
    assert np.array_equal(numpy_coins(n, count, seed=seed), coins)
    # numpy goes on in the middle of a 64-bit word where an odd number of 32-bit ones was drawn.
    after = generator.choice(n, size=(count, n))
    assert np.array_equal(numpy_choices(n, count, seed=seed, n_flips=coins.size), after)


def test_large_ranges_reject_as_numpy_does() -> None:
    from evalsuite import _rust

    for n in (3_000_000_000, 2**32 - 1, 2**31 + 1):
        found = np.empty(5000, dtype=np.int64)
        _rust.numpy_choices([9], 0, n, found)
        assert np.array_equal(found, np.random.default_rng(9).integers(0, n, size=5000))


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 200), width=st.integers(2, 70), count=st.integers(0, 9), seed=SEEDS, whole=st.booleans())
def test_bootstrap_sums_round_as_numpys(n: int, width: int, count: int, seed: int, whole: bool) -> None:
    generator = np.random.default_rng(n)
    rows = generator.random((n, width)).astype(np.float32) * 1000
    rows = np.rint(rows) if whole else rows
    chosen = rows[np.random.default_rng(seed).choice(n, size=(count, n))]
    found = numpy_bootstrap_sums(rows, n_resamples=count, seed=seed)
    assert np.array_equal(found, np.array([part.sum(0) for part in chosen]).reshape(count, width))


def test_sums_beyond_24_bits_are_rounded_in_draw_order() -> None:
    rows = np.full((50_000, 2), 12_345.0, dtype=np.float32)
    rows[::3] = 777.25
    draws = np.random.default_rng(1).choice(50_000, size=(2, 50_000))
    expected = np.array([rows[row].sum(0) for row in draws])
    assert np.array_equal(numpy_bootstrap_sums(rows, n_resamples=2, seed=1), expected)
    assert expected[0, 0] != rows[draws[0]].astype(np.float64).sum(0)[0]


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 300),
    width=st.integers(1, 60),
    count=st.sampled_from([0, 1, 7, 1025]),
    seed=st.integers(0, 2**64 - 1),
    large=st.booleans(),
)
def test_trial_sums_add_the_rows_with_heads(n: int, width: int, count: int, seed: int, large: bool) -> None:
    if n * width * count > 2_000_000:
        count = 7
    size = 2**40 if large else 1000
    differences = np.random.default_rng(n).integers(-size, size, size=(n, width))
    found = numpy_trial_sums(differences, n_trials=count, seed=seed)
    assert np.array_equal(found, numpy_coins(n, count, seed=seed) @ differences)
    ours = trial_sums(differences.astype(np.float64), n_trials=count, seed=seed)
    assert np.array_equal(ours, trial_coins(n, count, seed=seed) @ differences)


def test_trials_may_be_done_in_parts_and_many_rows_at_once() -> None:
    rows = np.random.default_rng(0).normal(size=(5000, 3))
    whole = trial_sums(rows, n_trials=40, seed=3)
    assert np.array_equal(trial_sums(rows, n_trials=10, seed=3, first_trial=30), whole[30:])
    assert np.allclose(whole, trial_coins(5000, 40, seed=3) @ rows, rtol=1e-12)
    assert not np.array_equal(whole, trial_sums(rows, n_trials=40, seed=4))


def test_sums_of_31_bits_and_more_do_not_wrap() -> None:
    for rows in ([2**30] * 3, [-(2**30)] * 3, [2**31 - 1], [2**31], [-(2**31), 1]):
        differences = np.array(rows, dtype=np.int64)[:, None]
        coins = numpy_coins(len(rows), 64, seed=1).astype(np.int64)
        found = numpy_trial_sums(differences, n_trials=64, seed=1)
        assert found.tolist() == (coins @ differences).tolist()


def test_the_streams_stay() -> None:
    coins = trial_coins(8, 2, seed=1)
    assert coins.astype(int).tolist() == STREAM
    assert numpy_choices(5, 1, seed=12345).tolist() == [[3, 1, 3, 1, 1]]


STREAM = [[0, 1, 1, 1, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1, 1, 1]]


def test_left_out_sums() -> None:
    rows = np.random.default_rng(0).integers(0, 100, size=(30, 4)).astype(np.float64)
    blocks = np.arange(30) % 7
    expected = [rows[blocks != block].sum(axis=0) for block in range(7)]
    assert np.array_equal(jackknife_sums(rows, blocks), expected)
    rows[3] = np.nan
    assert np.isnan(jackknife_sums(rows, blocks)).all(axis=1).tolist() == [block != 3 for block in range(7)]


ROWS = np.ones((2, 4), dtype=np.float64)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: numpy_choices(0, 1, seed=1), ValueError, "`n` must be 1 to"),
        (lambda: numpy_choices(2**32, 1, seed=1), ValueError, "`n` must be 1 to"),
        (lambda: numpy_choices(2, -1, seed=1), ValueError, "`n_resamples` must be 0 to"),
        (lambda: numpy_choices(2, 1, seed=-1), ValueError, "`seed` must be at least 0"),
        (lambda: numpy_choices(2, 1, seed=1.0), TypeError, "`seed` must be an int; found float"),
        (lambda: numpy_choices(2, 1, seed=True), TypeError, "`seed` must be an int; found bool"),
        (lambda: numpy_coins(2.5, 1, seed=1), TypeError, "`n` must be an int"),
        (lambda: numpy_bootstrap_sums(ROWS, n_resamples=1, seed=1), TypeError, "`rows` must have dtype float32"),
        (lambda: numpy_bootstrap_sums(ROWS.astype("f4")[:0], n_resamples=1, seed=1), ValueError, "at least one row"),
        (lambda: numpy_bootstrap_sums(ROWS.astype("f4").T, n_resamples=1, seed=1), ValueError, "C-contiguous"),
        (lambda: numpy_trial_sums(ROWS, n_trials=1, seed=1), TypeError, "`differences` must have dtype int64"),
        (lambda: numpy_trial_sums(np.full((2, 1), -(2**63)), n_trials=1, seed=1), ValueError, "sums up to 2\\*\\*62"),
        (lambda: trial_sums(ROWS, n_trials=1, seed=2**64), ValueError, "`seed` must be 0 to"),
        (lambda: trial_sums(ROWS, n_trials=1, seed=1, first_trial=-1), ValueError, "`first_trial` must be 0 to"),
        (lambda: trial_coins(0, 1, seed=1), ValueError, "`n` must be 1 to"),
        (lambda: jackknife_sums(ROWS, np.array([0, 2])), ValueError, "`clusters` must hold labels"),
        (lambda: jackknife_sums(ROWS, np.array([0, -1])), ValueError, "labels"),
        (lambda: jackknife_sums(ROWS, np.array([0])), ValueError, "`blocks` must have one label"),
        (lambda: resampled_bleu(ROWS[:, :3], held="int64"), ValueError, "2 \\+ 2 \\* N columns"),
        (lambda: resampled_bleu(ROWS, held="int32"), ValueError, "`held` must be one of"),
        (lambda: resampled_bleu(ROWS, held="int64", smooth_method="exq"), ValueError, "`smooth_method` must be one of"),
        (lambda: resampled_chrf(ROWS, held="int64"), ValueError, "3 \\* N columns"),
        (lambda: resampled_chrf(ROWS[:, :3], held="int64", beta="2"), TypeError, "`beta` must be a number"),
        (lambda: resampled_ter(ROWS, held="int64"), ValueError, "2 columns"),
        (lambda: resampled_ter([[1, 2]], held="int64"), TypeError, "`sums` must be a numpy array"),
    ],
)
def test_bad_arguments_are_named(call: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()  # type: ignore[operator]


def test_scores_of_no_sums_are_none() -> None:
    empty = np.empty((0, 6), dtype=np.float32)
    for scores in (
        resampled_bleu(empty, held="float32, numpy 2"),
        resampled_chrf(empty, held="float32, numpy 2"),
        resampled_ter(empty[:, :2], held="float32, numpy 2"),
    ):
        assert scores.shape == (0,)


def test_32_bit_scores_are_those_of_numpys_scalars() -> None:
    rng = np.random.default_rng(5)
    for beta, eps in itertools.product((1, 2, 3), (False, True)):
        sums = rng.integers(0, 50, size=(200, 18)).astype(np.float32)
        sums[:, 2::3] = np.minimum(sums[:, 0::3], sums[:, 1::3])
        sums[rng.random(200) < 0.2, 3:9] = 0
        held = "float32, numpy 2" if int(np.__version__.split(".")[0]) >= 2 else "float32, numpy 1"
        found = resampled_chrf(sums, held=held, beta=beta, eps_smoothing=eps)
        expected = np.array([_chrf(row, beta, eps) for row in sums])
        assert found.dtype == expected.dtype
        assert np.array_equal(found, expected)


def _chrf(row: object, beta: int, eps_smoothing: bool) -> object:
    """chrF by its formula, on numpy's own scalars."""
    from sacrebleu.metrics.chrf import CHRF

    return CHRF(beta=beta, eps_smoothing=eps_smoothing)._compute_f_score(row)  # type: ignore[arg-type]
