"""Limits of squared lengths: their tails against SciPy's, and how often they hold by simulation."""

from __future__ import annotations

from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.stats import SquaredLength, squared_length_interval, squared_length_limits
from evalsuite.stats.squared_length import _gamma_tail

TRIALS = 400
parts = st.floats(0, 10)


def estimated(delta: np.ndarray, spread: np.ndarray, noise: np.ndarray, n: int) -> SquaredLength:
    """What a sample shows of a length along axes of known spread, given the noise in its mean."""
    found = delta + noise
    along = np.maximum(found**2 - spread / n, 0.0)
    return SquaredLength(
        n=n,
        value=float((found**2 - spread / n).sum()),
        along=float((along * spread).sum()),
        along_twice=float((along * spread**2).sum()),
        square=float((spread**2).sum()),
        cube=float((spread**3).sum()),
    )


@pytest.mark.parametrize("spread", [[1.0], [1.0, 0.5, 0.2, 0.1, 0.05], [1.0] * 50], ids=["one axis", "few", "many"])
@pytest.mark.parametrize("size", [0.0, 0.5, 1.0, 3.0, 10.0])
def test_they_hold_the_length_as_often_as_they_say(spread: list[float], size: float) -> None:
    """In 400 trials 95 %, within 3.72 binomial standard errors: from 364 to 396, chance goes beyond with 2e-4."""
    draw = np.random.default_rng(0)
    variances, n = np.array(spread), 100
    direction = np.ones(len(variances)) / sqrt(len(variances))
    delta = size * (2 * float((variances**2).sum())) ** 0.25 / sqrt(n) * direction
    held = 0
    for _ in range(TRIALS):
        low, high = squared_length_limits(estimated(delta, variances, draw.normal(0, np.sqrt(variances / n)), n))
        held += low <= float(delta @ delta) <= high
    assert abs(held - 0.95 * TRIALS) <= 3.72 * sqrt(TRIALS * 0.95 * 0.05)


@settings(max_examples=200, deadline=None)
@given(value=st.floats(-5, 50), along=parts, along_twice=parts, square=parts, cube=parts, n=st.integers(4, 10_000))
def test_whatever_was_estimated_the_interval_holds_the_value(
    value: float, along: float, along_twice: float, square: float, cube: float, n: int
) -> None:
    found = SquaredLength(n=n, value=value, along=along, along_twice=along_twice, square=square, cube=cube)
    low, high = squared_length_limits(found)
    assert 0.0 <= low <= max(value, 0.0) <= high < inf
    interval = squared_length_interval(7.0, found, scale=3.0)
    assert interval is not None
    assert interval.low <= 7.0 <= interval.high


def test_far_from_0_it_is_the_normal_interval_of_the_length_squared() -> None:
    """Along one axis the length is normal: its own interval, squared, within a thousandth."""
    n, spread, length = 100, 4.0, 5.0
    noise = sqrt(spread / n)
    low, high = squared_length_limits(estimated(np.array([length]), np.array([spread]), np.zeros(1), n))
    # The estimate is |mean|^2 less the noise that is in it.
    assert low == pytest.approx((length - 1.96 * noise) ** 2, rel=3e-3)
    assert high == pytest.approx((length + 1.96 * noise) ** 2, rel=3e-3)


def test_no_length_at_all_is_one_sided() -> None:
    """Where nothing is there, nineteen values of twenty have a lower limit of 0."""
    many = np.full(200, 1.0)
    draw = np.random.default_rng(1)
    rejected = sum(
        squared_length_limits(estimated(np.zeros(200), many, draw.normal(0, 0.1, 200), 100))[0] > 0 for _ in range(400)
    )
    assert 5 <= rejected <= 36


def test_without_noise_it_is_the_value() -> None:
    found = SquaredLength(n=10, value=2.0, along=0.0, along_twice=0.0, square=0.0, cube=0.0)
    assert squared_length_limits(found) == (2.0, 2.0)
    interval = squared_length_interval(2.0, found, constant_error=1.0, value_range=(1.0, inf))
    assert interval is not None
    assert (interval.low, interval.high) == (1.0, pytest.approx(3.96, abs=1e-3))


def test_scale_goes_through() -> None:
    found = SquaredLength(n=50, value=0.3, along=0.2, along_twice=0.1, square=1.5, cube=0.9)
    twice = SquaredLength(n=50, value=0.6, along=0.8, along_twice=0.8, square=6.0, cube=7.2)
    low, high = squared_length_limits(found)
    assert squared_length_limits(twice) == (pytest.approx(2 * low, abs=1e-9), pytest.approx(2 * high))


@pytest.mark.parametrize("value", [nan, inf])
def test_what_is_not_finite_has_no_interval(value: float) -> None:
    found = SquaredLength(n=50, value=1.0, along=value, along_twice=0.1, square=1.5, cube=0.9)
    assert squared_length_interval(1.0, found) is None


def test_three_members_have_none() -> None:
    assert squared_length_interval(1.0, SquaredLength(n=3, value=1, along=1, along_twice=1, square=1, cube=1)) is None


@pytest.mark.parametrize("skewness", [1e-9, 1e-4, 0.1, 1.0, 2.0, 2.8])
def test_tails_are_those_of_pearsons_third_type(skewness: float) -> None:
    from scipy.stats import pearson3

    for z in np.linspace(-3, 5, 33):
        assert _gamma_tail(float(z), skewness, below=True) == pytest.approx(pearson3.cdf(z, skewness), abs=1e-8)
        assert _gamma_tail(float(z), skewness, below=False) == pytest.approx(pearson3.sf(z, skewness), abs=1e-8)
