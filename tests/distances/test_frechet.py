"""The Fréchet core: closed forms, 60 digits, pytorch-fid, and sets that break other implementations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evalsuite.distances import frechet, frechet_distance, leave_out_frechet, moments
from tests.reference import distances as reference

Array = NDArray[np.float64]


def features(n: int, d: int, seed: int, *, shift: float = 0.0, decay: float = 3.0) -> Array:
    """Non-negative features with a decaying spectrum, as Inception's are; sets of one d share their directions."""
    directions = np.random.default_rng(d).normal(size=(d, d)) / np.sqrt(d)
    scales = np.exp(-decay * np.arange(d) / d)
    return np.abs((np.random.default_rng(seed).normal(size=(n, d)) * scales) @ directions + 0.2 + shift)


def whitened(n: int, d: int, seed: int = 0) -> Array:
    """Features with mean 0 and covariance 1 to the last digits."""
    x = np.random.default_rng(seed).normal(size=(n, d))
    q, _ = np.linalg.qr(x - x.mean(axis=0))
    return np.asarray(q * np.sqrt(n - 1))


def test_means_0_and_1_with_unit_covariance_in_2048_dimensions() -> None:
    """Exactly 2048: pytorch-fid's own test, here through moments."""
    one = frechet.Moments(2, np.zeros(2048), np.eye(2048))
    other = frechet.Moments(2, np.ones(2048), np.eye(2048))
    assert frechet_distance(one, other) == 2048.0


@pytest.mark.parametrize(("n", "d"), [(500, 64), (70, 64), (64, 64), (20, 64)])
def test_scaled_and_moved_sets(n: int, d: int) -> None:
    """N(0, S) and N(m, c**2 S): |m|**2 + (c - 1)**2 tr S, whatever the rank of S."""
    x = features(n, d, seed=1)
    centred = x - x.mean(axis=0)
    moved = 1.5 * centred + 0.25
    expected = d * 0.25**2 + 0.25 * (centred**2).sum() / (n - 1)
    assert frechet_distance(centred, moved) == pytest.approx(expected, rel=1e-12)
    assert frechet_distance(moved, centred) == pytest.approx(expected, rel=1e-12)


def test_commuting_covariances_with_null_directions() -> None:
    """Diagonal covariances a and b: the sum of (sqrt a - sqrt b)**2; some directions are missing on a side, or both."""
    a = np.array([4.0, 1.0, 0.0, 0.0, 9.0, 1e-8])
    b = np.array([1.0, 0.0, 2.0, 0.0, 9.0, 1e-6])
    x, y = whitened(40, 6) * np.sqrt(a), whitened(50, 6, seed=1) * np.sqrt(b)
    expected = float(((np.sqrt(a) - np.sqrt(b)) ** 2).sum())
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-9)
    assert frechet_distance(moments(x), moments(y)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(40, 50), (12, 50), (40, 9), (12, 13), (5, 3), (2, 2), (13, 12)])
def test_sixty_digits(n: int, m: int) -> None:
    x, y = features(n, 12, 1, shift=0.1), features(m, 12, 2)
    expected = reference.frechet(x, y)
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-11)
    assert frechet_distance(y, x) == pytest.approx(expected, rel=1e-11)
    assert frechet_distance(x, moments(y)) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("decay", [1.0, 10.0, 20.0, 40.0])
def test_sixty_digits_for_covariances_close_to_singular(decay: float) -> None:
    x, y = features(60, 10, 1, decay=decay), features(80, 10, 2, decay=decay, shift=0.05)
    assert frechet_distance(x, y) == pytest.approx(reference.frechet(x, y), rel=1e-8)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 40), st.integers(2, 40), st.integers(1, 24), st.integers(0, 2**32), st.floats(-3, 3))
def test_the_gram_form_in_any_shape(n: int, m: int, d: int, seed: int, scale: float) -> None:
    draw = np.random.default_rng(seed)
    x, y = draw.normal(size=(n, d)) * 10.0**scale, draw.normal(size=(m, d)) + 0.3
    expected = reference.gram_frechet(x, y)
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert frechet_distance(y, x) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(("n", "m"), [(900, 1000), (300, 1000), (100, 1000), (100, 90)])
def test_gram_form_in_256_dimensions(n: int, m: int) -> None:
    x, y = features(n, 256, 1, shift=0.02), features(m, 256, 2)
    assert frechet_distance(x, y) == pytest.approx(reference.gram_frechet(x, y), rel=1e-9)


