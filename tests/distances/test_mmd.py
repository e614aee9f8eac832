"""The kernel distance and its variance, against exact fractions and simulation."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.distances import kernel_distance, mean_kernel
from tests.reference import distances as reference

vectors = st.integers(1, 3).flatmap(
    lambda d: st.tuples(*(st.lists(st.lists(st.integers(-3, 3), min_size=d, max_size=d), min_size=4, max_size=7),) * 2)
)


@settings(max_examples=60, deadline=None)
@given(vectors)
def test_value_and_variance_are_those_of_exact_fractions(sets: tuple[list[list[int]], list[list[int]]]) -> None:
    x, y = sets
    found = kernel_distance(np.array(x, dtype=np.float64), np.array(y, dtype=np.float64))
    assert found.value == pytest.approx(float(reference.kernel_distance(x, y)), rel=1e-9, abs=1e-8)
    assert found.variance == pytest.approx(float(reference.kernel_variance(x, y)), rel=1e-7, abs=1e-5)


def test_strips_do_not_change_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(70, 5)), draw.normal(size=(90, 5))
    whole = kernel_distance(x, y)
    monkeypatch.setattr("evalsuite.distances.mmd._ROWS", 16)
    assert kernel_distance(x, y).value == pytest.approx(whole.value, rel=1e-12)
    assert kernel_distance(x, y).variance == pytest.approx(whole.variance, rel=1e-12)
    assert kernel_distance(x, y, reference_mean=mean_kernel(y)).value == pytest.approx(whole.value, rel=1e-12)


def test_leaving_out_blocks() -> None:
    draw = np.random.default_rng(1)
    x, y = draw.normal(size=(50, 4)), draw.normal(size=(60, 4)) + 0.2
    blocks = draw.integers(0, 6, 50)
    found = kernel_distance(x, y, blocks)
    assert found.value == pytest.approx(kernel_distance(x, y).value, rel=1e-12)
    np.testing.assert_allclose(found.left_out, [kernel_distance(x[blocks != b], y).value for b in range(6)], rtol=1e-9)


def test_too_few_have_no_variance() -> None:
    x = np.arange(3.0)[:, None]
    assert np.isnan(kernel_distance(x, x).variance)
    assert np.isnan(kernel_distance(x[:2], x, np.array([0, 1])).left_out).all()


def test_the_estimate_is_without_bias_and_its_variance_right() -> None:
    """2,000 sets of 30: the mean estimate is within 4 standard errors of the exact value, the variance within 10 %.

    With the reference held fixed the exact value is over the model's distribution, here 8 equally likely points. The
    variance of 2,000 values has a standard error of about 4 %.
    """
    draw = np.random.default_rng(2)
    points, y = draw.normal(size=(8, 2)), draw.normal(size=(20, 2))
    cube = (points @ points.T / 2 + 1) ** 3
    exact = cube.mean() + mean_kernel(y) - 2 * ((points @ y.T / 2 + 1) ** 3).mean()
    found = [kernel_distance(points[draw.integers(0, 8, 30)], y) for _ in range(2000)]
    values = np.array([one.value for one in found])
    assert abs(values.mean() - exact) < 4 * values.std() / sqrt(2000)
    assert np.mean([one.variance for one in found]) == pytest.approx(values.var(), rel=0.1)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((1, 3)), np.ones((4, 3)), "needs at least 2 feature vectors on each side, got 1"),
        (np.ones((4, 3)), np.ones((1, 3)), "needs at least 2 feature vectors on each side, got 1"),
        (np.ones((4, 3)), np.ones((4, 2)), "must have one dimension, got 3 and 2"),
        (np.full((4, 3), np.inf), np.ones((4, 3)), "must be finite; row 0 is not"),
    ],
)
def test_what_has_no_distance_is_refused(x: np.ndarray, y: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernel_distance(x, y)


def test_values_beyond_float64_are_refused() -> None:
    with pytest.raises(ValueError, match="beyond float64: the features are too large"), np.errstate(all="ignore"):
        kernel_distance(np.array([[0.0], [1e200], [1.0]]), np.ones((4, 1)))