@pytest.mark.parametrize("d", [2, 64, 256])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_pytorch_fid_with_more_members_than_dimensions(d: int) -> None:
    try:
        from pytorch_fid.fid_score import calculate_frechet_distance
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"pytorch-fid cannot be imported: {error}")
    x, y = features(3000, d, 1, shift=0.05), features(2000, d, 2)
    a, b = (moments(part) for part in (x, y))
    try:
        expected = calculate_frechet_distance(a.mean, a.covariance, b.mean, b.covariance)
    except TypeError as error:  # SciPy 1.18 took away sqrtm's `disp`
        pytest.skip(f"pytorch-fid does not run with this SciPy: {error}")
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("n", "d"), [(2, 3), (30, 64), (64, 64), (65, 64), (500, 64)])
def test_a_set_is_no_way_from_itself(n: int, d: int) -> None:
    x = features(n, d, 3)
    assert 0.0 <= frechet_distance(x, x) < 1e-10
    assert 0.0 <= frechet_distance(x, moments(x)) < 1e-6
    assert 0.0 <= frechet_distance(x, x[::-1]) < 1e-10


def test_dead_and_repeated_features() -> None:
    x, y = features(300, 20, 1), features(400, 20, 2, shift=0.1)
    expected = frechet_distance(x, y)
    dead = [np.hstack([part, np.zeros((len(part), 3))]) for part in (x, y)]
    assert frechet_distance(*dead) == pytest.approx(expected, rel=1e-9)
    twice = [np.hstack([part, part]) for part in (x, y)]
    assert frechet_distance(*twice) == pytest.approx(2 * expected, rel=1e-9)


def test_all_images_alike() -> None:
    x, y = np.ones((30, 8)), features(100, 8, 1)
    expected = ((1 - y.mean(axis=0)) ** 2).sum() + y.var(axis=0, ddof=1).sum()
    assert frechet_distance(x, y) == pytest.approx(expected, rel=1e-12)
    assert frechet_distance(x, x) == 0.0


def test_float32_features_are_summed_in_float64() -> None:
    x = (features(5000, 8, 1) + 1000.0).astype(np.float32)
    y = (features(5000, 8, 2) + 1000.0).astype(np.float32)
    assert frechet_distance(x, y) == pytest.approx(
        frechet_distance(x.astype(np.float64) - 1000.0, y.astype(np.float64) - 1000.0), rel=1e-8
    )


def test_moments_merge_and_part() -> None:
    x = features(700, 16, 1) + 50.0
    whole, first, second = moments(x), moments(x[:200]), moments(x[200:])
    for found in (first.merged(second), second.merged(first)):
        assert found.n == 700
        np.testing.assert_allclose(found.mean, whole.mean, rtol=1e-13)
        np.testing.assert_allclose(found.covariance, np.cov(x, rowvar=False), rtol=1e-9, atol=1e-13)
    left = whole.without(first)
    np.testing.assert_allclose(left.mean, second.mean, rtol=1e-13)
    np.testing.assert_allclose(left.covariance, second.covariance, rtol=1e-9, atol=1e-12)
    with pytest.raises(ValueError, match="cannot take 700 feature vectors out of 700"):
        whole.without(whole)


def test_moments_are_taken_in_fixed_blocks() -> None:
    x = features(10_000, 4, 1)
    merged = moments(x[:4096]).merged(moments(x[4096:8192])).merged(moments(x[8192:]))
    assert (moments(x).scatter == merged.scatter).all()
    assert (moments(np.asfortranarray(x)).mean == merged.mean).all()


@pytest.mark.parametrize(("n", "m"), [(200, 300), (30, 300), (35, 300), (30, 20), (200, 20)])
@pytest.mark.parametrize("given_moments", [False, True])
def test_leaving_out_blocks(n: int, m: int, given_moments: bool) -> None:
    x, y = features(n, 32, 1, shift=0.1), features(m, 32, 2)
    blocks = np.random.default_rng(0).integers(0, 7, n)
    against = moments(y) if given_moments else y
    found = leave_out_frechet(x, blocks, against)
    expected = [frechet_distance(x[blocks != block], against) for block in range(7)]
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_nothing_left_has_no_distance() -> None:
    x, y = features(3, 4, 1), features(9, 4, 2)
    assert np.isnan(leave_out_frechet(x, np.array([0, 0, 1]), y)).tolist() == [True, False]
    assert len(leave_out_frechet(x[:0], np.array([], dtype=np.int64), y)) == 0


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((1, 3)), np.ones((4, 3)), "needs at least 2 feature vectors on each side, got 1"),
        (np.ones((4, 3)), np.ones((0, 3)), "needs at least 2 feature vectors on each side, got 0"),
        (np.ones((4, 3)), np.ones((4, 2)), "must have one dimension, got 3 and 2"),
        (np.ones(4), np.ones((4, 2)), r"must have shape \(n, d\)"),
        (np.array([[0.0], [np.nan]]), np.ones((4, 1)), "must be finite; row 1 is not"),
        (np.array([[0.0], [1e200]]), np.ones((4, 1)), "beyond float64: the features are too large"),
    ],
)
def test_what_has_no_distance_is_refused(x: Any, y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        frechet_distance(x, y)
    with pytest.raises(ValueError, match=message.replace("3 and 2", "2 and 3")):
        frechet_distance(y, x)
